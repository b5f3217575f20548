/** Messages by part of their id: ids are looked at, in bounded steps, and only what has the part is read. */
import type { Times } from "../id.ts";
import { type IdPart, LAST_MESSAGE_ID, timesOf } from "../message/id-part.ts";
import type { IndexRow } from "../store/message-store.ts";
import {
  isListed,
  type ListDependencies,
  type ListFilter,
  type MessagePage,
  type PageItem,
  type Place,
} from "./list.ts";
import { readSummaries } from "./read-summaries.ts";

/** So often the store looks for one page at the most, each time as far as `findIds` goes. */
const MOST_LOOKS = 3;
/** Where the other filters leave few of those that have the part. */
const MOST_READ = 500;
const STEP_ROWS = 100;

export interface FoundPage extends MessagePage {
  /** Beside `next`: all that was accepted at or after this time has been looked at. */
  readonly searchedSince?: number;
}

/**
 * First what was accepted in the time that the part would begin with, however long ago; then all else, newest first. A
 * page may hold fewer than `limit` messages, even none, and still have a `next`.
 */
export async function listByIdPart(
  deps: ListDependencies,
  filter: ListFilter,
  part: IdPart,
  limit: number,
  after?: Place,
): Promise<FoundPage> {
  const items: PageItem[] = [];
  let [looks, read] = [0, 0];
  const stretches = stretchesOf(part, filter);
  const started = after === undefined ? 0 : stretches.findIndex((one) => isIn(one, after.at));
  for (const stretch of stretches.slice(Math.max(0, started))) {
    let position = after !== undefined && isIn(stretch, after.at) ? after : beginningOf(stretch);
    let isOver = false;
    while (!isOver) {
      if (looks === MOST_LOOKS || read >= MOST_READ) return endingAt(position);
      looks += 1;
      const { senderId } = filter;
      const page = await deps.store.findIds({
        part,
        ...stretch,
        ...(senderId === undefined ? {} : { senderId }),
        after: { createdAt: position.at, messageId: position.messageId },
      });
      for (let from = 0; from < page.rows.length && read < MOST_READ; from += STEP_ROWS) {
        const rows = page.rows.slice(from, from + STEP_ROWS);
        read += rows.length;
        for (const item of await itemsOf(deps, rows, filter)) {
          items.push(item);
          if (items.length === limit) return endingAt(item.place);
        }
        position = placeOf(rows.at(-1)) ?? position;
      }
      if (read >= MOST_READ) continue;
      isOver = page.next === undefined;
      position = placeOf(page.next) ?? position;
    }
  }
  return { items };

  function endingAt(next: Place): FoundPage {
    const [first] = stretches;
    // While the time of the part itself is being looked through, what is newer has not been.
    const isFirst = stretches.length > 1 && first !== undefined && isIn(first, next.at);
    return { items, next, ...(isFirst ? {} : { searchedSince: next.at + 1 }) };
  }
}

/** A list's own times, in the order in which they are looked through; a time lies in one of them. */
function stretchesOf(part: IdPart, { since = 0, until = Number.MAX_SAFE_INTEGER }: ListFilter): Times[] {
  const own = timesOf(part);
  const stretches = own
    ? [own, { since: own.until, until: Number.MAX_SAFE_INTEGER }, { since: 0, until: own.since }]
    : [{ since: 0, until: Number.MAX_SAFE_INTEGER }];
  return stretches
    .map((one) => ({ since: Math.max(since, one.since), until: Math.min(until, one.until) }))
    .filter((one) => one.since < one.until);
}

function isIn({ since, until }: Times, at: number): boolean {
  return at >= since && at < until;
}

function beginningOf({ until }: Times): Place {
  return { at: until - 1, messageId: LAST_MESSAGE_ID };
}

function placeOf(row: IndexRow | undefined): Place | undefined {
  return row && { at: row.createdAt, messageId: row.messageId };
}

async function itemsOf(
  deps: ListDependencies,
  rows: readonly IndexRow[],
  filter: ListFilter,
): Promise<readonly PageItem[]> {
  const messages = await deps.store.getMany(rows.map(({ messageId }) => messageId));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const summaries = await readSummaries(deps, messages);
  return rows.flatMap((row): PageItem[] => {
    const message = byId.get(row.messageId);
    if (!message) return [];
    const summary = summaries.get(message.messageId);
    const place = { at: row.createdAt, messageId: row.messageId };
    return isListed({ message, summary }, filter) ? [{ message, summary, place }] : [];
  });
}
