import { describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import { NOON } from "../testing/test-clock.ts";
import { type Pace, reserveSlots } from "./pace.ts";

/** 100 a minute. */
const RATE = { spacingUs: 600_000, since: NOON - DAY };
const ask = (now: number, slots = 1, rate = RATE) => ({ ...rate, now, slots });

describe("the pace of an endpoint", () => {
  it("begins now, and gives each the next slot", () => {
    const first = reserveSlots(undefined, ask(NOON, 2));
    expect(first.slotsAt).toEqual([NOON, NOON + 600]);
    const second = reserveSlots(first.pace, ask(NOON));
    expect(second.slotsAt).toEqual([NOON + 1_200]);
  });

  it("saves nothing up while nobody asks: after an hour's rest the next burst is spaced as ever", () => {
    const { pace } = reserveSlots(undefined, ask(NOON));
    const later = NOON + 60 * MINUTE;
    expect(reserveSlots(pace, ask(later, 3)).slotsAt).toEqual([later, later + 600, later + 1_200]);
  });

  it("gives no more than the count in any period, with a spacing that is no whole number of milliseconds", () => {
    // 7 a second.
    let pace: Pace | undefined;
    const given: number[] = [];
    for (let call = 0; call < 1_000; call += 1) {
      const reserved = reserveSlots(pace, ask(NOON, 1, { spacingUs: Math.ceil(1_000_000 / 7), since: NOON }));
      pace = reserved.pace;
      given.push(...reserved.slotsAt);
    }
    for (const [index, at] of given.slice(7).entries())
      expect(at - (given[index] ?? 0)).toBeGreaterThanOrEqual(SECOND);
    expect(given.at(-1)).toBe(NOON + Math.ceil((999 * 142_858) / 1_000));
  });

  it("begins anew under a rate that is later, and what knows only an earlier one goes by the later", () => {
    const slow = { spacingUs: 60 * MINUTE * 1_000, since: NOON };
    const fast = { spacingUs: SECOND * 1_000, since: NOON + MINUTE };
    const before = reserveSlots(undefined, ask(NOON, 10, slow)).pace;
    const now = NOON + 2 * MINUTE;
    const changed = reserveSlots(before, ask(now, 1, fast));
    expect(changed).toEqual({ slotsAt: [now], pace: { ...fast, nextAtUs: (now + SECOND) * 1_000 } });
    expect(reserveSlots(changed.pace, ask(now, 2, slow))).toEqual({
      slotsAt: [now + SECOND, now + 2 * SECOND],
      pace: { ...fast, nextAtUs: (now + 3 * SECOND) * 1_000 },
    });
  });

  it("gives no slot that is more than 7 days ahead, and is left as it was", () => {
    const daily = { spacingUs: DAY * 1_000, since: NOON };
    const { pace, slotsAt } = reserveSlots(undefined, ask(NOON, 100, daily));
    expect(slotsAt).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((day) => NOON + day * DAY));
    expect(reserveSlots(pace, ask(NOON, 1, daily))).toEqual({ pace, slotsAt: [] });
    expect(reserveSlots(pace, ask(NOON + DAY, 1, daily)).slotsAt).toEqual([NOON + 8 * DAY]);
  });
});
