import type { BulkRetryRequest, DryRunResult } from "../api/types.ts";

/** Counting is reading: beyond this many the number matters less than the wait. */
export const COUNT_LIMIT = 10_000;
/** The most that one call looks at. */
const STEP = 1_000;

export interface FailedCount {
  readonly count: number;
  /** There are more. */
  readonly isCapped: boolean;
}

type CountMany = (request: BulkRetryRequest, signal: AbortSignal) => Promise<DryRunResult>;

/** How many messages a bulk retry would look at, counted step by step up to a limit; reports each step. */
export async function countFailed(
  countMany: CountMany,
  filter: Omit<BulkRetryRequest, "limit" | "cursor">,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<FailedCount> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const answer = await countMany({ ...filter, limit: STEP, ...(cursor ? { cursor } : {}) }, signal);
    count += answer.matching;
    cursor = answer.nextCursor;
    onCount(count);
  } while (cursor !== undefined && count < COUNT_LIMIT);
  return { count, isCapped: cursor !== undefined };
}
