/** The list of events as the reader sees it. */
import type { EventItem } from "../api/types.ts";

/** The events of the list, each once, in the state that was seen last. */
export function currentEvents(
  listed: readonly EventItem[],
  seen: readonly EventItem[],
): readonly EventItem[] {
  const latest = new Map(seen.map((event) => [event.eventId, event]));
  const byId = new Map(listed.map((event) => [event.eventId, latest.get(event.eventId) ?? event]));
  return [...byId.values()];
}

/** How many of those at the top are newer than the list. */
export function arrivalsIn(listed: readonly EventItem[], seen: readonly EventItem[]): number {
  const known = new Set(listed.map(({ eventId }) => eventId));
  const newest = listed[0]?.createdAt ?? "";
  return seen.filter(({ eventId, createdAt }) => !known.has(eventId) && createdAt >= newest).length;
}
