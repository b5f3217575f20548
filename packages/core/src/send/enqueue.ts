/**
 * The one way to the queue. Accept, replay, retry, reconciler and manual retry all come here, and nothing
 * else sends: mark QUEUED → send with p-retry → roll back to PENDING what could not be sent.
 */
import pRetry, { type Options as RetryOptions } from "p-retry";
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import type { Contents } from "../message/contents.ts";
import { encodeCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import type { Observer } from "../observe/observe.ts";
import { copyBytes } from "../queue/copy-attributes.ts";
import {
  type MessageQueue,
  type OutgoingCopy,
  SEND_BATCH_BYTES,
  SEND_BATCH_ENTRIES,
  SendError,
} from "../queue/message-queue.ts";
import { MAX_DELAY_SECONDS } from "../queue/queue-definition.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";
import { classifyRequest } from "./classify.ts";

/** Waits between the tries, for p-retry; a budget over all of them comes from the settings. */
export type Backoff = Pick<RetryOptions, "retries" | "factor" | "minTimeout" | "maxTimeout" | "randomize">;

/** 100 ms, 200, 400, 800, 1 s …, each stretched by up to 2: some six tries in the default budget of 5 s. */
export const SEND_BACKOFF: Backoff = {
  retries: 10,
  factor: 2,
  minTimeout: 100,
  maxTimeout: SECOND,
  randomize: true,
};

/** A rollback that cannot be written soon is left to the reconciler: the caller is waiting. */
export const ROLLBACK_BACKOFF: Backoff = {
  retries: 3,
  factor: 2,
  minTimeout: 50,
  maxTimeout: 500,
  randomize: true,
};

/** SQS answers in tens of milliseconds; a try that takes longer than this is worth repeating. */
const LONGEST_TRY_MS = 2 * SECOND;

/** p-retry begins its last try when the time is up: the budget must leave that one the time to be answered. */
const LAST_TRY_MS = 250;

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

export interface EnqueueDependencies {
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
}

/**
 * What became of one entry. `message` is always a state that was read or written, never assumed.
 * - `queued`: the copy is in the queue, or was even claimed already.
 * - `waiting`: due too far ahead for the queue; the reconciler enqueues it in time.
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
  const marked = await Promise.all(entries.map((entry) => mark(deps, entry)));
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
  const errors = await sendWithRetry(deps, marked);
  return Promise.all(
    marked.map((one) => {
      const error = errors.get(one);
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

async function mark(deps: EnqueueDependencies, entry: EnqueueEntry): Promise<Marked | EnqueueResult> {
  const { message, correlationId } = entry;
  const now = deps.clock.now();
  if (message.status !== "PENDING") return { outcome: "moved", message };
  if (!Lifecycle.isWithinQueueDelay(message, now)) return { outcome: "waiting", message };
  const sendId = deps.newToken();
  const transition = Lifecycle.enqueue(
    message,
    { now, correlationId, token: sendId },
    deps.settings.queueDeadlineMs,
  );
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

/**
 * Sends the copies, transient failures again and again within the budget. Answers the errors of those that
 * could not be sent. A failure that may have been another copy's makes each go alone from then on, so that no
 * message is ever judged by the company it was sent in.
 */
async function sendWithRetry(
  deps: EnqueueDependencies,
  marked: readonly Marked[],
): Promise<Map<Marked, SendError>> {
  const errors = new Map<Marked, SendError>();
  if (marked.length === 0) return errors;
  const bodies = new Map(marked.map((one) => [one, encodeCopy(one.message, one.contents)]));
  const copyOf = (one: Marked) => toCopy(one, bodies.get(one) ?? "", deps.clock.now());
  const budgetMs = Math.min(deps.settings.sendBudgetMs, timeLeft(deps, ROLLBACK_RESERVE_MS) ?? Infinity);
  const deadline = deps.clock.monotonic() + budgetMs;
  const alone = new Set<Marked>();
  let remaining = marked;

  const send = async (batch: readonly Marked[]): Promise<void> => {
    const leftMs = Math.ceil(deadline - deps.clock.monotonic());
    const timeoutMs = Math.max(1, Math.min(LONGEST_TRY_MS, leftMs));
    const answers = await sendOnce(deps.queue, batch.map(copyOf), timeoutMs);
    batch.forEach((one, index) => {
      const error = answers[index];
      if (error) errors.set(one, error);
      else errors.delete(one);
    });
    const unclear = batch.filter((one) => errors.get(one)?.blames === "unknown");
    if (batch.length === 1 || unclear.length === 0) return;
    for (const one of unclear) alone.add(one);
    if (deps.clock.monotonic() < deadline) await Promise.all(unclear.map((one) => send([one])));
  };

  const tryOnce = async (tryNumber: number): Promise<void> => {
    if (tryNumber > 1) deps.observer.metrics.add("SendRetries", remaining.length);
    for (const batch of batches(remaining, alone, copyOf)) await send(batch);
    remaining = remaining.filter((one) => errors.get(one)?.retryable === true);
    const [first] = remaining;
    const error = first && errors.get(first);
    if (!error) return;
    deps.observer.log.write("warn", "send_try_failed", {
      messageId: first.message.messageId,
      correlationId: first.correlationId,
      copies: remaining.length,
      tryNumber,
      errorCode: error.code,
      errorName: error.errorName,
    });
    throw error;
  };

  try {
    await pRetry(tryOnce, {
      ...(deps.sendBackoff ?? SEND_BACKOFF),
      maxRetryTime: Math.max(0, budgetMs - LAST_TRY_MS),
      shouldRetry: () => deps.clock.monotonic() < deadline,
    });
  } catch (error) {
    // The errors of all entries are in the map; anything else would be a bug and must not look like a send.
    if (!(error instanceof SendError)) throw error;
  }
  return errors;
}

/** A queue that rejects, against its contract, has failed for every copy: nothing may escape unclassified. */
async function sendOnce(
  queue: MessageQueue,
  copies: readonly OutgoingCopy[],
  timeoutMs: number,
): Promise<ReadonlyArray<SendError | undefined>> {
  try {
    return await queue.send(copies, timeoutMs);
  } catch (error) {
    const classified = classifyRequest(error, copies.length);
    return copies.map(() => classified);
  }
}

/** At most ten copies and 1 MiB a batch; one copy always fits. */
function batches(
  marked: readonly Marked[],
  alone: ReadonlySet<Marked>,
  copyOf: (one: Marked) => OutgoingCopy,
): Marked[][] {
  const result = marked.filter((one) => alone.has(one)).map((one) => [one]);
  let open: Marked[] = [];
  let bytes = 0;
  for (const one of marked) {
    if (alone.has(one)) continue;
    const size = copyBytes(copyOf(one));
    if (open.length === 0 || open.length >= SEND_BATCH_ENTRIES || bytes + size > SEND_BATCH_BYTES) {
      open = [];
      bytes = 0;
      result.push(open);
    }
    open.push(one);
    bytes += size;
  }
  return result;
}

function toCopy({ message, contents }: Marked, body: string, now: number): OutgoingCopy {
  const { traceparent } = "event" in contents ? contents.event : contents;
  const waitMs = Math.max(0, (message.notBefore ?? 0) - now);
  return {
    messageId: message.messageId,
    senderId: message.senderId,
    ...groupOf(message),
    // The message's own, whoever enqueues it: one id from the first call to the last attempt.
    correlationId: message.correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
    body,
    // Rounded up: a copy that came early would start an attempt before its time.
    delaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(waitMs / SECOND)),
  };
}

/** An endpoint that lets deliveries fail waits in a group of its own, not in that of its sender's other endpoints. */
function groupOf({ endpointId, attempt }: Message): Pick<OutgoingCopy, "groupId"> {
  return endpointId !== undefined && attempt > 0 ? { groupId: endpointId } : {};
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
