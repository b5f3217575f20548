import type { Message } from "../message/message.ts";

/** How long attempts took, in milliseconds: half of them, and 95 of a hundred, at most. */
export interface Durations {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Of first attempts that succeeded: the record of each is in its message. Undefined if none did. */
export function firstAttemptsOf(messages: readonly Message[]): Durations | undefined {
  const durations = messages
    .flatMap(({ firstAttempt }) => firstAttempt?.durationMs ?? [])
    .sort((a, b) => a - b);
  const p50Ms = nearestRank(durations, 50);
  const p95Ms = nearestRank(durations, 95);
  return p50Ms === undefined || p95Ms === undefined ? undefined : { p50Ms, p95Ms };
}

/** The smallest value that so many of a hundred do not exceed (the nearest-rank definition). */
function nearestRank(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1];
}
