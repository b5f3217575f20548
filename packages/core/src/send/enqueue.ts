/**
 * The one way to the queue. Accept, replay, retry, reconciler and manual retry all come here, and nothing
 * else sends: mark QUEUED → send with p-retry → roll back to PENDING what could not be sent.
 */
import pRetry from "p-retry";
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { release } from "../lane/turns.ts";
import type { Contents } from "../message/contents.ts";
import { encodeCopy } from "../message/copy.ts";
import { type GivenSlot, isFarOff, throttle } from "../message/delivery-lifecycle.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { isDelivery, type Message } from "../message/message.ts";
import { isOfEarlierRound, slotNeed, slotOf, withoutSlot } from "../message/slot.ts";
import { isWithinQueueDelay } from "../message/waits.ts";
import type { Observer } from "../observe/observe.ts";
import { type MessageQueue, type OutgoingCopy, SendError } from "../queue/message-queue.ts";
import { MAX_DELAY_SECONDS } from "../queue/queue-definition.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";
import { type ReserveDependencies, type Reserving, reserveAll, type Wanted } from "./reserve-slots.ts";
import { type Backoff, sendWithRetry } from "./send-with-retry.ts";

/** A rollback that cannot be written soon is left to the reconciler: the caller is waiting. */
export const ROLLBACK_BACKOFF: Backoff = {
  retries: 3,
  factor: 2,
  minTimeout: 50,
  maxTimeout: 500,
  randomize: true,
};

/** Of a process that is to end: kept back for its very end, for the rollback before that, for a send before that. */
const END_RESERVE_MS = SECOND / 2;
const ROLLBACK_RESERVE_MS = 2 * SECOND;
const SEND_RESERVE_MS = 3 * SECOND;
/** With less than this left nothing is enqueued: `dueAt` brings the message to the reconciler instead. */
export const SHORTEST_ENQUEUE_MS = 5 * SECOND;

/** What the next step may take; undefined where nothing presses. */
function timeLeft({ timeLeftMs }: EnqueueDependencies, reserveMs: number): number | undefined {
  return timeLeftMs && Math.max(0, timeLeftMs() - reserveMs);
}

export interface EnqueueDependencies extends ReserveDependencies {
  readonly store: MessageStore;
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly settings: Pick<Settings, "queueDeadlineMs" | "sendBudgetMs">;
  readonly newToken: () => string;
  readonly sendBackoff?: Backoff;
  readonly rollbackBackoff?: Backoff;
  /** How long the process may still run, where that is little: all that is done here ends before. */
  readonly timeLeftMs?: () => number;
}

/** A message that was read as PENDING, and what it brings. */
export interface EnqueueEntry {
  readonly message: Message;
  /** Not sent before it is stored: a promise is waited for while the message is marked. */
  readonly contents: Contents | Promise<Contents>;
  /** Of the call that asked for it: the API request, or the reconciler's run. */
  readonly correlationId: string;
  /** Its number in its lane, by whoever saw it at the head: without one, what waits for its turn goes on waiting. */
  readonly sequence?: number;
}

/**
 * What became of one entry. `message` is always a state that was read or written, never assumed.
 * - `queued`: the copy is in the queue, or was even claimed already.
 * - `waiting`: due too far ahead for the queue; the reconciler enqueues it in time. Or its turn has not come, or its slot
 *   in the pace of its endpoint.
 * - `moved`: somebody else moved the message meanwhile, which is no error; absent if it is gone.
 * - `failed`: the send failed and was rolled back, or (`rolledBack` false) the rollback could not be written
 *   and the reconciler will repair it.
 * - `unmarked`: the storage did not answer when the message was to be marked QUEUED; nothing was sent.
 */
export type EnqueueResult =
  | { readonly outcome: "queued" | "waiting"; readonly message: Message }
  | { readonly outcome: "moved"; readonly message: Message | undefined }
  | {
      readonly outcome: "failed";
      readonly message: Message;
      readonly error: SendError;
      readonly rolledBack: boolean;
    }
  | { readonly outcome: "unmarked"; readonly message: Message; readonly error: unknown };

/**
 * Enqueues messages, each on its own: what happens to one never decides over another. Results come in the
 * order of the entries. Never rejects because of storage or queue.
 */
export async function enqueueAll(
  deps: EnqueueDependencies,
  entries: readonly EnqueueEntry[],
): Promise<EnqueueResult[]> {
  if (entries.length === 0) return [];
  const now = deps.clock.now();
  const needs = entries.map((entry) => slotNeed(asPaced(entry), knownTo(entry)?.rateLimit, now));
  const reserved = reserveAll(
    deps,
    entries.map((entry, index) => (needs[index] === "needed" ? wantedBy(entry) : undefined)),
  );
  const marked = await Promise.all(
    entries.map((entry, index) =>
      needs[index] === "later" ? waiting(entry) : mark(deps, entry, reserved[index]),
    ),
  );
  const queued = marked.filter((result): result is Marked => "sendId" in result);
  const sent = new Map((await sendMarked(deps, queued)).map((result, index) => [queued[index], result]));
  return marked.map(
    (result) => ("sendId" in result ? (sent.get(result) ?? result) : result) as EnqueueResult,
  );
}

/**
 * The second half of `enqueueAll`: sends the copies of messages that are QUEUED under their `sendId` by a write of the
 * caller's own, and rolls back what could not be sent.
 */
export async function sendMarked(
  deps: EnqueueDependencies,
  marked: readonly Marked[],
): Promise<EnqueueResult[]> {
  const budgetMs = Math.min(deps.settings.sendBudgetMs, timeLeft(deps, ROLLBACK_RESERVE_MS) ?? Infinity);
  const sendables = marked.map((one) => {
    const body = encodeCopy(one.message, one.contents);
    const { messageId } = one.message;
    return {
      copyAt: (now: number) => toCopy(one, body, now),
      fields: { messageId, correlationId: one.correlationId },
    };
  });
  const errors = await sendWithRetry(deps, sendables, budgetMs);
  return Promise.all(
    marked.map((one, index) => {
      const sendable = sendables[index];
      const error = sendable && errors.get(sendable);
      return error ? undo(deps, one, error) : { outcome: "queued" as const, message: one.message };
    }),
  );
}

/** `enqueueAll` for one message. */
export async function enqueue(deps: EnqueueDependencies, entry: EnqueueEntry): Promise<EnqueueResult> {
  const [result] = await enqueueAll(deps, [entry]);
  if (!result) throw new Error("enqueueAll answers every entry");
  return result;
}

/** A message that is QUEUED under `sendId`, as the write returned it. */
export interface Marked {
  readonly message: Message;
  readonly sendId: string;
  readonly contents: Contents;
  /** Of the call that asked for it. */
  readonly correlationId: string;
}

/** The endpoint of a delivery, as far as it is known. */
function knownTo({ message, contents }: EnqueueEntry): KnownEndpoint | undefined {
  return message.status === "PENDING" && "event" in contents ? contents.endpoint : undefined;
}

function isAnew(entry: EnqueueEntry): boolean {
  return isOfEarlierRound(entry.message, knownTo(entry));
}

function asPaced(entry: EnqueueEntry): Message {
  return isAnew(entry) ? withoutSlot(entry.message) : entry.message;
}

function wantedBy({ message, contents }: EnqueueEntry): Wanted | undefined {
  const endpoint = "event" in contents ? contents.endpoint : undefined;
  return endpoint && isDelivery(message) ? { owner: message, endpoint } : undefined;
}

function waiting({ message }: EnqueueEntry): EnqueueResult {
  return { outcome: "waiting", message };
}

async function mark(
  deps: EnqueueDependencies,
  entry: EnqueueEntry,
  reserving: Reserving | undefined,
): Promise<Marked | EnqueueResult> {
  const { message, correlationId, sequence } = entry;
  if (message.status !== "PENDING") return { outcome: "moved", message };
  let given: GivenSlot | undefined;
  try {
    if (reserving) given = { slotAt: await reserving, round: knownTo(entry)?.paceRound };
  } catch (error) {
    return { outcome: "unmarked", message, error };
  }
  const now = deps.clock.now();
  const anew = isAnew(entry);
  if (given && isFarOff(given, now)) return putOff(deps, entry, given, now);
  if (!given && !anew && !isWithinQueueDelay(message, now)) return waiting(entry);
  const sendId = deps.newToken();
  const occasion = { now, correlationId, token: sendId };
  const { queueDeadlineMs } = deps.settings;
  const slot = given?.slotAt === undefined ? undefined : slotOf(given.slotAt, now, asPaced(entry));
  let transition = Lifecycle.enqueue(message, occasion, queueDeadlineMs, slot, anew);
  if (message.waitsForTurn) {
    if (sequence === undefined) return waiting(entry);
    transition = release(message, occasion, queueDeadlineMs, sequence);
  }
  const [marking, contents] = await Promise.allSettled([
    deps.store.apply(message.messageId, transition, timeLeft(deps, SEND_RESERVE_MS)),
    entry.contents,
  ]);
  if (marking.status === "rejected") return { outcome: "unmarked", message, error: marking.reason };
  const written = marking.value;
  // An older copy may have claimed the message in the instant after the write: then nothing needs sending.
  if (!written.applied || written.message.status !== "QUEUED")
    return { outcome: "moved", message: written.message };
  if (contents.status === "rejected") {
    const error = new SendError("UNCLASSIFIED", true, "PayloadNotStored", contents.reason);
    return undo(deps, { correlationId, message: written.message, sendId }, error);
  }
  return { contents: contents.value, message: written.message, sendId, correlationId };
}

/** Until its slot, which is too far ahead for the queue. */
async function putOff(
  deps: EnqueueDependencies,
  entry: EnqueueEntry,
  given: GivenSlot,
  now: number,
): Promise<EnqueueResult> {
  const { message, correlationId } = entry;
  if (!isDelivery(message)) throw new Error("Only deliveries have slots.");
  const occasion = { now, correlationId, token: deps.newToken() };
  const transition = throttle(message, given, occasion, isAnew(entry));
  try {
    const within = timeLeft(deps, SEND_RESERVE_MS);
    const written = await deps.store.apply(message.messageId, transition, within);
    if (!written.applied) return { outcome: "moved", message: written.message };
    deps.observer.metrics.add("MessagesThrottled");
    return { outcome: "waiting", message: written.message };
  } catch (error) {
    return { outcome: "unmarked", message, error };
  }
}

function toCopy({ message, contents }: Marked, body: string, now: number): OutgoingCopy {
  const { traceparent } = "event" in contents ? contents.event : contents;
  const waitMs = Math.max(0, (message.notBefore ?? 0) - now);
  return {
    messageId: message.messageId,
    senderId: message.senderId,
    ...groupOf(message, contents),
    // The message's own, whoever enqueues it: one id from the first call to the last attempt.
    correlationId: message.correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
    body,
    // Rounded up: a copy that came early would start an attempt before its time.
    delaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(waitMs / SECOND)),
  };
}

/**
 * An endpoint that lets deliveries fail waits in a group of its own, not in that of its sender's other endpoints: with
 * its retries, and with first attempts where it is known to fail.
 */
function groupOf({ endpointId, attempt }: Message, contents: Contents): Pick<OutgoingCopy, "groupId"> {
  const isFailing = "event" in contents && contents.endpoint?.failingSince !== undefined;
  return endpointId !== undefined && (attempt > 0 || isFailing) ? { groupId: endpointId } : {};
}

async function undo(
  deps: EnqueueDependencies,
  { correlationId, message, sendId }: Omit<Marked, "contents">,
  error: SendError,
): Promise<EnqueueResult> {
  const fields = {
    messageId: message.messageId,
    senderId: message.senderId,
    correlationId,
    sendId,
    errorCode: error.code,
    errorName: error.errorName,
  };
  deps.observer.metrics.add("SendFailures", 1, { errorCode: error.code });
  deps.observer.log.write("error", "send_failed", { ...fields, retryable: error.retryable }, error.cause);

  // One token for every try: a rollback whose answer was lost recognises itself.
  const token = deps.newToken();
  const now = deps.clock.now();
  const transition = Lifecycle.rollback(message, { now, correlationId, token }, sendId, error.code);
  try {
    const write = () => deps.store.apply(message.messageId, transition, timeLeft(deps, END_RESERVE_MS));
    const written = await pRetry(write, {
      ...(deps.rollbackBackoff ?? ROLLBACK_BACKOFF),
      maxRetryTime: 2 * SECOND,
      shouldRetry: () => (timeLeft(deps, ROLLBACK_RESERVE_MS) ?? Infinity) > 0,
    });
    if (written.applied) {
      deps.observer.metrics.add("Rollbacks");
      deps.observer.log.write("warn", "rolled_back", { ...fields, status: written.message.status });
      return { outcome: "failed", message: written.message, error, rolledBack: true };
    }
    const current = written.message;
    // Claimed under this very send: SQS took the copy although its answer said otherwise.
    const wasClaimed = current?.sendId === sendId && current.attempt > message.attempt;
    if (current && wasClaimed) return { outcome: "queued", message: current };
    return { outcome: "moved", message: current };
  } catch (rollbackError) {
    deps.observer.metrics.add("RollbackFailures");
    deps.observer.log.write("error", "rollback_failed", fields, rollbackError);
    return { outcome: "failed", message, error, rolledBack: false };
  }
}
