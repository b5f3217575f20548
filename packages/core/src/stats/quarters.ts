/** Quarters of an hour, made of the minutes that they consist of. */
import {
  COUNTED,
  type Counted,
  type Counts,
  noCounts,
  QUARTER_MS,
  QUARTERS_KEPT_MS,
  type QuarterCounts,
} from "./counters.ts";

/** The starts of those that are told, the present one last. */
export function lastQuarters(now: number): readonly number[] {
  const present = now - (now % QUARTER_MS);
  const count = QUARTERS_KEPT_MS / QUARTER_MS;
  return Array.from({ length: count }, (_, index) => present - (count - 1 - index) * QUARTER_MS);
}

/** What these quarters come to: 0 where no minute says anything. */
export function quartersOf(
  minutes: Iterable<readonly [number, Counts]>,
  quarters: readonly number[],
): readonly QuarterCounts[] {
  const sums = new Map(quarters.map((quarter) => [quarter, noCounts()]));
  for (const [minute, counts] of minutes) {
    const sum = sums.get(minute - (minute % QUARTER_MS));
    if (sum) addCounts(sum, counts);
  }
  return [...sums].map(([quarter, counts]) => ({ quarter, ...counts }));
}

export function addCounts(sum: Record<Counted, number>, counts: Counts): void {
  for (const name of COUNTED) sum[name] += counts[name];
}
