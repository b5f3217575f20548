/** Messages by part of their id. */
import { type IdPart, LAST_MESSAGE_ID } from "../id-part.ts";
import { type FoundItem, type IdPlace, lookById } from "../look-by-id.ts";
import type { IndexRow } from "../store/message-store.ts";
import {
  isListed,
  type ListDependencies,
  type ListedMessage,
  type ListFilter,
  type MessagePage,
  type Place,
} from "./list.ts";
import { readSummaries } from "./read-summaries.ts";

export interface FoundPage extends MessagePage {
  /** Beside `next`: all that was accepted at or after this time has been looked at. */
  readonly searchedSince?: number;
}

/** In the order and within the bounds of `lookById`. */
export async function listByIdPart(
  deps: ListDependencies,
  filter: ListFilter,
  part: IdPart,
  limit: number,
  after?: Place,
): Promise<FoundPage> {
  const { senderId, since, until } = filter;
  const { items, next, ...searched } = await lookById(
    {
      find: async (times, { id, createdAt }) => {
        const whose = senderId === undefined ? {} : { senderId };
        const query = { part, ...times, ...whose, after: { messageId: id, createdAt } };
        const found = await deps.store.findIds(query);
        return { rows: found.rows.map(idPlaceOf), next: found.next && idPlaceOf(found.next) };
      },
      read: (rows) => itemsOf(deps, rows, filter),
      lastId: LAST_MESSAGE_ID,
    },
    part,
    { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    limit,
    after && { id: after.messageId, createdAt: after.at },
  );
  return {
    items: items.map(({ item, place }) => ({ ...item, place: placeOf(place) })),
    ...(next ? { next: placeOf(next) } : {}),
    ...searched,
  };
}

function idPlaceOf({ messageId, createdAt }: IndexRow): IdPlace {
  return { id: messageId, createdAt };
}

function placeOf({ id, createdAt }: IdPlace): Place {
  return { messageId: id, at: createdAt };
}

async function itemsOf(
  deps: ListDependencies,
  rows: readonly IdPlace[],
  filter: ListFilter,
): Promise<readonly FoundItem<ListedMessage>[]> {
  const messages = await deps.store.getMany(rows.map(({ id }) => id));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const summaries = await readSummaries(deps, messages);
  return rows.flatMap((place): FoundItem<ListedMessage>[] => {
    const message = byId.get(place.id);
    if (!message) return [];
    const item = { message, summary: summaries.get(message.messageId) };
    return isListed(item, filter) ? [{ item, place }] : [];
  });
}
