import type { Event } from "../event/event.ts";
import type { EventPayload } from "../event/event-input.ts";
import type { EventStore } from "../event/event-store.ts";
import { LONGEST_LIFE_MS, payloadExpiresAt } from "../message/payload-expiry.ts";
import type { Settings } from "../settings.ts";

/**
 * What an event's deliveries carry, kept for as long as one may take that begins now: before there is a message that
 * needs it. Undefined if it is gone.
 */
export async function lastingPayload(
  { events, settings }: { readonly events: EventStore; readonly settings: Pick<Settings, "retentionMs"> },
  event: Event,
  now: number,
): Promise<EventPayload | undefined> {
  const stored = await events.getPayload(event);
  // It costs its size, so one that lasts long enough is left as it is.
  if (stored && stored.expiresAt < now + LONGEST_LIFE_MS)
    await events.keepPayload(event, payloadExpiresAt(now, undefined, settings.retentionMs));
  return stored?.payload;
}
