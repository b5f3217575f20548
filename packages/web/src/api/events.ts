/** The calls about one event. */
import { v1 } from "./client.ts";
import { readShown, type ShownText } from "./shown.ts";
import type { Event, EventCancelled, EventItem } from "./types.ts";

export interface ShownEvent extends ShownText {
  readonly event: Event;
}

/** `isExplained`: also why the other endpoints of the sender do not get it. */
export async function fetchEvent(
  eventId: string,
  isExplained: boolean,
  signal: AbortSignal,
): Promise<ShownEvent> {
  const query = isExplained ? { explain: "true" as const } : {};
  const response = await v1.events[":eventId"].$get({ param: { eventId }, query }, { init: { signal } });
  const { value: event, ...shown } = readShown<Event>(await response.text());
  return { event, ...shown };
}

/** What of its deliveries may be cancelled. */
export async function cancelEvent(eventId: string): Promise<EventCancelled> {
  return (await v1.events[":eventId"].cancel.$post({ param: { eventId } })).json();
}

/** Makes those of its deliveries that are missing. */
export async function retryEvent(eventId: string): Promise<EventItem> {
  return (await v1.events[":eventId"].retry.$post({ param: { eventId } })).json();
}
