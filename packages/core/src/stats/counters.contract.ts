/** What every implementation of the counters keeps of the past, and tells of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import { NOON, type TestClock } from "../testing/test-clock.ts";
import { type Counters, QUARTER_MS } from "./counters.ts";

export interface CountersSubject {
  readonly counters: Counters;
  readonly clock: TestClock;
  readonly close?: () => Promise<unknown>;
}

export function describeCountersContract(name: string, create: () => Promise<CountersSubject>): void {
  describe(name, () => {
    let counters: Counters;
    let clock: TestClock;
    let close: CountersSubject["close"];
    beforeEach(async () => {
      ({ counters, clock, close } = await create());
    });
    afterEach(() => close?.());

    /** As the reconciler does, if no more often than once an hour. */
    const keepFor = async (hours: number) => {
      for (let hour = 0; hour < hours; hour += 1) {
        clock.advance(HOUR);
        await counters.keepQuarters();
      }
    };
    const quarterAt = async (start: number) =>
      (await counters.perQuarter()).find(({ quarter }) => quarter === start);

    it("tell of the present quarter of an hour what has been counted so far", async () => {
      counters.add("accepted", 3);
      await counters.flush(true);
      clock.advance(MINUTE);
      counters.add("completed", 2);
      await counters.flush(true);
      const quarters = await counters.perQuarter();
      expect(quarters.at(-1)).toMatchObject({ quarter: NOON, accepted: 3, completed: 2, failed: 0 });
    });

    it("tell of quarters for a week, long after their minutes are forgotten, and then no more", async () => {
      counters.add("accepted", 3);
      await counters.flush(true);
      clock.advance(14 * MINUTE);
      counters.add("failed");
      await counters.flush(true);
      clock.advance(MINUTE);
      counters.add("accepted", 5);
      await counters.flush(true);
      await keepFor(26);
      expect(await quarterAt(NOON)).toMatchObject({ accepted: 3, failed: 1 });
      expect(await quarterAt(NOON + QUARTER_MS)).toMatchObject({ accepted: 5, failed: 0 });
      expect(await quarterAt(NOON + HOUR)).toMatchObject({ accepted: 0 });
      const starts = (await counters.perQuarter()).map(({ quarter }) => quarter);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      expect(new Set(starts).size).toBe(starts.length);
      expect(starts.at(-1)).toBe(NOON + 26 * HOUR + QUARTER_MS);
      clock.time = NOON + 7 * DAY + QUARTER_MS;
      expect(await quarterAt(NOON)).toBeUndefined();
    });

    it("count what is flushed late into the quarter in which it happened", async () => {
      counters.add("accepted");
      await counters.flush(true);
      clock.advance(HOUR);
      await counters.keepQuarters();
      clock.time = NOON + MINUTE;
      counters.add("accepted");
      clock.time = NOON + HOUR + MINUTE;
      await counters.flush(true);
      await keepFor(24);
      expect(await quarterAt(NOON)).toMatchObject({ accepted: 2 });
    });
  });
}
