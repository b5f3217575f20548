import type { Clock } from "../clock.ts";
import {
  type Counted,
  type Counters,
  type Counts,
  type MinuteCounts,
  noCounts,
  type QuarterCounts,
} from "./counters.ts";
import { lastQuarters, quartersOf } from "./quarters.ts";
import { lastMinutes } from "./stats.ts";

/** Counters that are never written: for tests, and for a process that nobody asks. */
export class MemoryCounters implements Counters {
  readonly #clock: Pick<Clock, "now">;
  readonly #totals = noCounts();
  readonly #minutes = new Map<number, Record<Counted, number>>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  add(what: Counted, by = 1): void {
    const now = this.#clock.now();
    const minute = now - (now % 60_000);
    const counts = this.#minutes.get(minute) ?? noCounts();
    counts[what] += by;
    this.#minutes.set(minute, counts);
    this.#totals[what] += by;
  }

  async flush(): Promise<void> {}

  startFlush(): void {}

  async perMinute(): Promise<readonly MinuteCounts[]> {
    return lastMinutes(this.#clock.now()).map((empty) => ({ ...empty, ...this.#minutes.get(empty.minute) }));
  }

  async perQuarter(): Promise<readonly QuarterCounts[]> {
    return quartersOf(this.#minutes, lastQuarters(this.#clock.now()));
  }

  async keepQuarters(): Promise<void> {}

  async kept(): Promise<Counts> {
    return { ...this.#totals };
  }
}
