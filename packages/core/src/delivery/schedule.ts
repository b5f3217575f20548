import { MINUTE } from "../duration.ts";
import { MAX_RETRY_AFTER_MS } from "./retry-after.ts";

/** Where a message stands in its present round of attempts. Times in milliseconds. */
export interface RoundPosition {
  /** Number of the attempt just made; never decreases, also over manual retries. */
  readonly attempt: number;
  /** Number of the round's last attempt. */
  readonly attemptLimit: number;
  /** Delay before the round's attempt 2, 3, …: a round has one attempt more than there are delays. */
  readonly scheduleMs: readonly number[];
}

/** Each delay is stretched by up to this share, so that messages that failed together do not return together. */
export const JITTER = 0.1;

/** For a message accepted under a longer schedule than the present one, if the present one is empty. */
const FALLBACK_DELAY_MS = 5 * MINUTE;

/**
 * Milliseconds until the next attempt, jittered uniformly in [d, 1.1 d]; undefined if this was the round's
 * last. A manual retry only raises `attemptLimit`, so the place in the schedule follows from the attempts
 * left. If the schedule was changed meanwhile, its nearest delay counts. `random` yields [0, 1).
 */
export function nextDelayMs(position: RoundPosition, random: () => number): number | undefined {
  const { attempt, attemptLimit, scheduleMs } = position;
  const attemptsLeft = attemptLimit - attempt;
  if (attemptsLeft <= 0) return undefined;
  const index = Math.max(0, scheduleMs.length - attemptsLeft);
  const delayMs = scheduleMs[index] ?? FALLBACK_DELAY_MS;
  return jittered(delayMs, random);
}

/** A whole delay d uniformly in [d, 1.1 d]: never less than was decided or asked for. */
export function jittered(delayMs: number, random: () => number): number {
  return Math.floor(delayMs * (1 + JITTER * random()));
}

/** The longest time from the first attempt of a round to its last, if the targets put off each as long as they may. */
export function longestRoundMs(scheduleMs: readonly number[]): number {
  return scheduleMs.reduce((sum, delayMs) => sum + Math.max(delayMs, MAX_RETRY_AFTER_MS) * (1 + JITTER), 0);
}

/**
 * The same after an attempt whose outcome is UNKNOWN: a first one is most likely a worker that died and is
 * followed at once; from the second in a row on the message itself may be what kills workers, and waits.
 */
export function delayAfterUnknownMs(
  position: RoundPosition,
  unknownInARow: number,
  random: () => number,
): number | undefined {
  const delayMs = nextDelayMs(position, random);
  return delayMs !== undefined && unknownInARow < 2 ? 0 : delayMs;
}
