/**
 * The worker's side: one record of the queue → claim → one HTTP request → its outcome. Records are handled
 * each on its own; nothing here throws for one of them.
 */
import pRetry from "p-retry";
import { elapsedMs } from "../clock.ts";
import { SECOND } from "../duration.ts";
import { disableGone, type GoneDependencies } from "../endpoint/disable-gone.ts";
import type { EndpointHealth } from "../endpoint/endpoint-health.ts";
import { ENDPOINT_FRESH_MS, ENDPOINT_USABLE_MS } from "../endpoint/known-endpoint.ts";
import { advanceBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import { type Copy, type DeliveryCopy, decodeCopy, isDeliveryCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Attempt, Message } from "../message/message.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import type { Transition } from "../message/transition.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import { enqueue, SHORTEST_ENQUEUE_MS } from "../send/enqueue.ts";
import type { Settings } from "../settings.ts";
import { attemptRecord, firstAttemptRecord } from "./attempt-record.ts";
import { buildRequest } from "./build-request.ts";
import { type Claimed, claimCopy } from "./claim.ts";
import { type AttemptDecision, decideAttempt } from "./decide-attempt.ts";
import { endLease } from "./end-lease.ts";
import type { HttpClient, HttpSlot, RequestResult } from "./http-client.ts";
import {
  type Loaded,
  type PrepareDependencies,
  type Prepared,
  prepareDelivery,
  type StopReason,
  stopTransition,
} from "./prepare-delivery.ts";
import { type Hands, POSTPONEMENT, postponedMs } from "./slow-targets.ts";

export interface DeliverDependencies extends LaneDependencies, PrepareDependencies, GoneDependencies {
  readonly http: HttpClient;
  readonly hands: Hands;
  readonly health: Pick<EndpointHealth, "failed" | "succeeded" | "messageFailed">;
  readonly random: () => number;
  readonly settings: LaneDependencies["settings"] &
    Pick<Settings, "retryScheduleMs" | "deliveryTimeoutMs" | "leaseMs">;
}

/** At most this much of a response is kept with an attempt. */
export const KEPT_RESPONSE_BYTES = 4_096;

/** Left of the lease beyond the request's own deadline when it starts (rule 7). */
const LEASE_RESERVE_MS = SECOND;

/**
 * A process that is cut off takes the rest of its batch along, so each step leaves the time for those behind it:
 * a claim at least this much for itself, and for the request and then the outcome what they may take.
 */
const CLAIM_MS = SECOND;
const OUTCOME_MS = 3 * SECOND;
/** For one send, beside nothing else. */
const POSTPONE_MS = 2 * SECOND;
/** Left when the last write is given up, to give the record back. */
const END_MS = SECOND / 2;

/**
 * An outcome that is not written makes a second request: it is worth all the time that lease and process leave.
 * The longest wait, stretched to 2 s, fits into what is left when one more try is begun.
 */
const OUTCOME_BACKOFF = {
  retries: 20,
  factor: 2,
  minTimeout: 100,
  maxTimeout: SECOND,
  randomize: true,
} as const;

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
    const prepared = await prepareDelivery(deps, copy);
    if (forClaimMs() < CLAIM_MS) return givenBack();
    if ("stop" in prepared) {
      return await stop(deps, messageId, copy as DeliveryCopy, prepared.stop, correlationId, forClaimMs);
    }
    if (await isLeftToOthers(deps, copy, prepared)) {
      return await postpone(deps, record, { messageId, copy, correlationId }, forClaimMs);
    }
    const slot = await reserveSlot(deps, prepared.targetUrl, forClaimMs);
    if (slot === undefined) {
      deps.observer.log.write("warn", "no_slot_free", { messageId, senderId: copy.senderId, correlationId });
      return "return";
    }
    try {
      const current = await keptUpToDate(deps, copy, prepared);
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
async function keptUpToDate(deps: DeliverDependencies, copy: Copy, prepared: Prepared) {
  return prepared.ageMs() < ENDPOINT_FRESH_MS ? prepared : prepareDelivery(deps, copy);
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
    if (reason === "ENDPOINT_PAUSED") deps.observer.metrics.add("MessagesHeld");
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

interface Delivery extends Claimed {
  readonly slot: HttpSlot;
  readonly copy: Copy;
  readonly correlationId: string;
  readonly prepared: Prepared;
  readonly remainingMs: () => number;
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
    return conclude(deps, delivery, startedAt, notSent(decision.explanation), decision);
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
    scheduleMs: deps.settings.retryScheduleMs,
    toEndpoint: isDeliveryCopy(copy),
    ...(copy.deliverBy === undefined ? {} : { deliverBy: copy.deliverBy }),
    now: deps.clock.now(),
    random: deps.random,
  });
  return conclude(deps, delivery, startedAt, result, decision);
}

type Decision = AttemptDecision | ReturnType<typeof expiredDecision>;

/** Records the attempt and moves the message on. */
async function conclude(
  deps: DeliverDependencies,
  delivery: LoadedDelivery,
  startedAt: number,
  result: RequestResult,
  decision: Decision,
): Promise<RecordResult> {
  const { message, claimId, copy, prepared } = delivery;
  const attempt = attemptRecord({
    number: message.attempt,
    claimId,
    ...(isDeliveryCopy(copy) ? { targetUrl: prepared.targetUrl } : {}),
    startedAt,
    result,
    decision,
  });
  report(deps, delivery, attempt);
  const outcome = outcomeTransition(deps, delivery, attempt, decision);
  // Recorded first, so that an outcome never points at an attempt that is not there. A first attempt that
  // succeeded travels inside the message instead.
  const inside = outcome.set.firstAttempt !== undefined;
  const written = await patiently(deps, delivery, async (leftMs) => {
    if (!inside) {
      // A success does not wait for its record to the end: that would make a second request.
      const succeeded = decision.action === "COMPLETE";
      const recordMs = succeeded ? leftMs() / 2 : leftMs();
      await recordAttempt(deps, message, attempt, recordMs).catch((error: unknown) => {
        if (!succeeded || leftMs() > 2 * OUTCOME_MS) throw error;
        deps.observer.log.write("warn", "attempt_not_recorded", fieldsOf(delivery), error);
      });
    }
    return deps.store.apply(message.messageId, outcome, leftMs());
  });
  if (!written.applied) {
    // The claim was taken away while the request ran: what happened is recorded, and decides nothing.
    deps.observer.log.write("warn", "outcome_refused", fieldsOf(delivery));
    if (inside) await patiently(deps, delivery, (leftMs) => recordAttempt(deps, message, attempt, leftMs()));
    return "done";
  }
  if (decision.action === "RETRY") await enqueueRetry(deps, delivery, written.message);
  if (isDeliveryCopy(copy)) await noteHealth(deps, delivery, copy, attempt);
  if (decision.rule === "STATUS_410" && isDeliveryCopy(copy))
    await disableGone(deps, copy, prepared.targetUrl);
  const { correlationId, remainingMs } = delivery;
  const advancing = { by: "outcome", correlationId } as const;
  // What could not be done now, the copy does when it comes back.
  return (await advanceBehind({ ...deps, timeLeftMs: remainingMs }, written.message, advancing))
    ? "done"
    : "return";
}

/** What the attempt says of its endpoint. Not by a process that has to end: the next attempt says the same. */
async function noteHealth(
  { health }: DeliverDependencies,
  { message, prepared, remainingMs }: LoadedDelivery,
  { senderId, endpointId }: DeliveryCopy,
  { outcome, startedAt, responseStatus, errorCode }: Attempt,
): Promise<void> {
  if (errorCode === "EXPIRED" || remainingMs() < SHORTEST_ENQUEUE_MS) return;
  const owner = { senderId, endpointId };
  const known = prepared.endpoint ?? {};
  if (outcome === "SUCCEEDED") return health.succeeded(owner, known);
  const failure = {
    at: startedAt,
    messageId: message.messageId,
    ...(responseStatus === undefined ? {} : { responseStatus }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
  await health.failed(owner, failure, known);
}

function outcomeTransition(
  deps: DeliverDependencies,
  delivery: Delivery,
  attempt: Attempt,
  decision: Decision,
): Transition {
  const { message, claimId, correlationId } = delivery;
  const { retentionMs } = deps.settings;
  const answer = attempt.responseStatus === undefined ? {} : { responseStatus: attempt.responseStatus };
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  switch (decision.action) {
    case "COMPLETE":
      return Lifecycle.complete(
        message,
        occasion,
        claimId,
        retentionMs,
        message.attempt === 1 ? { firstAttempt: firstAttemptRecord(attempt) } : answer,
      );
    case "RETRY":
      return Lifecycle.retryLater(message, occasion, claimId, decision.nextAttemptAt, answer);
    case "FAIL":
      return Lifecycle.fail(message, occasion, claimId, retentionMs, decision.failureReason, answer);
  }
}

/** A short delay rides on the queue; a longer one is waited out as PENDING. Failing here is the reconciler's to repair. */
async function enqueueRetry(
  deps: DeliverDependencies,
  { contents, correlationId, remainingMs }: LoadedDelivery,
  message: Message,
): Promise<void> {
  if (remainingMs() < SHORTEST_ENQUEUE_MS) return;
  const entry = { message, contents, correlationId };
  const result = await enqueue({ ...deps, timeLeftMs: remainingMs }, entry);
  if (result.outcome === "unmarked") {
    deps.observer.log.write(
      "warn",
      "retry_not_enqueued",
      { messageId: message.messageId, correlationId },
      result.error,
    );
  }
}

async function recordAttempt(
  deps: DeliverDependencies,
  message: Message,
  attempt: Attempt,
  withinMs: number,
): Promise<void> {
  await deps.store.putAttempt(
    message.messageId,
    attempt,
    payloadExpiresAt(deps.clock.now(), undefined, deps.settings.retentionMs),
    withinMs,
  );
}

/**
 * Repeats a write for as long as claim and process last; it is told how long it may take. @throws whatever it was
 * last rejected with.
 */
function patiently<T>(
  deps: DeliverDependencies,
  delivery: Delivery,
  write: (leftMs: () => number) => Promise<T>,
): Promise<T> {
  const leftMs = () => Math.max(0, delivery.remainingMs() - END_MS);
  return pRetry(() => write(leftMs), {
    ...OUTCOME_BACKOFF,
    ...(deps.rollbackBackoff ?? {}),
    shouldRetry: () => leaseLeftMs(deps, delivery) > 0 && delivery.remainingMs() > OUTCOME_MS,
  });
}

/** Of the claim, by the clock that went further: a process that stood still holds it no longer than others think. */
function leaseLeftMs(deps: DeliverDependencies, { claimedAt }: Claimed): number {
  return deps.settings.leaseMs - elapsedMs(deps.clock, claimedAt);
}

function expiredDecision(deliverBy: number) {
  return {
    action: "FAIL",
    rule: "EXPIRED",
    failureReason: "EXPIRED",
    explanation: `No request was made: it was to be delivered by ${new Date(deliverBy).toISOString()}.`,
  } as const;
}

function notSent(detail: string): RequestResult {
  return { kind: "error", code: "INVALID_REQUEST", detail, durationMs: 0 };
}

/** One wide line and the metrics of one attempt. */
function report(deps: DeliverDependencies, delivery: Delivery, attempt: Attempt): void {
  const { log, metrics } = deps.observer;
  const outcome = attempt.outcome;
  metrics.add("Deliveries", 1, { outcome });
  metrics.add("DeliveryDuration", attempt.durationMs ?? 0);
  if (outcome === "SUCCEEDED") metrics.add("EndToEndLatency", deps.clock.now() - delivery.copy.createdAt);
  log.write(outcome === "SUCCEEDED" ? "info" : "warn", "attempt", {
    ...fieldsOf(delivery),
    outcome,
    rule: attempt.decision?.rule,
    responseStatus: attempt.responseStatus,
    errorCode: attempt.errorCode,
    explanation: attempt.decision?.explanation,
    durationMs: attempt.durationMs,
    // Never the path or the query: they may hold secrets.
    targetOrigin: URL.parse(delivery.prepared.targetUrl)?.origin,
  });
}

function fieldsOf({ message, correlationId, copy }: Delivery) {
  return {
    messageId: message.messageId,
    senderId: message.senderId,
    correlationId,
    attempt: message.attempt,
    sendId: copy.sendId,
    ...(isDeliveryCopy(copy) ? { eventId: copy.eventId, endpointId: copy.endpointId } : {}),
  };
}
