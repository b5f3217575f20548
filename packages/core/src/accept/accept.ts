/** Acceptance: store the message and its payload, then enqueue it. The conditional put is the deduplication. */
import { HomingError } from "../error.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import { messageIdForKey, newMessageId } from "../message/message-id.ts";
import type { AcceptedInput } from "../message/message-input.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import { requestHash } from "../message/request-hash.ts";
import {
  type EnqueueDependencies,
  type EnqueueEntry,
  type EnqueueResult,
  enqueueAll,
} from "../send/enqueue.ts";
import { notQueuedError, RETRY_AFTER_SECONDS } from "../send/not-queued-error.ts";
import type { Settings } from "../settings.ts";
import { StorageError } from "../store/message-store.ts";

export interface AcceptDependencies extends EnqueueDependencies {
  readonly settings: EnqueueDependencies["settings"] & Pick<Settings, "retryScheduleMs" | "retentionMs">;
  /** The id of a message without an idempotency key; random unless a simulation has to repeat itself. */
  readonly newMessageId?: (now: number) => string;
  /** Called when what a call had to store is stored and its sends have begun: other writes cost no time here. */
  readonly onStored?: () => void;
}

export interface AcceptRequest {
  readonly input: AcceptedInput;
  readonly correlationId: string;
}

/** `message` states what was last read or written. */
export interface Acceptance {
  readonly message: Message;
  /** An earlier call with the same idempotency key had stored it already. */
  readonly duplicate: boolean;
}

/**
 * Accepts each message on its own, all of them within one send budget. Answers, in order, the acceptance or
 * the error to show: IDEMPOTENCY_KEY_REUSED, or SYSTEM_ERROR, which says whether the message was stored.
 */
export async function acceptAll(
  deps: AcceptDependencies,
  requests: readonly AcceptRequest[],
): Promise<Array<Acceptance | HomingError>> {
  const stored = await Promise.all(requests.map((request) => store(deps, request)));
  const toEnqueue = stored.filter(
    (result): result is Stored => !(result instanceof HomingError) && needsEnqueue(result),
  );
  const enqueuing = enqueueAll(deps, toEnqueue.map(toEntry));
  // After the sends' own first calls, which are on the caller's time and take the connections that are open.
  deps.onStored?.();
  const results = await enqueuing;
  const byStored = new Map(toEnqueue.map((one, index) => [one, results[index]]));
  return stored.map((result) => {
    if (result instanceof HomingError) return result;
    const enqueued = byStored.get(result);
    return enqueued ? conclude(result, enqueued) : acceptance(result, result.message);
  });
}

/** `acceptAll` for one message. @throws HomingError */
export async function accept(deps: AcceptDependencies, request: AcceptRequest): Promise<Acceptance> {
  const [result] = await acceptAll(deps, [request]);
  if (!result) throw new Error("acceptAll answers every request");
  if (result instanceof HomingError) throw result;
  return result;
}

interface Stored {
  readonly message: Message;
  readonly duplicate: boolean;
  readonly request: AcceptRequest;
}

async function store(deps: AcceptDependencies, request: AcceptRequest): Promise<Stored | HomingError> {
  const { input, correlationId } = request;
  const message = newMessage(deps, request);
  const { messageId } = message;
  const expiresAt = payloadExpiresAt(message.createdAt, input.deliverAt, deps.settings.retentionMs);
  const [inserted, payload] = await Promise.allSettled([
    deps.store.insert(message),
    deps.store.putPayload(messageId, message.requestHash, input.payload, expiresAt),
  ]);
  const fields = { messageId, senderId: message.senderId, correlationId };
  if (inserted.status === "rejected") {
    deps.observer.log.write("error", "accept_failed", fields, inserted.reason);
    return storageError(
      input.idempotencyKey !== undefined || (await isSurelyAbsent(deps, messageId, inserted.reason)),
      inserted.reason,
    );
  }
  if (inserted.value.applied) {
    if (payload.status === "rejected") return withdraw(deps, request, inserted.value.message, payload.reason);
    deps.observer.metrics.add("MessagesAccepted");
    return { message: inserted.value.message, duplicate: false, request };
  }
  const existing = inserted.value.message;
  if (!existing) return storageError(input.idempotencyKey !== undefined, undefined);
  if (existing.requestHash !== message.requestHash) {
    return new HomingError(
      "IDEMPOTENCY_KEY_REUSED",
      "This idempotency key was used with another request; use a new key for a new message.",
    );
  }
  deps.observer.metrics.add("MessagesDuplicate");
  // Whoever resumes a waiting message must know that its payload is there; a later state proves it.
  if (payload.status === "rejected" && existing.status === "PENDING") {
    return notQueuedError({ outcome: "unmarked", message: existing, error: payload.reason }, true);
  }
  return { message: existing, duplicate: true, request };
}

/**
 * After an insert that failed without an idempotency key: only if nothing was stored, nor can be later, may
 * the caller simply repeat the call, or it could double the message.
 */
async function isSurelyAbsent(deps: AcceptDependencies, messageId: string, error: unknown): Promise<boolean> {
  if (!(error instanceof StorageError) || error.mayYetTakeEffect) return false;
  if (!error.mayHaveTakenEffect) return true;
  return deps.store.get(messageId).then(
    (message) => message === undefined,
    () => false,
  );
}

/**
 * The message item is there and its payload is not. With an idempotency key the caller repeats the call and
 * completes it; without one nobody can, so the message is cancelled rather than left to fail.
 */
async function withdraw(
  deps: AcceptDependencies,
  { input, correlationId }: AcceptRequest,
  message: Message,
  cause: unknown,
): Promise<HomingError> {
  const fields = { messageId: message.messageId, senderId: message.senderId, correlationId };
  deps.observer.log.write("error", "payload_not_stored", fields, cause);
  if (input.idempotencyKey !== undefined) return storageError(true, cause);
  const transition = Lifecycle.cancel(
    { now: deps.clock.now(), correlationId, token: deps.newToken() },
    deps.settings.retentionMs,
  );
  const cancelled = await deps.store.apply(message.messageId, transition).then(
    (result) => result.applied,
    (error: unknown) => {
      deps.observer.log.write("error", "withdraw_failed", fields, error);
      return false;
    },
  );
  return storageError(cancelled, cause);
}

function newMessage(deps: AcceptDependencies, { input, correlationId }: AcceptRequest): Message {
  const now = deps.clock.now();
  const scheduled = input.deliverAt !== undefined && input.deliverAt > now;
  const waitsUntil = scheduled ? input.deliverAt : undefined;
  return {
    messageId:
      input.idempotencyKey === undefined
        ? (deps.newMessageId ?? newMessageId)(now)
        : messageIdForKey(input.senderId, input.idempotencyKey),
    senderId: input.senderId,
    requestHash: requestHash(input),
    correlationId,
    ...(input.idempotencyKey === undefined ? {} : { idempotencyKey: input.idempotencyKey }),
    createdAt: now,
    ...(input.deliverAt === undefined ? {} : { deliverAt: input.deliverAt }),
    ...(input.deliverBy === undefined ? {} : { deliverBy: input.deliverBy }),
    status: "PENDING",
    pendingReason: scheduled ? "SCHEDULED" : "ACCEPTED",
    revision: 1,
    updatedAt: now,
    // A scheduled message is due when it is to be sent: the reconciler is what sends it. Any other is due
    // when its copy should have been claimed, so that nothing has to move `dueAt` on the happy path.
    dueAt: waitsUntil ?? now + deps.settings.queueDeadlineMs,
    ...(waitsUntil === undefined ? {} : { notBefore: waitsUntil }),
    writeId: deps.newToken(),
    attempt: 0,
    attemptLimit: deps.settings.retryScheduleMs.length + 1,
    unknowns: 0,
    sends: 0,
    rollbacks: 0,
    orphans: 0,
    history: [{ at: now, from: null, to: "PENDING", reason: "ACCEPTED", correlationId }],
    historyOmitted: 0,
  };
}

/** Waiting reasons that a producer's repeated call resumes; the others wait for a time or an operator. */
const RESUMED = new Set<Message["pendingReason"]>(["ACCEPTED", "SEND_FAILED", "ORPHANED", "LEASE_EXPIRED"]);

function needsEnqueue({ message }: Stored): boolean {
  return message.status === "PENDING" && RESUMED.has(message.pendingReason);
}

function toEntry({ message, request }: Stored): EnqueueEntry {
  return { message, payload: request.input.payload, correlationId: request.correlationId };
}

function conclude(stored: Stored, result: EnqueueResult): Acceptance | HomingError {
  switch (result.outcome) {
    case "queued":
    case "waiting":
      return acceptance(stored, result.message);
    case "moved":
      return acceptance(stored, result.message ?? stored.message);
    case "failed":
    case "unmarked":
      return notQueuedError(result, stored.request.input.idempotencyKey !== undefined);
  }
}

function acceptance(stored: Stored, message: Message): Acceptance {
  return { message, duplicate: stored.duplicate };
}

/** Nothing that can be delivered was stored, as far as is known. */
function storageError(retryable: boolean, cause: unknown): HomingError {
  const advice = retryable
    ? "Repeat the call."
    : "It may or may not have been stored: look for it before you repeat the call, and send an idempotency key next time.";
  return new HomingError("SYSTEM_ERROR", `The message could not be stored. ${advice}`, {
    retryable,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}
