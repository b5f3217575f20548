/** What an attempt has come to: it is recorded, its message moves on, and whoever waits behind it is told. */
import pRetry from "p-retry";
import { elapsedMs } from "../clock.ts";
import { SECOND } from "../duration.ts";
import { disableGone, type GoneDependencies } from "../endpoint/disable-gone.ts";
import type { EndpointHealth } from "../endpoint/endpoint-health.ts";
import { advanceBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import { type Copy, type DeliveryCopy, isDeliveryCopy } from "../message/copy.ts";
import * as DeliveryLifecycle from "../message/delivery-lifecycle.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { type Attempt, isDelivery, isHeld, type Message } from "../message/message.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import type { Transition } from "../message/transition.ts";
import type { RecordResult } from "../queue/queue-record.ts";
import { enqueue, SHORTEST_ENQUEUE_MS } from "../send/enqueue.ts";
import type { Settings } from "../settings.ts";
import { attemptRecord, firstAttemptRecord } from "./attempt-record.ts";
import type { Claimed } from "./claim.ts";
import type { AttemptDecision } from "./decide-attempt.ts";
import type { RequestResult } from "./http-client.ts";
import type { Loaded, Prepared } from "./prepare-delivery.ts";

export interface ConcludeDependencies extends LaneDependencies, GoneDependencies {
  readonly health: Pick<EndpointHealth, "failed" | "succeeded" | "messageFailed">;
  readonly settings: LaneDependencies["settings"] & Pick<Settings, "leaseMs">;
}

/** At most this much of a response is kept with an attempt. */
export const KEPT_RESPONSE_BYTES = 4_096;

/** What writing an outcome may take of the process's time. */
export const OUTCOME_MS = 3 * SECOND;
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

/** A message under a claim, and what is known of its request. */
export interface TakenDelivery extends Claimed {
  readonly copy: Copy;
  readonly correlationId: string;
  readonly prepared: Pick<Prepared, "targetUrl" | "endpoint">;
  readonly remainingMs: () => number;
}

/** With what a copy of the next attempt brings; without it, that is left to the reconciler. */
type ConcludedDelivery = TakenDelivery & Partial<Pick<Loaded, "contents">>;

export interface Conclusion {
  /** The message once the attempt had decided over it; undefined if its claim had been taken away. */
  readonly message?: Message;
  /** What becomes of the record that brought the copy. */
  readonly record: RecordResult;
}

type Decision = AttemptDecision | ReturnType<typeof expiredDecision>;

/** Records the attempt and moves the message on. */
export async function conclude(
  deps: ConcludeDependencies,
  delivery: ConcludedDelivery,
  startedAt: number,
  result: RequestResult,
  decision: Decision,
): Promise<Conclusion> {
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
    return { record: "done" };
  }
  if (isHeld(written.message)) deps.observer.metrics.add("MessagesHeld");
  else if (decision.action === "RETRY") await enqueueRetry(deps, delivery, written.message);
  if (isDeliveryCopy(copy)) await noteHealth(deps, delivery, copy, attempt);
  if (decision.rule === "STATUS_410" && isDeliveryCopy(copy))
    await disableGone(deps, copy, prepared.targetUrl);
  const { correlationId, remainingMs } = delivery;
  const advancing = { by: "outcome", correlationId } as const;
  const advanced = await advanceBehind({ ...deps, timeLeftMs: remainingMs }, written.message, advancing);
  // What could not be done now, the copy does when it comes back.
  return { message: written.message, record: advanced ? "done" : "return" };
}

/** What the attempt says of its endpoint. Not by a process that has to end: the next attempt says the same. */
async function noteHealth(
  { health }: ConcludeDependencies,
  { message, prepared, remainingMs }: ConcludedDelivery,
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
  deps: ConcludeDependencies,
  delivery: TakenDelivery,
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
      return delivery.prepared.endpoint?.gate !== undefined && isDelivery(message)
        ? DeliveryLifecycle.holdFailed(message, occasion, claimId, decision.nextAttemptAt, answer)
        : Lifecycle.retryLater(message, occasion, claimId, decision.nextAttemptAt, answer);
    case "FAIL":
      return Lifecycle.fail(message, occasion, claimId, retentionMs, decision.failureReason, answer);
  }
}

/** A short delay rides on the queue; a longer one is waited out as PENDING. Failing here is the reconciler's to repair. */
async function enqueueRetry(
  deps: ConcludeDependencies,
  { contents, correlationId, remainingMs }: ConcludedDelivery,
  message: Message,
): Promise<void> {
  if (contents === undefined || remainingMs() < SHORTEST_ENQUEUE_MS) return;
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
  deps: ConcludeDependencies,
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
export function patiently<T>(
  deps: ConcludeDependencies,
  delivery: TakenDelivery,
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
export function leaseLeftMs(deps: ConcludeDependencies, { claimedAt }: Claimed): number {
  return deps.settings.leaseMs - elapsedMs(deps.clock, claimedAt);
}

export function expiredDecision(deliverBy: number) {
  return {
    action: "FAIL",
    rule: "EXPIRED",
    failureReason: "EXPIRED",
    explanation: `No request was made: it was to be delivered by ${new Date(deliverBy).toISOString()}.`,
  } as const;
}

/** One wide line and the metrics of one attempt. */
function report(deps: ConcludeDependencies, delivery: TakenDelivery, attempt: Attempt): void {
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

export function fieldsOf({ message, correlationId, copy }: TakenDelivery) {
  return {
    messageId: message.messageId,
    senderId: message.senderId,
    correlationId,
    attempt: message.attempt,
    sendId: copy.sendId,
    ...(isDeliveryCopy(copy) ? { eventId: copy.eventId, endpointId: copy.endpointId } : {}),
  };
}
