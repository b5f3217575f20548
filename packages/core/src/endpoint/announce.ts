import { type Message, responseStatusOf } from "../message/message.ts";
import { formatTimestamp } from "../message/timestamp.ts";
import { type AnnouncedType, type Announcement, OPERATIONS_SENDER } from "./announcement.ts";
import type { Endpoint } from "./endpoint.ts";

/** An endpoint that operators are told by is not told of: what it cannot take would be one event more for it. */
export function isAnnounced({ senderId }: Pick<Endpoint, "senderId">): boolean {
  return senderId !== OPERATIONS_SENDER;
}

export function announceFailing(endpoint: Endpoint, at: number): Announcement {
  return announcement("endpoint.failing", endpoint, at, howItFails(endpoint));
}

export function announceDisabled(endpoint: Endpoint, reason: "FAILING" | "GONE", at: number): Announcement {
  return announcement("endpoint.disabled", endpoint, at, { reason, ...howItFails(endpoint) });
}

export function announceRecovered(endpoint: Endpoint, at: number): Announcement {
  return announcement("endpoint.recovered", endpoint, at, howItFails(endpoint));
}

export function announceFailed(endpoint: Endpoint, message: Message, at: number): Announcement {
  const { messageId, eventId, eventType, failureReason, attempt } = message;
  return announcement("message.failed", endpoint, at, {
    messageId,
    eventId,
    eventType,
    failureReason,
    attempts: attempt,
    responseStatus: responseStatusOf(message),
  });
}

function announcement(
  type: AnnouncedType,
  { senderId, endpointId, description, url, state }: Endpoint,
  at: number,
  what: object,
): Announcement {
  // Never the path or the query: they may hold secrets, and whoever is told of this may not know them.
  const data = { senderId, endpointId, description, origin: URL.parse(url)?.origin, state, ...what };
  return { type, at, body: JSON.stringify({ type, timestamp: formatTimestamp(at), data }) };
}

function howItFails({ failingSince, failures, lastFailure }: Endpoint) {
  return {
    failingSince: failingSince === undefined ? undefined : formatTimestamp(failingSince),
    failures,
    lastFailure: lastFailure && { ...lastFailure, at: formatTimestamp(lastFailure.at) },
  };
}
