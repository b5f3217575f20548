import type { Event } from "./event.ts";
import { LONGEST_EXPANSION_MS } from "./event-lifecycle.ts";

export type EventAction = "expand" | "giveUp";

/** What an event needs now; undefined if nothing, however it came to be looked at. */
export function eventAction(event: Event, now: number): EventAction | undefined {
  if (event.status !== "PENDING" || event.dueAt === undefined || event.dueAt > now) return undefined;
  return now - (event.retriedAt ?? event.pendingSince) >= LONGEST_EXPANSION_MS ? "giveUp" : "expand";
}
