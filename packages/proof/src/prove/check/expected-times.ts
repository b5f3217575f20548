/** The times the design promises, worked out from its text and from nothing else. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** SQS delays by at most this; the reconciler looks this far ahead. */
export const LONGEST_DELAY_MS = 15 * MINUTE;

/** What waits for its endpoint is looked at again after a week. */
export const HELD_FOR_MS = 7 * 24 * HOUR;
/** After that nobody waits for the endpoint any more. */
export const HELD_TOO_LONG_MS = 30 * 24 * HOUR;

/** The queue deadline doubles with each ORPHANED in a row, up to 6 h. */
export function queueDeadlineMs(base: number, orphans: number): number {
  let deadline = base;
  for (let n = 0; n < orphans && deadline < 6 * HOUR; n += 1) deadline *= 2;
  return Math.max(base, Math.min(deadline, 6 * HOUR));
}

/** `dueAt` is moved only where that makes more than this of a difference. */
export function dueAtToleranceMs(base: number): number {
  return Math.min(MINUTE, base / 2);
}

/** A message rolled back for the n-th time waits 1, 2, 4 … s, at most 5 min. */
export function rollbackBackoffMs(rollbacks: number): number {
  return Math.min(SECOND * 2 ** (rollbacks - 1), 5 * MINUTE);
}

/** [shortest, longest] wait before the next attempt of a round that has `left` attempts left; jitter up to a tenth. */
export function retryDelayMs(schedule: readonly number[], left: number): readonly [number, number] {
  const delay = schedule[schedule.length - left] ?? 0;
  return [delay, delay * 1.1];
}
