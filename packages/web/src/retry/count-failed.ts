import type { BulkStep } from "./bulk-step.ts";

/** Counting is reading: beyond this many the number matters less than the wait. */
export const COUNT_LIMIT = 10_000;
/** The most that one call looks at. */
const STEP = 1_000;

export interface FailedCount {
  readonly count: number;
  /** There are more. */
  readonly isCapped: boolean;
}

export interface StepCount {
  readonly matching: number;
  readonly nextCursor?: string | undefined;
}

export type CountMany<Filter> = (request: Filter & BulkStep, signal: AbortSignal) => Promise<StepCount>;

/** How many a bulk retry or a replay would look at, counted step by step up to a limit; reports each step. */
export async function countFailed<Filter extends object>(
  countMany: CountMany<Filter>,
  filter: Filter,
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
