/**
 * The worker's side: one record of the queue → claim → one HTTP request → its outcome. Records are handled
 * each on its own; nothing here throws for one of them.
 */
import { SECOND } from "../duration.ts";
import { ENDPOINT_FRESH_MS, ENDPOINT_USABLE_MS } from "../endpoint/known-endpoint.ts";
import { scheduleMsOf } from "../endpoint/retry-schedule.ts";
import { type Copy, type DeliveryCopy, decodeCopy, isDeliveryCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { isHoldReason } from "../message/message.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import type { Settings } from "../settings.ts";
import { buildRequest } from "./build-request.ts";
import { claimCopy } from "./claim.ts";
import {
  type ConcludeDependencies,
  conclude,
  expiredDecision,
  fieldsOf,
  KEPT_RESPONSE_BYTES,
  leaseLeftMs,
  OUTCOME_MS,
  patiently,
  type TakenDelivery,
} from "./conclude.ts";
import { decideAttempt } from "./decide-attempt.ts";
import { endLease } from "./end-lease.ts";
import type { HttpClient, HttpSlot, RequestResult } from "./http-client.ts";
import { lateCopy, takeNewSlot } from "./late-copy.ts";
import {
  type Loaded,
  type PrepareDependencies,
  type Prepared,
  prepareDelivery,
  type StopReason,
  stopTransition,
} from "./prepare-delivery.ts";
import { type Hands, POSTPONEMENT, postponedMs } from "./slow-targets.ts";

export interface DeliverDependencies extends ConcludeDependencies, PrepareDependencies {
  readonly http: HttpClient;
  readonly hands: Hands;
  readonly random: () => number;
  readonly settings: ConcludeDependencies["settings"] &
    Pick<Settings, "retryScheduleMs" | "deliveryTimeoutMs">;
}

/** Left of the lease beyond the request's own deadline when it starts (rule 7). */
const LEASE_RESERVE_MS = SECOND;

/**
 * A process that is cut off takes the rest of its batch along, so each step leaves the time for those behind it:
 * a claim at least this much for itself, and for the request and then the outcome what they may take.
 */
const CLAIM_MS = SECOND;
/** For one send, beside nothing else. */
const POSTPONE_MS = 2 * SECOND;

/** Delivers the message a record names. `remainingMs` tells how long this process may still run. */
export async function deliverRecord(
  deps: DeliverDependencies,
  record: QueueRecord,
  remainingMs: () => number,
): Promise<RecordResult> {
  const { messageId, correlationId = "unknown" } = record;
  const copy = decodeCopy(record.body, record.traceparent);
  if (messageId === undefined || copy === undefined) {
    // Not ours to guess at: after its last receive SQS moves it to the dead-letter queue, with an alarm.
    deps.observer.log.write("error", "record_unreadable", { messageId, correlationId });
    return "return";
  }
  const forClaimMs = () => remainingMs() - deps.settings.deliveryTimeoutMs - OUTCOME_MS;
  const givenBack = () => {
    deps.observer.log.write("info", "too_little_time", { messageId, senderId: copy.senderId, correlationId });
    return "return" as const;
  };
  // Not claimed: the copy is handed out again with all of its time.
  if (forClaimMs() < CLAIM_MS) return givenBack();
  try {
    const prepared = await prepareDelivery(deps, messageId, copy);
    if (forClaimMs() < CLAIM_MS) return givenBack();
    if ("stop" in prepared) {
      return await stop(deps, messageId, copy as DeliveryCopy, prepared.stop, correlationId, forClaimMs);
    }
    if (await isLeftToOthers(deps, copy, prepared)) {
      return await postpone(deps, record, { messageId, copy, correlationId }, forClaimMs);
    }
    const late = lateCopy(copy, prepared, deps.clock.now());
    const waits =
      late && (await takeNewSlot(deps, messageId, late, prepared.load, correlationId, forClaimMs));
    if (waits) return waits;
    const slot = await reserveSlot(deps, prepared.targetUrl, forClaimMs);
    if (slot === undefined) {
      deps.observer.log.write("warn", "no_slot_free", { messageId, senderId: copy.senderId, correlationId });
      return "return";
    }
    try {
      const current = await keptUpToDate(deps, messageId, copy, prepared);
      if (forClaimMs() < CLAIM_MS) return givenBack();
      if ("stop" in current)
        return await stop(deps, messageId, copy as DeliveryCopy, current.stop, correlationId, forClaimMs);
      // The slot is one of the origin that it had.
      if (current.targetUrl !== prepared.targetUrl) return givenBack();
      const loading = current.load();
      // Beside the claim; if that fails first, this is nobody's unhandled rejection.
      loading.catch(() => undefined);
      const claiming = { ...deps, timeLeftMs: remainingMs };
      const claimed = await claimCopy(claiming, messageId, copy, correlationId, forClaimMs);
      if (typeof claimed === "string") return claimed;
      const loaded = await loading;
      // A process that stood still: the attempt is lost, but no request leaves that nobody will know of.
      if (forClaimMs() < 0) return givenBack();
      const delivery = { ...claimed, copy, correlationId, prepared: current, remainingMs, slot };
      return loaded === undefined
        ? await failWithoutPayload(deps, delivery)
        : await makeAttempt(deps, { ...delivery, ...loaded });
    } finally {
      slot.release();
    }
  } catch (error) {
    deps.observer.log.write(
      "error",
      "delivery_interrupted",
      { messageId, senderId: copy.senderId, correlationId, attempt: copy.attempt },
      error,
    );
    return "return";
  }
}

/**
 * Waits for its turn among the requests to one origin as long as the process can spare: before the claim, so
 * that our own queue spends no attempt, and none of the time that the target has to answer.
 */
async function reserveSlot(
  { http }: DeliverDependencies,
  targetUrl: string,
  forClaimMs: () => number,
): Promise<HttpSlot | undefined> {
  if (http.reserve === undefined) return { request: http.request.bind(http), release: () => undefined };
  return http.reserve(targetUrl, forClaimMs() - CLAIM_MS);
}

/** Not what somebody has asked for by hand, nor what there may be no later time for. */
async function isLeftToOthers(
  { hands, clock }: DeliverDependencies,
  copy: Copy,
  { targetUrl }: Prepared,
): Promise<boolean> {
  if (isDeliveryCopy(copy) && copy.forced) return false;
  const { createdAt, deliverBy = Infinity } = copy;
  if (deliverBy - clock.now() <= POSTPONEMENT.longestMs) return false;
  return hands.holdsBack(targetUrl, createdAt);
}

/**
 * The very copy, to come again later: the message knows nothing of it. One that is sent and not deleted is there twice,
 * as copies may be; one that cannot be sent is handed out again by itself.
 */
async function postpone(
  deps: DeliverDependencies,
  { body, traceparent }: QueueRecord,
  { messageId, copy, correlationId }: Named,
  forClaimMs: () => number,
): Promise<RecordResult> {
  const { senderId, createdAt, attempt } = copy;
  const delayMs = postponedMs(createdAt, deps.clock.now(), deps.random);
  const again = {
    messageId,
    senderId,
    // Apart from what its sender sends elsewhere.
    ...(isDeliveryCopy(copy) ? { groupId: copy.endpointId } : {}),
    correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
    body,
    delaySeconds: Math.ceil(delayMs / SECOND),
  };
  const [error] = await deps.queue.send([again], Math.min(forClaimMs(), POSTPONE_MS));
  const fields = { messageId, senderId, correlationId, attempt, delayMs };
  if (error) {
    deps.observer.log.write("warn", "not_postponed", { ...fields, errorCode: error.code }, error.cause);
    return "return";
  }
  deps.observer.metrics.add("DeliveriesPostponed");
  deps.observer.log.write("info", "postponed", fields);
  return "done";
}

interface Named {
  readonly messageId: string;
  readonly copy: Copy;
  readonly correlationId: string;
}

/** The same, unless it has waited for its turn so long that its endpoint has to be looked at again. */
async function keptUpToDate(deps: DeliverDependencies, messageId: string, copy: Copy, prepared: Prepared) {
  return prepared.ageMs() < ENDPOINT_FRESH_MS ? prepared : prepareDelivery(deps, messageId, copy);
}

/** What the endpoint's state asks for instead of an attempt. A copy that decides nothing is a refused one: `done`. */
async function stop(
  deps: DeliverDependencies,
  messageId: string,
  copy: DeliveryCopy,
  reason: StopReason,
  correlationId: string,
  forClaimMs: () => number,
): Promise<RecordResult> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const transition = stopTransition(copy, reason, occasion, deps.settings.retentionMs);
  const { applied, message } = await deps.store.apply(messageId, transition, forClaimMs());
  const { senderId, endpointId, attempt } = copy;
  if (applied) {
    if (isHoldReason(reason)) deps.observer.metrics.add("MessagesHeld");
    deps.observer.log.write("info", "message_stopped", {
      messageId,
      senderId,
      endpointId,
      correlationId,
      reason,
    });
    return "done";
  }
  if (message === undefined) {
    // As in a claim: a copy of nothing is somebody's mistake, and belongs to the dead letters.
    deps.observer.log.write("error", "message_unknown", { messageId, correlationId });
    return "return";
  }
  // Its own worker died in the middle of the attempt: it is taken from that one, and meets the state when it comes again.
  if (message.attempt === attempt) await endLease(deps, message, correlationId, forClaimMs());
  return "done";
}

interface Delivery extends TakenDelivery {
  readonly prepared: Prepared;
  readonly slot: HttpSlot;
}

/** With what is sent. */
interface LoadedDelivery extends Delivery, Loaded {}

/** Its event's payload is gone: there is nothing to send, now or ever. */
async function failWithoutPayload(deps: DeliverDependencies, delivery: Delivery): Promise<RecordResult> {
  const { message, claimId, correlationId } = delivery;
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const { retentionMs } = deps.settings;
  const transition = Lifecycle.fail(message, occasion, claimId, retentionMs, "PAYLOAD_MISSING");
  await patiently(deps, delivery, (leftMs) => deps.store.apply(message.messageId, transition, leftMs()));
  deps.observer.log.write("error", "payload_missing", fieldsOf(delivery));
  return "done";
}

async function makeAttempt(deps: DeliverDependencies, delivery: LoadedDelivery): Promise<RecordResult> {
  const { message, copy, payload, prepared, correlationId } = delivery;
  const startedAt = deps.clock.now();
  if (copy.deliverBy !== undefined && startedAt > copy.deliverBy) {
    const decision = expiredDecision(copy.deliverBy);
    const { record } = await conclude(deps, delivery, startedAt, notSent(decision.explanation), decision);
    return record;
  }
  const { secrets } = prepared;
  const event = isDeliveryCopy(copy) ? { ...copy, svixHeaders: prepared.svixHeaders } : undefined;
  const request = buildRequest({
    id: event?.eventId ?? message.messageId,
    ...(event ? { event } : {}),
    order: message,
    payload,
    correlationId,
    now: startedAt,
    secrets,
  });
  // G13: a request that outlived its lease could leave after somebody else had decided over the message.
  if (leaseLeftMs(deps, delivery) < deps.settings.deliveryTimeoutMs + LEASE_RESERVE_MS) {
    deps.observer.log.write("warn", "lease_too_short", {
      messageId: message.messageId,
      correlationId,
      attempt: message.attempt,
    });
    return "return";
  }
  if (prepared.ageMs() >= ENDPOINT_USABLE_MS) {
    deps.observer.log.write("warn", "endpoint_outdated", fieldsOf(delivery));
    return "return";
  }
  const ended = deps.hands.begin(prepared.targetUrl);
  const result = await delivery.slot
    .request(request, {
      timeoutMs: deps.settings.deliveryTimeoutMs,
      keepBytes: KEPT_RESPONSE_BYTES,
    })
    .finally(ended);
  delivery.slot.release();
  const decision = decideAttempt({
    result,
    attempt: message.attempt,
    attemptLimit: message.attemptLimit,
    scheduleMs: scheduleMsOf(prepared.endpoint, deps.settings.retryScheduleMs),
    toEndpoint: isDeliveryCopy(copy),
    ...(copy.deliverBy === undefined ? {} : { deliverBy: copy.deliverBy }),
    now: deps.clock.now(),
    random: deps.random,
  });
  return (await conclude(deps, delivery, startedAt, result, decision)).record;
}

function notSent(detail: string): RequestResult {
  return { kind: "error", code: "INVALID_REQUEST", detail, durationMs: 0 };
}
