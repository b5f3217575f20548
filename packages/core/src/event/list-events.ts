/** Lists of events: index rows, re-read, filtered, newest first unless asked the other way round. */
import { hasPart, type IdPart } from "../id-part.ts";
import { hasPair, type MetadataPair } from "../message/metadata-pair.ts";
import type { Event } from "./event.ts";
import type { EventPayloadOwner, EventRow, EventStore } from "./event-store.ts";

export interface EventFilter {
  readonly senderId?: string | undefined;
  readonly eventType?: string | undefined;
  /** Only those that go nowhere. */
  readonly unmatched: boolean;
  /** Of the call that sent it. */
  readonly correlationId?: string | undefined;
  /** Its metadata have exactly this value under this name; they lie with its payload. */
  readonly metadata?: MetadataPair | undefined;
  /** Its id has this part; such lists are read by `list-by-id.ts`. */
  readonly idPart?: IdPart | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly oldestFirst?: boolean | undefined;
  /** What else is asked of them. */
  readonly where?: (event: Event) => boolean;
}

export interface EventPage {
  readonly events: readonly Event[];
  /** Where the next page begins; absent at the end. */
  readonly next?: EventRow;
}

/** Rows read for one page at the most, in steps: a rare type behind many others takes several pages. */
const STEP_ROWS = 100;
const MAX_STEPS = 5;

/** A page may hold fewer than `limit` events and still have a `next`. */
export async function listEvents(
  store: Pick<EventStore, "list" | "getMany" | "getSummaries">,
  filter: EventFilter,
  limit: number,
  after?: EventRow,
): Promise<EventPage> {
  const { senderId, unmatched, since, until, oldestFirst } = filter;
  const events: Event[] = [];
  let position = after;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const stepRows = step === 0 ? limit + 1 : STEP_ROWS;
    const rows = await store.list({
      unmatched,
      ...(senderId === undefined ? {} : { senderId }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(oldestFirst ? { oldestFirst } : {}),
      ...(position ? { after: position } : {}),
      limit: stepRows,
    });
    const found = await store.getMany(rows.map(({ eventId }) => eventId));
    const listed = await listedOf(store, found, filter);
    const byId = new Map(listed.map((event) => [event.eventId, event]));
    for (const row of rows) {
      if (events.length === limit) return { events, ...(position ? { next: position } : {}) };
      const event = byId.get(row.eventId);
      if (event) events.push(event);
      position = { eventId: row.eventId, createdAt: row.createdAt };
    }
    if (rows.length < stepRows) return { events };
  }
  return { events, ...(position ? { next: position } : {}) };
}

/** Those of these events that would be in the list, however they were found. @throws StorageError */
export async function listedOf(
  store: Pick<EventStore, "getSummaries">,
  events: readonly Event[],
  filter: EventFilter,
): Promise<readonly Event[]> {
  const matching = events.filter((event) => matches(event, filter));
  const { metadata: pair } = filter;
  if (pair === undefined) return matching;
  const summaries = await store.getSummaries(matching);
  const having = new Set(summaries.filter(({ metadata }) => hasPair(metadata, pair)).map(keyOf));
  return matching.filter((event) => having.has(keyOf(event)));
}

function keyOf({ eventId, requestHash }: EventPayloadOwner): string {
  return `${eventId} ${requestHash}`;
}

function matches(event: Event, filter: EventFilter): boolean {
  const { senderId, eventType, correlationId, unmatched, since = 0, until = Infinity } = filter;
  const { idPart, where = () => true } = filter;
  return (
    (senderId === undefined || event.senderId === senderId) &&
    (eventType === undefined || event.eventType === eventType) &&
    (correlationId === undefined || event.correlationId === correlationId) &&
    (!unmatched || event.matched.length === 0) &&
    event.createdAt >= since &&
    event.createdAt < until &&
    (idPart === undefined || hasPart(event.eventId, idPart)) &&
    where(event)
  );
}
