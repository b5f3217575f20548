/** What has a pair of metadata: messages, and events. */
import type { EventPage, EventQuery, ListQuery, MessagePage } from "../api/types.ts";
import { metadataOf } from "./metadata-of.ts";

/** What has a pair of metadata: there are some, none, or none among the newest, and older ones were not looked at. */
export type Having = "some" | "none" | "none yet";

export interface FoundByMetadata {
  /** `name=value`. */
  readonly pair: string;
  readonly messages: Having;
  readonly events: Having;
}

interface Lists {
  readonly fetchPage: (query: ListQuery, signal: AbortSignal) => Promise<MessagePage>;
  readonly fetchEvents: (query: EventQuery, signal: AbortSignal) => Promise<EventPage>;
}

/** Undefined for a text that is no pair. */
export async function findByMetadata(
  { fetchPage, fetchEvents }: Lists,
  text: string,
  signal: AbortSignal,
): Promise<FoundByMetadata | undefined> {
  const pair = metadataOf(text);
  if (pair === undefined) return undefined;
  const query = { metadata: pair, limit: "1" };
  const [messages, events] = await Promise.all([fetchPage(query, signal), fetchEvents(query, signal)]);
  return { pair, messages: havingOf(messages), events: havingOf(events) };
}

function havingOf({ items, nextCursor }: MessagePage | EventPage): Having {
  if (items.length > 0) return "some";
  return nextCursor === undefined ? "none" : "none yet";
}
