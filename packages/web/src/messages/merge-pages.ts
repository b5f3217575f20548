/** One list out of several cursored ones, newest first, a page at a time. */
import type { MessageItem, MessagePage } from "../api/types.ts";

/** Where a source stands: what was fetched and not shown yet, and how to fetch more. */
export interface SourceState {
  readonly held: readonly MessageItem[];
  /** "start" before the first page, absent once the source has ended. */
  readonly cursor?: string;
}

export const START: SourceState = { held: [], cursor: "start" };

export interface MergedPage {
  readonly items: readonly MessageItem[];
  /** All messages that are newer than this are in the pages so far; absent: all there are. */
  readonly completeDownTo?: string;
  /** The state of each source for the next page; absent at the end. */
  readonly next?: readonly SourceState[];
}

/** What must be fetched before the next page can be made: for each source, the cursor or undefined. */
export function wanted(states: readonly SourceState[]): readonly (string | undefined)[] {
  return states.map(({ held, cursor }) => (held.length === 0 ? cursor : undefined));
}

/**
 * The next page from what the sources held and what was fetched. Shows a message only when every source has
 * come down to its time, so that no later page can bring a newer one.
 */
export function mergePages(
  states: readonly SourceState[],
  fetched: readonly (MessagePage | undefined)[],
): MergedPage {
  const sources = states.map((state, i): SourceState => {
    const page = fetched[i];
    if (!page) return state;
    return { held: [...state.held, ...page.items], ...(page.nextCursor ? { cursor: page.nextCursor } : {}) };
  });
  // A source that has more, but gave nothing this time, may still bring anything.
  const isBlocked = sources.some(({ held, cursor }) => cursor !== undefined && held.length === 0);
  const frontiers = sources.flatMap(({ held, cursor }) => (cursor ? [held.at(-1)?.createdAt ?? ""] : []));
  const frontier = frontiers.sort().at(-1);
  const isReady = (item: MessageItem) => !isBlocked && (frontier === undefined || item.createdAt >= frontier);

  const items = sources.flatMap(({ held }) => held.filter(isReady)).sort(newestFirst);
  const next = sources.map(({ held, cursor }): SourceState => {
    const rest = held.filter((item) => !isReady(item));
    return { held: rest, ...(cursor ? { cursor } : {}) };
  });
  const hasMore = next.some(({ held, cursor }) => held.length > 0 || cursor !== undefined);
  return {
    items: withoutDuplicates(items),
    ...(hasMore && frontier !== undefined && !isBlocked ? { completeDownTo: frontier } : {}),
    ...(hasMore ? { next } : {}),
  };
}

function newestFirst(a: MessageItem, b: MessageItem): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.messageId < b.messageId ? 1 : -1;
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
