/** A listener tells what its request came to: from here on it is the attempt that a worker would have made. */
import { elapsedMs, momentOf } from "../clock.ts";
import { type ConcludeDependencies, conclude } from "../delivery/conclude.ts";
import { decideAttempt } from "../delivery/decide-attempt.ts";
import type { OutgoingRequest, RequestResult } from "../delivery/http-client.ts";
import { SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { knownEndpoint } from "../endpoint/known-endpoint.ts";
import { scheduleMsOf } from "../endpoint/retry-schedule.ts";
import { HomingError } from "../error.ts";
import type { EventStore } from "../event/event-store.ts";
import { deliveryPayload } from "../message/contents.ts";
import { type DeliveryMessage, isDelivery, type Message } from "../message/message.ts";
import type { Settings } from "../settings.ts";

export interface AnswerDependencies extends ConcludeDependencies {
  readonly events: Pick<EventStore, "getPayload">;
  readonly random: () => number;
  readonly settings: ConcludeDependencies["settings"] & Pick<Settings, "retryScheduleMs">;
}

export interface TakenAnswer {
  readonly messageId: string;
  readonly claimId: string;
  /** What came of the request, given the headers that it was made with as far as they are known still. */
  readonly result: (sent: OutgoingRequest["headers"]) => RequestResult;
  readonly correlationId: string;
}

/** Writing the outcome ends by then, whatever becomes of it. */
const ANSWER_MS = 15 * SECOND;

/**
 * Answers the message as the outcome has left it. May be repeated: what was counted already is not counted again.
 *
 * @throws HomingError NOT_FOUND; CONFLICT if the lease was over and the delivery has been taken away.
 */
export async function answerTaken(
  deps: AnswerDependencies,
  endpoint: Endpoint,
  answer: TakenAnswer,
): Promise<Message> {
  const { messageId, claimId, correlationId } = answer;
  const since = momentOf(deps.clock);
  const message = await deps.store.get(messageId);
  if (!message || !isDelivery(message) || message.endpointId !== endpoint.endpointId)
    throw new HomingError("NOT_FOUND", "There is no such delivery of this endpoint.");
  if (message.status !== "PROCESSING" || message.claimId !== claimId) {
    if (wasCounted(message, claimId)) return message;
    throw takenAway(message);
  }
  const event = (await deps.events.getPayload(message))?.payload;
  const sent = event ? Object.entries(deliveryPayload(event, endpoint).headers) : [];
  const result = answer.result(sent);
  const decision = decideAttempt({
    result,
    attempt: message.attempt,
    attemptLimit: message.attemptLimit,
    scheduleMs: scheduleMsOf(endpoint, deps.settings.retryScheduleMs),
    toEndpoint: true,
    ...(message.deliverBy === undefined ? {} : { deliverBy: message.deliverBy }),
    now: since.now,
    random: deps.random,
  });
  const known = knownEndpoint(endpoint, since.now);
  const delivery = {
    message,
    claimId,
    // How old the claim is only the store's time tells; what is written is refused once it was taken away.
    claimedAt: since,
    copy: copyOf(message),
    correlationId,
    prepared: { targetUrl: endpoint.url, endpoint: known },
    remainingMs: () => ANSWER_MS - elapsedMs(deps.clock, since),
    // Its limit has to be known where its next attempt is enqueued: by then it may be ACTIVE.
    ...(event ? { contents: { event, ...(endpoint.rateLimit ? { endpoint: known } : {}) } } : {}),
  };
  // Whatever its listener says: not before it was taken.
  const startedAt = Math.max(message.claimedAt ?? 0, since.now - Math.round(result.durationMs));
  const { message: concluded } = await conclude(deps, delivery, startedAt, result, decision);
  if (concluded) return concluded;
  throw takenAway(message);
}

/** By an earlier call, whose answer was lost: a lease that is over counts as unknown. */
function wasCounted({ status, claimId, unknowns }: Message, own: string): boolean {
  return status !== "PROCESSING" && claimId === own && unknowns === 0;
}

function takenAway({ messageId, status }: Message): HomingError {
  return new HomingError(
    "CONFLICT",
    "The lease of this delivery was over before its answer came; it is made again.",
    { stored: { messageId, messageStatus: status } },
  );
}

/** As the copy of an attempt that a worker makes. */
function copyOf(message: DeliveryMessage) {
  const { attempt, sendId = "listener", senderId, createdAt, deliverBy } = message;
  const { eventId, endpointId, eventType, requestHash } = message;
  return {
    ...{ attempt, sendId, senderId, createdAt, eventId, endpointId, eventType, requestHash, forced: false },
    ...(deliverBy === undefined ? {} : { deliverBy }),
  };
}
