import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../duration.ts";
import { NOON } from "../testing/test-clock.ts";
import { isOfEarlierRound, type SlotNeed, slotNeed, slotOf } from "./slot.ts";

const LIMIT = { count: 100, period: "1m" };

describe("a delivery that is to be enqueued", () => {
  it.each<[string, Parameters<typeof slotNeed>[0], SlotNeed]>([
    ["takes a slot", { attempt: 0 }, "needed"],
    ["keeps the one that it has for this turn", { attempt: 0, slotAt: NOON + MINUTE }, "kept"],
    ["keeps it for a minute", { attempt: 0, slotAt: NOON - MINUTE }, "kept"],
    ["takes a new one when it is later than that", { attempt: 0, slotAt: NOON - MINUTE - 1 }, "needed"],
    [
      "takes no third one, however late it is",
      { attempt: 0, slotAt: NOON - 9 * MINUTE, repaced: true },
      "kept",
    ],
    ["takes none ahead of a time of its own", { attempt: 1, notBefore: NOON + SECOND + 1 }, "later"],
    ["takes one when that is within a second", { attempt: 1, notBefore: NOON + SECOND }, "needed"],
    ["takes none where somebody asked for it by hand", { attempt: 2, forcedAttempt: 3 }, "none"],
    ["takes one once that was tried", { attempt: 3, forcedAttempt: 3 }, "needed"],
  ])("%s", (_, message, need) => {
    expect(slotNeed(message, LIMIT, NOON)).toBe(need);
    expect(slotNeed(message, undefined, NOON)).toBe("none");
  });

  it("has one of an earlier round if its endpoint was activated since it was put off", () => {
    const throttled = (paceRound?: number) => ({
      pendingReason: "THROTTLED" as const,
      ...(paceRound === undefined ? {} : { paceRound }),
    });
    expect(isOfEarlierRound(throttled(), { paceRound: 1 })).toBe(true);
    expect(isOfEarlierRound(throttled(1), { paceRound: 2 })).toBe(true);
    // Of the present one, of one that whoever looks has not heard of yet, and where nothing is known.
    for (const [own, known] of [
      [1, { paceRound: 1 }],
      [2, { paceRound: 1 }],
      [undefined, {}],
      [1, undefined],
    ] as const)
      expect(isOfEarlierRound(throttled(own), known)).toBe(false);
    // What waits for a time of its own was not put off.
    expect(isOfEarlierRound({ pendingReason: "RETRY" }, { paceRound: 1 })).toBe(false);
  });

  it("remembers that its turn had a slot before", () => {
    expect(slotOf(NOON, NOON, { slotAt: NOON - MINUTE })).toEqual({ slotAt: NOON, repaced: true });
    expect(slotOf(NOON, NOON, {})).toEqual({ slotAt: NOON });
  });

  it("is sent at once if its slot is within a second, and not before it otherwise", () => {
    expect(slotOf(NOON + SECOND, NOON)).toEqual({ slotAt: NOON + SECOND });
    expect(slotOf(NOON + SECOND + 1, NOON)).toEqual({
      slotAt: NOON + SECOND + 1,
      notBefore: NOON + SECOND + 1,
    });
  });
});
