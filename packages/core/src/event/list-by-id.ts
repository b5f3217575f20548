/** Events by part of their id. */
import { hasPart, type IdPart, lastId } from "../id-part.ts";
import { type IdPlace, lookById } from "../look-by-id.ts";
import type { EventRow, EventStore } from "./event-store.ts";
import { type EventFilter, type EventPage, listedOf } from "./list-events.ts";

/** Their rows hold little more than the id: one look is at so many. */
const LOOKED_ROWS = 2_500;

export interface FoundEvents extends EventPage {
  /** Beside `next`: all that was accepted at or after this time has been looked at. */
  readonly searchedSince?: number;
}

/** In the order and within the bounds of `lookById`. */
export async function listEventsByIdPart(
  store: Pick<EventStore, "list" | "getMany" | "getSummaries">,
  filter: EventFilter,
  part: IdPart,
  limit: number,
  after?: EventRow,
): Promise<FoundEvents> {
  const { senderId, unmatched, since, until } = filter;
  const { items, next, ...searched } = await lookById(
    {
      find: async (times, { id, createdAt }) => {
        const whose = senderId === undefined ? {} : { senderId };
        const query = { unmatched, ...whose, ...times, after: { eventId: id, createdAt } };
        const looked = await store.list({ ...query, limit: LOOKED_ROWS });
        const last = looked.length === LOOKED_ROWS ? looked.at(-1) : undefined;
        const rows = looked.filter(({ eventId }) => hasPart(eventId, part)).map(idPlaceOf);
        return { rows, next: last && idPlaceOf(last) };
      },
      read: async (rows) => {
        const found = await store.getMany(rows.map(({ id }) => id));
        const listed = await listedOf(store, found, filter);
        const byId = new Map(listed.map((event) => [event.eventId, event]));
        return rows.flatMap((place) => {
          const item = byId.get(place.id);
          return item ? [{ item, place }] : [];
        });
      },
      lastId: lastId("evt"),
    },
    part,
    { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    limit,
    after && idPlaceOf(after),
  );
  return {
    events: items.map(({ item }) => item),
    ...(next ? { next: { eventId: next.id, createdAt: next.createdAt } } : {}),
    ...searched,
  };
}

function idPlaceOf({ eventId, createdAt }: EventRow): IdPlace {
  return { id: eventId, createdAt };
}
