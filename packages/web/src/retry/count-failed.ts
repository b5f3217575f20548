import type { ListQuery, MessagePage } from "../api/types.ts";

/** Counting is listing: beyond this many the number matters less than the wait. */
export const COUNT_LIMIT = 2_000;
const PAGE = 100;

export interface FailedCount {
  readonly count: number;
  /** There are more. */
  readonly isCapped: boolean;
}

type FetchPage = (query: ListQuery, signal: AbortSignal) => Promise<MessagePage>;

/** How many failed messages match, counted page by page up to a limit; reports each page. */
export async function countFailed(
  fetchPage: FetchPage,
  filter: ListQuery,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<FailedCount> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const query: ListQuery = {
      ...filter,
      status: "FAILED",
      limit: String(PAGE),
      ...(cursor ? { cursor } : {}),
    };
    const page = await fetchPage(query, signal);
    count += page.items.length;
    cursor = page.nextCursor;
    onCount(count);
  } while (cursor !== undefined && count < COUNT_LIMIT);
  return { count, isCapped: cursor !== undefined };
}
