import { derivedId, idPattern, newId } from "../id.ts";
import { messageIdOf } from "../message/message-id.ts";

const PREFIX = "evt";

export const EVENT_ID = idPattern(PREFIX);

/** A new id that sorts by `now`. */
export function newEventId(now: number): string {
  return newId(PREFIX, now);
}

/** The id that a sender's idempotency key always leads to: a key of a message or an endpoint leads elsewhere. */
export function eventIdForKey(senderId: string, idempotencyKey: string): string {
  return derivedId(PREFIX, [senderId, "event", idempotencyKey]);
}

/** The message that delivers an event to an endpoint, whoever makes it: so it is made once. */
export function deliveryIdOf(eventId: string, endpointId: string): string {
  return messageIdOf(["delivery", eventId, endpointId]);
}
