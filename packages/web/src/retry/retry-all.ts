import { isTransient } from "../api/api-error.ts";
import type { BulkStep } from "./bulk-step.ts";

/** Small enough for progress to be seen, large enough not to be slow. */
const STEP = 100;
const TRIES = 4;

export interface Progress {
  readonly retried: number;
  readonly skipped: number;
}

export interface StepResult {
  readonly retried: number;
  readonly skipped: number;
  readonly nextCursor?: string | undefined;
}

export interface RetryAllDependencies<Filter> {
  readonly retryMany: (request: Filter & BulkStep, signal: AbortSignal) => Promise<StepResult>;
  /** How long to wait after a failed call, given how many have failed in a row. */
  readonly pause: (failures: number, error: unknown, signal: AbortSignal) => Promise<void>;
}

/**
 * Retries, or replays, all that matches, a step at a time, until the API says that there are no more. A call
 * that fails for a reason that passes is repeated: what it did retry no longer matches.
 *
 * @throws ApiError when a call keeps failing; what `onProgress` reported last has been done.
 */
export async function retryAll<Filter extends object>(
  deps: RetryAllDependencies<Filter>,
  filter: Filter,
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
