import { DAY, MINUTE } from "../duration.ts";
import type { Event } from "../event/event.ts";
import { newEventId } from "../event/event-id.ts";
import type { EventPayload } from "../event/event-input.ts";
import { NOON } from "./test-clock.ts";
import { nextToken } from "./tokens.ts";

/** An event as acceptance makes it, with an id of its own and one endpoint to go to. */
export function buildEvent(over: Partial<Event> = {}): Event {
  const createdAt = over.createdAt ?? NOON;
  return {
    eventId: newEventId(createdAt),
    senderId: "acme",
    eventType: "invoice.paid",
    requestHash: "hash",
    correlationId: "call-1",
    createdAt,
    status: "PENDING",
    revision: 1,
    matched: ["ep_01KAMQ6H5T3VX9BBW1C2D3E4F5"],
    skipped: [],
    done: 0,
    tries: 0,
    pendingSince: createdAt,
    dueAt: createdAt + MINUTE,
    expiresAt: createdAt + 60 * DAY,
    writeId: nextToken(),
    ...over,
  };
}

export function buildEventPayload(over: Partial<EventPayload> = {}): EventPayload {
  return { headers: { "X-Order": "42" }, body: '{"order":42}', ...over };
}
