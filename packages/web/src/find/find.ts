/** Finds what a text may mean: the API looks up ids and keys; the rest is looked for among the latest messages. */
import { ApiError } from "../api/api-error.ts";
import type {
  Endpoint,
  EndpointPage,
  EndpointQuery,
  EventItem,
  EventPage,
  EventQuery,
  ListQuery,
  MessageItem,
  MessagePage,
} from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { type FoundByMetadata, findByMetadata } from "./find-by-metadata.ts";
import { type FoundByPart, findByPart } from "./find-by-part.ts";

export interface FindDependencies {
  readonly fetchPage: (query: ListQuery, signal: AbortSignal) => Promise<MessagePage>;
  readonly fetchItem: (messageId: string, signal: AbortSignal) => Promise<MessageItem>;
  readonly fetchEvents: (query: EventQuery, signal: AbortSignal) => Promise<EventPage>;
  readonly fetchEvent: (eventId: string, signal: AbortSignal) => Promise<EventItem>;
  readonly fetchEndpoints: (query: EndpointQuery, signal: AbortSignal) => Promise<EndpointPage>;
  readonly fetchEndpoint: (endpointId: string, signal: AbortSignal) => Promise<Endpoint>;
  /** The one sender that the key sees, or `*`. */
  readonly senderId: string;
}

export interface FoundMessage {
  readonly item: MessageItem;
  readonly by:
    | "message id"
    | "idempotency key"
    | "correlation id"
    | "part of the message id"
    | "part of the correlation id";
}

export interface FoundEvent {
  readonly event: EventItem;
  readonly by: "event id" | "idempotency key" | "part of the event id";
}

export interface Found {
  readonly endpoints: readonly Endpoint[];
  readonly events: readonly FoundEvent[];
  readonly messages: readonly FoundMessage[];
  readonly senders: readonly string[];
  readonly targets: readonly string[];
  /** Where the text is a pair of metadata, by its shape. */
  readonly metadata?: FoundByMetadata | undefined;
  /** Where the text may be part of an id. */
  readonly byPart: {
    readonly messages?: FoundByPart<MessageItem> | undefined;
    readonly events?: FoundByPart<EventItem> | undefined;
    readonly endpoints?: FoundByPart<Endpoint> | undefined;
  };
  /** How many of the latest messages were looked through, and whether there are others. */
  readonly lookedThrough: number;
  readonly areOlder: boolean;
}

export const LATEST_PAGES = 5;
const PAGE = 100;
/** Keys belong to a sender: each sender is one call. */
const MOST_SENDERS = 20;
const MOST_MATCHES = 20;
/** Shorter parts of a correlation id are in every second one. */
const SHORTEST_PART = 4;

const SENDER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HOST = /^[^\s/]{1,255}$/;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
const BARE_ID = /^[0-9a-hjkmnp-tv-z]{26}$/i;

export async function find(deps: FindDependencies, text: string, signal: AbortSignal): Promise<Found> {
  const ask = (query: ListQuery) => itemsOf(deps.fetchPage(query, signal));
  const askEvents = (query: EventQuery) => itemsOf(deps.fetchEvents(query, signal));
  /** An id without the prefix that says what it is of. */
  const bare = BARE_ID.test(text) ? text.toUpperCase() : undefined;
  const [{ latest, areOlder }, ofSender, toTarget, byId, eventById, endpointById, metadata, ...byParts] =
    await Promise.all([
      latestMessages(deps, signal),
      SENDER.test(text) ? ask({ senderId: text, limit: "1" }) : [],
      HOST.test(text) ? ask({ target: text.toLowerCase(), limit: "1" }) : [],
      bare ? itemOf(deps.fetchItem(`msg_${bare}`, signal)) : [],
      bare ? itemOf(deps.fetchEvent(`evt_${bare}`, signal)) : [],
      bare ? itemOf(deps.fetchEndpoint(`ep_${bare}`, signal)) : [],
      findByMetadata(deps, text, signal),
      findByPart("msg", deps.fetchPage, text, signal),
      findByPart("evt", deps.fetchEvents, text, signal),
      findByPart("ep", deps.fetchEndpoints, text, signal),
    ]);
  const [messagesByPart, eventsByPart, endpointsByPart] = byParts;
  const senders = unique([...ofSender, ...latest].map(({ senderId }) => senderId));
  const [byKey, eventsByKey] = IDEMPOTENCY_KEY.test(text)
    ? await Promise.all([
        withKey(ask, deps.senderId, senders, text),
        withKey(askEvents, deps.senderId, senders, text),
      ])
    : [[], []];
  return {
    endpoints: withoutRepeats(
      [...endpointById, ...(endpointsByPart?.items ?? [])],
      ({ endpointId }) => endpointId,
    ).slice(0, MOST_MATCHES),
    events: withoutRepeats<FoundEvent>(
      [
        ...eventById.map((event) => ({ event, by: "event id" as const })),
        ...eventsByKey.map((event) => ({ event, by: "idempotency key" as const })),
        ...(eventsByPart?.items ?? []).map((event) => ({ event, by: "part of the event id" as const })),
      ],
      ({ event }) => event.eventId,
    ).slice(0, MOST_MATCHES),
    messages: withoutRepeats<FoundMessage>(
      [
        ...byId.map((item) => ({ item, by: "message id" as const })),
        ...byKey.map((item) => ({ item, by: "idempotency key" as const })),
        ...(messagesByPart?.items ?? []).map((item) => ({ item, by: "part of the message id" as const })),
        ...among(latest, text),
      ],
      ({ item }) => item.messageId,
    ).slice(0, MOST_MATCHES),
    senders: matching(senders, text),
    targets: matching(
      unique([...toTarget, ...latest].map(({ targetUrl }) => splitTarget(targetUrl).host)),
      text,
    ),
    metadata,
    byPart: { messages: messagesByPart, events: eventsByPart, endpoints: endpointsByPart },
    lookedThrough: latest.length,
    areOlder,
  };
}

/** Where a text leads if it means one thing only, and means it exactly. */
export function onlyMeaning(
  { endpoints, events, messages, senders, targets, metadata }: Found,
  text: string,
):
  | FoundMessage
  | FoundEvent
  | Endpoint
  | { readonly sender: string }
  | { readonly target: string }
  | { readonly metadata: string; readonly ofEvents: boolean }
  | undefined {
  const all = [endpoints, events, messages, senders, targets];
  if (metadata?.messages === "some" || metadata?.events === "some") {
    // The messages of an event have its metadata.
    const { pair, messages } = metadata;
    return all.some(({ length }) => length > 0)
      ? undefined
      : { metadata: pair, ofEvents: messages !== "some" };
  }
  if (all.reduce((sum, { length }) => sum + length, 0) !== 1) return undefined;
  const [endpoint] = endpoints;
  if (endpoint) return BARE_ID.test(text) ? endpoint : undefined;
  const [event] = events;
  if (event) return event.by.startsWith("part") ? undefined : event;
  const [message] = messages;
  if (message) return message.by.startsWith("part") ? undefined : message;
  const [sender] = senders;
  if (sender === text) return { sender };
  const [target] = targets;
  return target === text.toLowerCase() ? { target } : undefined;
}

async function latestMessages(
  { fetchPage }: FindDependencies,
  signal: AbortSignal,
): Promise<{ readonly latest: readonly MessageItem[]; readonly areOlder: boolean }> {
  const items: MessageItem[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < LATEST_PAGES; page += 1) {
    const answer = await fetchPage({ limit: String(PAGE), ...(cursor ? { cursor } : {}) }, signal);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return { latest: items, areOlder: cursor !== undefined };
}

interface KeyQuery {
  readonly senderId: string;
  readonly idempotencyKey: string;
  readonly limit: string;
}

async function withKey<Item>(
  ask: (query: KeyQuery) => Promise<readonly Item[]>,
  own: string,
  senders: readonly string[],
  idempotencyKey: string,
): Promise<readonly Item[]> {
  const asked = own === "*" ? unique([...senders.slice(0, MOST_SENDERS), "default"]) : [own];
  const answers = await Promise.all(asked.map((senderId) => ask({ senderId, idempotencyKey, limit: "1" })));
  return answers.flat();
}

function among(latest: readonly MessageItem[], text: string): readonly FoundMessage[] {
  return latest.flatMap((item): FoundMessage[] => {
    if (item.correlationId === text) return [{ item, by: "correlation id" }];
    if (text.length < SHORTEST_PART) return [];
    return item.correlationId.includes(text) ? [{ item, by: "part of the correlation id" }] : [];
  });
}

function matching(names: readonly string[], text: string): readonly string[] {
  const part = text.toLowerCase();
  return names.filter((name) => name.toLowerCase().includes(part)).slice(0, MOST_MATCHES);
}

function withoutRepeats<Item>(found: readonly Item[], idOf: (item: Item) => string): readonly Item[] {
  const ids = found.map(idOf);
  return found.filter((_, i) => ids.indexOf(ids[i] ?? "") === i);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** What the API refuses to look for, or what is not there, is not found; what it cannot tell now is an error. */
async function itemsOf<Item>(answer: Promise<{ readonly items: readonly Item[] }>): Promise<readonly Item[]> {
  return (await orNothing(answer))?.items ?? [];
}

async function itemOf<Item>(answer: Promise<Item>): Promise<readonly Item[]> {
  const item = await orNothing(answer);
  return item ? [item] : [];
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return undefined;
    throw error;
  }
}
