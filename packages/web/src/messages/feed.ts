/**
 * The list as the reader sees it: it keeps its rows where they are, while what is in them stays current. New
 * messages are counted, not inserted; those that no longer match are marked, not removed.
 */
import type { MessageItem } from "../api/types.ts";
import type { MergedPage, SourceState } from "./merge-pages.ts";
import { comesBefore, type Order } from "./order.ts";

export interface Row {
  readonly item: MessageItem;
  /** It no longer belongs in this list: what is shown is what was last seen of it. */
  readonly hasMovedOn: boolean;
}

export interface FeedPage {
  readonly rows: readonly Row[];
  readonly next?: readonly SourceState[];
}

export function toFeedPage({ items, next }: MergedPage): FeedPage {
  return { rows: items.map((item) => ({ item, hasMovedOn: false })), ...(next ? { next } : {}) };
}

/** The rows of all pages, each message once. */
export function rowsOf(pages: readonly FeedPage[]): readonly Row[] {
  const seen = new Set<string>();
  return pages.flatMap(({ rows }) =>
    rows.filter(({ item: { messageId } }) => {
      const isNew = !seen.has(messageId);
      seen.add(messageId);
      return isNew;
    }),
  );
}

/**
 * The pages after a later look at part of the list: the rows in that part show their present state, or that
 * they have moved on. `from` is the key after which the look began, absent for the top. Pages that stay the
 * same stay the same objects.
 */
export function withLook(
  pages: readonly FeedPage[],
  look: MergedPage,
  order: Order,
  from?: string,
): readonly FeedPage[] {
  const seen = new Map(look.items.map((item) => [item.messageId, item]));
  const update = (row: Row): Row => {
    const { messageId, updatedAt } = row.item;
    const item = seen.get(messageId);
    if (item)
      return item.updatedAt === updatedAt && !row.hasMovedOn && sameTimes(item, row.item)
        ? row
        : { item, hasMovedOn: false };
    // Strictly inside: at the borders other messages of the same millisecond may have filled the page.
    const key = order.keyOf(row.item);
    const isInside =
      (from === undefined || comesBefore(order, from, key)) &&
      (look.completeTo === undefined ? look.next === undefined : comesBefore(order, key, look.completeTo));
    return isInside && !row.hasMovedOn ? { ...row, hasMovedOn: true } : row;
  };
  return pages.map((page) => {
    const rows = page.rows.map(update);
    return rows.every((row, i) => row === page.rows[i]) ? page : { ...page, rows };
  });
}

function sameTimes(a: MessageItem, b: MessageItem): boolean {
  return a.dueAt === b.dueAt && a.nextAttemptAt === b.nextAttemptAt;
}

export interface Arrivals {
  readonly count: number;
  /** There are more than were looked at. */
  readonly orMore: boolean;
}

/** The messages in the latest look at the top that are not among the rows, though they belong before the last. */
export function arrivalsIn(
  head: MergedPage | undefined,
  rows: readonly Row[],
  order: Order,
  hasMore: boolean,
): Arrivals {
  const loaded = new Set(rows.map(({ item }) => item.messageId));
  const last = rows.at(-1)?.item;
  const isFresh = (item: MessageItem) =>
    !loaded.has(item.messageId) &&
    (!hasMore || !last || comesBefore(order, order.keyOf(item), order.keyOf(last)));
  const fresh = head?.items.filter(isFresh) ?? [];
  return {
    count: fresh.length,
    orMore: fresh.length > 0 && fresh.length === head?.items.length && head.next !== undefined,
  };
}
