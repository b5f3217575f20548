/** Acceptance: store the message and its payload, then enqueue it. The conditional put is the deduplication. */
import { HomingError } from "../error.ts";
import type { Message, Payload } from "../message/message.ts";
import { messageIdForKey, newMessageId } from "../message/message-id.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import { requestHash } from "../message/request-hash.ts";
import { type EnqueueEntry, type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import { notQueuedError } from "../send/not-queued-error.ts";
import { StorageError, type WriteResult } from "../store/message-store.ts";
import { acceptInOrder, type InOrder, toEntry } from "./accept-in-order.ts";
import { isResumed } from "./resumed.ts";
import {
  type AcceptDependencies,
  type AcceptRequest,
  logFailure,
  type Stored,
  storageError,
} from "./stored.ts";
import { withdraw } from "./withdraw.ts";

export type { AcceptDependencies, AcceptRequest } from "./stored.ts";

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
  const stored = await Promise.all(requests.map((request, index) => store(deps, request, index)));
  const atOnce = new Map(
    [...stored.entries()]
      .filter((one): one is [number, Stored] => !(one[1] instanceof HomingError) && needsEnqueue(one[1]))
      .map(([index, one]) => [index, toEntry(one)]),
  );
  const sending = enqueueEach(deps, atOnce);
  const ordering = acceptInOrder(deps, requests, stored).then((inOrder) => enqueueEach(deps, inOrder));
  // After the sends' own first calls, which are on the caller's time and take the connections that are open.
  deps.onStored?.();
  const results = new Map([...(await sending), ...(await ordering)]);
  return Promise.all(
    stored.map((one, index) => (one instanceof HomingError ? one : conclude(deps, one, results.get(index)))),
  );
}

/** What became of each; an error stays what it is. */
async function enqueueEach(
  deps: AcceptDependencies,
  entries: InOrder,
): Promise<ReadonlyMap<number, EnqueueResult | HomingError>> {
  const toSend = [...entries].filter(
    (one): one is [number, EnqueueEntry] => !(one[1] instanceof HomingError),
  );
  const sent = await enqueueAll(
    deps,
    toSend.map(([, entry]) => entry),
  );
  const results = new Map<number, EnqueueResult | HomingError>();
  for (const [index, result] of entries) if (result instanceof HomingError) results.set(index, result);
  for (const [at, [index]] of toSend.entries()) {
    const result = sent[at];
    if (result) results.set(index, result);
  }
  return results;
}

/** `acceptAll` for one message. @throws HomingError */
export async function accept(deps: AcceptDependencies, request: AcceptRequest): Promise<Acceptance> {
  const [result] = await acceptAll(deps, [request]);
  if (!result) throw new Error("acceptAll answers every request");
  if (result instanceof HomingError) throw result;
  return result;
}

function store(
  deps: AcceptDependencies,
  request: AcceptRequest,
  index: number,
): Promise<Stored | HomingError> {
  const message = newMessage(deps, request, index);
  return request.input.idempotencyKey === undefined
    ? storeNew(deps, request, message)
    : storeOnce(deps, request, message);
}

/** Without a key the id is nobody else's: message and payload are written at once, neither can be there already. */
async function storeNew(
  deps: AcceptDependencies,
  request: AcceptRequest,
  message: Message,
): Promise<Stored | HomingError> {
  const { payload } = request.input;
  const [inserted, put] = await Promise.allSettled([
    deps.store.insert(message),
    deps.store.putPayload(message, payload, expiryOf(deps, request, message)),
  ]);
  if (inserted.status === "rejected") {
    logFailure(deps, request, message, "accept_failed", inserted.reason);
    return storageError(await isSurelyAbsent(deps, message.messageId, inserted.reason), inserted.reason);
  }
  if (!inserted.value.applied) return storageError(false, undefined);
  deps.observer.metrics.add("MessagesAccepted");
  if (put.status === "rejected")
    return withdrawWithoutPayload(deps, request, inserted.value.message, put.reason);
  return { message: inserted.value.message, duplicate: false, request, payload: Promise.resolve(payload) };
}

/**
 * With a key the message comes first, and its payload goes with the write that marks it QUEUED, before the send:
 * a call that is refused has then written nothing, and a repetition nothing that is there already.
 *
 * Of calls that mean the same and write it in other bytes, at the same time even, one payload is the first in the
 * store. It is never replaced while it counts, and everybody who enqueues sends the one that the store answers, not
 * the one in hand: so all copies, and with them all attempts, carry the same bytes.
 */
async function storeOnce(
  deps: AcceptDependencies,
  request: AcceptRequest,
  message: Message,
): Promise<Stored | HomingError> {
  let inserted: WriteResult;
  try {
    inserted = await deps.store.insert(message);
  } catch (error) {
    logFailure(deps, request, message, "accept_failed", error);
    return storageError(true, error);
  }
  if (inserted.applied) {
    deps.observer.metrics.add("MessagesAccepted");
    const payload = putIfAbsent(deps, request, inserted.message);
    // Whoever waits for it later deals with its failure; until then it is nobody's unhandled rejection.
    payload.catch(() => {});
    return { message: inserted.message, duplicate: false, request, payload };
  }
  const existing = inserted.message;
  if (!existing) return storageError(true, undefined);
  if (existing.requestHash !== message.requestHash) {
    return new HomingError(
      "IDEMPOTENCY_KEY_REUSED",
      "This idempotency key was used with another request; use a new key for a new message.",
    );
  }
  deps.observer.metrics.add("MessagesDuplicate");
  return resume(deps, request, existing);
}

/** A repetition completes what the first call may have left undone when it died. */
async function resume(
  deps: AcceptDependencies,
  request: AcceptRequest,
  message: Message,
): Promise<Stored | HomingError> {
  const duplicate = (payload: Payload): Stored => ({
    message,
    duplicate: true,
    request,
    payload: Promise.resolve(payload),
  });
  if (!needsPayload(message)) return duplicate(request.input.payload);
  try {
    return duplicate((await deps.store.getPayload(message)) ?? (await putIfAbsent(deps, request, message)));
  } catch (error) {
    logFailure(deps, request, message, "payload_not_stored", error);
    return storageError(true, error);
  }
}

/** To be sent, or because it may not be there: that it is, only a running attempt or an end proves. */
function needsPayload({ status, failureReason }: Message): boolean {
  return status === "PENDING" || status === "QUEUED" || failureReason === "PAYLOAD_MISSING";
}

function putIfAbsent(deps: AcceptDependencies, request: AcceptRequest, message: Message): Promise<Payload> {
  return deps.store.putPayloadIfAbsent(message, request.input.payload, expiryOf(deps, request, message));
}

function expiryOf(deps: AcceptDependencies, { input }: AcceptRequest, message: Message): number {
  return payloadExpiresAt(message.createdAt, input.deliverAt, deps.settings.retentionMs);
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

/** The message is there and its payload is not, and nobody can complete it: it is cancelled rather than left to fail. */
async function withdrawWithoutPayload(
  deps: AcceptDependencies,
  request: AcceptRequest,
  message: Message,
  cause: unknown,
): Promise<HomingError> {
  logFailure(deps, request, message, "payload_not_stored", cause);
  return storageError(await withdraw(deps, { message, request }), cause);
}

function newMessage(
  deps: AcceptDependencies,
  { input, correlationId }: AcceptRequest,
  index: number,
): Message {
  const now = deps.clock.now();
  const scheduled = input.deliverAt !== undefined && input.deliverAt > now;
  const waitsUntil = scheduled ? input.deliverAt : undefined;
  const dueAt = now + deps.settings.queueDeadlineMs;
  const { orderingKey, afterFailure } = input;
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
    dueAt: waitsUntil ?? dueAt,
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
    ...(orderingKey === undefined
      ? {}
      : {
          orderingKey,
          ...(afterFailure === undefined ? {} : { afterFailure }),
          pendingReason: "WAITING_FOR_PREVIOUS",
          waitsForTurn: true,
          // If the process dies now, the reconciler joins the messages of one call in the order of these times.
          dueAt: Math.min(dueAt + index, input.deliverBy ?? Number.POSITIVE_INFINITY),
        }),
  };
}

function needsEnqueue({ message }: Stored): boolean {
  return isResumed(message);
}

async function conclude(
  deps: AcceptDependencies,
  stored: Stored,
  result: EnqueueResult | HomingError | undefined,
): Promise<Acceptance | HomingError> {
  if (result instanceof HomingError) return result;
  const { message, duplicate, request } = stored;
  const [payload] = await Promise.allSettled([stored.payload]);
  if (payload.status === "rejected") {
    // Nothing was sent; the caller has a key, repeats the call and completes the message.
    logFailure(deps, request, message, "payload_not_stored", payload.reason);
    return storageError(true, payload.reason);
  }
  switch (result?.outcome) {
    case undefined:
      return { message, duplicate };
    case "queued":
    case "waiting":
      return { message: result.message, duplicate };
    case "moved":
      return { message: result.message ?? message, duplicate };
    case "failed":
    case "unmarked":
      return notQueuedError(result, request.input.idempotencyKey !== undefined);
  }
}
