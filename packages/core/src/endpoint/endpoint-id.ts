import { derivedId, idPattern, newId } from "../id.ts";

const PREFIX = "ep";

export const ENDPOINT_ID = idPattern(PREFIX);

/** A new id that sorts by `now`. */
export function newEndpointId(now: number): string {
  return newId(PREFIX, now);
}

/** The id that a sender's idempotency key always leads to: a key of a message or an event leads elsewhere. */
export function endpointIdForKey(senderId: string, idempotencyKey: string): string {
  return derivedId(PREFIX, [senderId, "endpoint", idempotencyKey]);
}
