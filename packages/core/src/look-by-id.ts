/** What has part of an id: ids are looked at, in bounded steps, and only what has the part is read. */
import type { Times } from "./id.ts";
import { type IdPart, timesOf } from "./id-part.ts";

/** So often one page looks at the most, each time as far as `find` goes. */
const MOST_LOOKS = 3;
/** Where the other filters leave few of those that have the part. */
const MOST_READ = 500;
const STEP_ROWS = 100;

/** A place in the list, of which nothing more may be there. */
export interface IdPlace {
  readonly id: string;
  readonly createdAt: number;
}

export interface FoundItem<Item> {
  readonly item: Item;
  readonly place: IdPlace;
}

export interface Looking<Item> {
  /** Of the times, behind a place: those that have the part, newest first, and how far that look went if not to the end. */
  readonly find: (
    times: Times,
    after: IdPlace,
  ) => Promise<{ readonly rows: readonly IdPlace[]; readonly next?: IdPlace | undefined }>;
  /** Of what was found, what is there and passes the other filters, in the same order. */
  readonly read: (rows: readonly IdPlace[]) => Promise<readonly FoundItem<Item>[]>;
  /** Sorts behind all of one time. */
  readonly lastId: string;
}

export interface LookedPage<Item> {
  readonly items: readonly FoundItem<Item>[];
  /** Where the next page begins; absent at the end. */
  readonly next?: IdPlace;
  /** Beside `next`: all that was accepted at or after this time has been looked at. */
  readonly searchedSince?: number;
}

/**
 * First what was accepted in the time that the part would begin with, however long ago; then all else, newest first. A
 * page may hold fewer than `limit` items, even none, and still have a `next`.
 */
export async function lookById<Item>(
  { find, read, lastId }: Looking<Item>,
  part: IdPart,
  within: Partial<Times>,
  limit: number,
  after?: IdPlace,
): Promise<LookedPage<Item>> {
  const items: FoundItem<Item>[] = [];
  let [looks, readRows] = [0, 0];
  const stretches = stretchesOf(part, within);
  const started = after === undefined ? 0 : stretches.findIndex((one) => isIn(one, after.createdAt));
  for (const stretch of stretches.slice(Math.max(0, started))) {
    const beginning = { createdAt: stretch.until - 1, id: lastId };
    let position = after !== undefined && isIn(stretch, after.createdAt) ? after : beginning;
    let isOver = false;
    while (!isOver) {
      if (looks === MOST_LOOKS || readRows >= MOST_READ) return endingAt(position);
      looks += 1;
      const page = await find(stretch, position);
      for (let from = 0; from < page.rows.length && readRows < MOST_READ; from += STEP_ROWS) {
        const rows = page.rows.slice(from, from + STEP_ROWS);
        readRows += rows.length;
        for (const found of await read(rows)) {
          items.push(found);
          if (items.length === limit) return endingAt(found.place);
        }
        position = rows.at(-1) ?? position;
      }
      if (readRows >= MOST_READ) continue;
      isOver = page.next === undefined;
      position = page.next ?? position;
    }
  }
  return { items };

  function endingAt(next: IdPlace): LookedPage<Item> {
    const [first] = stretches;
    // While the time of the part itself is being looked through, what is newer has not been.
    const isFirst = stretches.length > 1 && first !== undefined && isIn(first, next.createdAt);
    return { items, next, ...(isFirst ? {} : { searchedSince: next.createdAt + 1 }) };
  }
}

/** A list's own times, in the order in which they are looked through; a time lies in one of them. */
function stretchesOf(part: IdPart, { since = 0, until = Number.MAX_SAFE_INTEGER }: Partial<Times>): Times[] {
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
