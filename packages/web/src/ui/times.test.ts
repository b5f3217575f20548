import { describe, expect, it } from "vitest";
import { countdown, relativeTime, spellDuration } from "./times.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("times as people read them", () => {
  it("durations in the units that matter", () => {
    expect(
      [0, 812, 5_000, 5_300, 42_900, 3 * MINUTE, 125 * MINUTE, 120 * MINUTE, 49 * HOUR].map(spellDuration),
    ).toEqual(["0 ms", "812 ms", "5 s", "5.3 s", "42 s", "3 min", "2 h 5 min", "2 h", "2 d 1 h"]);
  });

  it("moments relative to now, past and future", () => {
    expect(relativeTime(0, 500)).toBe("now");
    expect(relativeTime(0, 59_999)).toBe("59 s ago");
    expect(relativeTime(0, 26 * HOUR)).toBe("1 d ago");
    expect(relativeTime(90 * MINUTE, 0)).toBe("in 1 h");
  });

  it("a countdown reaches zero when the time has come, not before, and stays there", () => {
    expect([4_000, 3_001, 1, 0, -5_000].map(countdown)).toEqual(["0:04", "0:04", "0:01", "0:00", "0:00"]);
    expect(countdown(HOUR + 2 * MINUTE + 3_000)).toBe("1:02:03");
  });
});
