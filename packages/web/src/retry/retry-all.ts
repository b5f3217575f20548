import { isTransient } from "../api/api-error.ts";
import type { BulkRetryRequest, BulkRetryResult } from "../api/types.ts";

/** Small enough for progress to be seen, large enough not to be slow. */
const STEP = 100;
const TRIES = 4;

export interface Progress {
  readonly retried: number;
  readonly skipped: number;
}

export interface RetryAllDependencies {
  readonly retryMany: (request: BulkRetryRequest, signal: AbortSignal) => Promise<BulkRetryResult>;
  /** How long to wait after a failed call, given how many have failed in a row. */
  readonly pause: (failures: number, error: unknown, signal: AbortSignal) => Promise<void>;
}

/**
 * Retries all failed messages that match, a step at a time, until the API says that there are no more. A call
 * that fails for a reason that passes is repeated: what it did retry is no longer failed.
 *
 * @throws ApiError when a call keeps failing; what `onProgress` reported last has been done.
 */
export async function retryAll(
  deps: RetryAllDependencies,
  filter: Omit<BulkRetryRequest, "limit" | "cursor">,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  let progress: Progress = { retried: 0, skipped: 0 };
  let cursor: string | undefined;
  let failures = 0;
  for (let isDone = false; !isDone; ) {
    signal.throwIfAborted();
    try {
      const answer = await deps.retryMany({ ...filter, limit: STEP, ...(cursor ? { cursor } : {}) }, signal);
      failures = 0;
      progress = { retried: progress.retried + answer.retried, skipped: progress.skipped + answer.skipped };
      onProgress(progress);
      cursor = answer.nextCursor;
      isDone = cursor === undefined;
    } catch (error) {
      failures += 1;
      if (!isTransient(error) || failures >= TRIES) throw error;
      await deps.pause(failures, error, signal);
    }
  }
}
