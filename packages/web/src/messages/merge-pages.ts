/** One list out of several cursored ones of the same order, a page at a time. */
import type { MessageItem, MessagePage } from "../api/types.ts";
import { comesBefore, compareIn, type Order } from "./order.ts";

/** Where a source stands: what was fetched and not shown yet, and how to fetch more. */
export interface SourceState {
  readonly held: readonly MessageItem[];
  /** "start" before the first page, absent once the source has ended. */
  readonly cursor?: string;
  /** So many more pages are fetched, then the source counts as ended; absent: all there are. */
  readonly pagesLeft?: number;
}

export const START: SourceState = { held: [], cursor: "start" };

export interface MergedPage {
  readonly items: readonly MessageItem[];
  /** All messages whose key comes before this one are in the pages so far; absent: all there are. */
  readonly completeTo?: string;
  /** The state of each source for the next page; absent at the end. */
  readonly next?: readonly SourceState[];
}

/** What must be fetched before the next page can be made: for each source, the cursor or undefined. */
export function wanted(states: readonly SourceState[]): readonly (string | undefined)[] {
  return states.map(({ held, cursor }) => (held.length === 0 ? cursor : undefined));
}

/**
 * The next page from what the sources held and what was fetched. Shows a message only when every source has
 * come as far as its key, so that no later page can bring one that belongs before it.
 */
export function mergePages(
  states: readonly SourceState[],
  fetched: readonly (MessagePage | undefined)[],
  order: Order,
): MergedPage {
  const sources = states.map((state, i): SourceState => {
    const page = fetched[i];
    if (!page) return state;
    const pagesLeft = state.pagesLeft === undefined ? undefined : state.pagesLeft - 1;
    return {
      held: [...state.held, ...page.items],
      ...(page.nextCursor && pagesLeft !== 0 ? { cursor: page.nextCursor } : {}),
      ...(pagesLeft ? { pagesLeft } : {}),
    };
  });
  // A source that has more, but gave nothing this time, may still bring anything.
  const isBlocked = sources.some(({ held, cursor }) => cursor !== undefined && held.length === 0);
  const frontier = sources
    .flatMap(({ held, cursor }) => {
      const last = held.at(-1);
      return cursor && last ? [order.keyOf(last)] : [];
    })
    .reduce<string | undefined>((first, key) => {
      return first === undefined || comesBefore(order, key, first) ? key : first;
    }, undefined);
  // A single source is shown as it comes: there is nothing that it could be late for.
  const isReady = (item: MessageItem) =>
    states.length === 1 ||
    (!isBlocked && (frontier === undefined || !comesBefore(order, frontier, order.keyOf(item))));

  const items = sources.flatMap(({ held }) => held.filter(isReady)).sort(compareIn(order));
  const next = sources.map(({ held, ...rest }): SourceState => {
    return { ...rest, held: held.filter((item) => !isReady(item)) };
  });
  const hasMore = next.some(({ held, cursor }) => held.length > 0 || cursor !== undefined);
  return {
    items: withoutDuplicates(items),
    ...(hasMore && frontier !== undefined && !isBlocked ? { completeTo: frontier } : {}),
    ...(hasMore ? { next } : {}),
  };
}

/** A message that moved from one source to the other between two calls is in both. */
function withoutDuplicates(items: readonly MessageItem[]): readonly MessageItem[] {
  const newest = new Map<string, MessageItem>();
  for (const item of items) {
    const known = newest.get(item.messageId);
    if (!known || known.updatedAt < item.updatedAt) newest.set(item.messageId, item);
  }
  return newest.size === items.length ? items : [...newest.values()];
}
