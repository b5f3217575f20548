import { describe, expect, it } from "vitest";
import { delayAfterUnknownMs, nextDelayMs } from "./schedule.ts";

const scheduleMs = [5_000, 300_000, 1_800_000];
const never = () => 0;
const almostOne = () => 0.999_999_999;

describe("the delay before the next attempt", () => {
  it("follows the schedule through the first round", () => {
    const delays = [1, 2, 3, 4].map((attempt) =>
      nextDelayMs({ attempt, attemptLimit: 4, scheduleMs }, never),
    );
    expect(delays).toEqual([5_000, 300_000, 1_800_000, undefined]);
  });

  it("starts the schedule anew after a manual retry, although the attempt number goes on", () => {
    // Failed for good at attempt 2; the manual retry raised the limit to 2 + 4.
    const delays = [3, 4, 5, 6].map((attempt) =>
      nextDelayMs({ attempt, attemptLimit: 6, scheduleMs }, never),
    );
    expect(delays).toEqual([5_000, 300_000, 1_800_000, undefined]);
  });

  it("is jittered within [d, 1.1 d]", () => {
    const position = { attempt: 1, attemptLimit: 4, scheduleMs };
    expect(nextDelayMs(position, () => 0.5)).toBe(5_250);
    const most = nextDelayMs(position, almostOne);
    expect(most).toBeGreaterThan(5_490);
    expect(most).toBeLessThanOrEqual(5_500);
  });

  it("is never undefined while attempts are left, whatever the schedule has become since", () => {
    expect(nextDelayMs({ attempt: 1, attemptLimit: 10, scheduleMs }, never)).toBe(5_000);
    expect(nextDelayMs({ attempt: 9, attemptLimit: 10, scheduleMs: [7_000] }, never)).toBe(7_000);
    expect(nextDelayMs({ attempt: 1, attemptLimit: 10, scheduleMs: [] }, never)).toBeGreaterThan(0);
  });

  it("allows a single attempt with an empty schedule", () => {
    expect(nextDelayMs({ attempt: 1, attemptLimit: 1, scheduleMs: [] }, never)).toBeUndefined();
  });
});

describe("the delay after an attempt with unknown outcome", () => {
  it("is none after the first in a row, and the schedule's from the second on", () => {
    const position = { attempt: 2, attemptLimit: 4, scheduleMs };
    expect(delayAfterUnknownMs(position, 1, never)).toBe(0);
    expect(delayAfterUnknownMs(position, 2, never)).toBe(300_000);
    expect(delayAfterUnknownMs({ ...position, attempt: 3 }, 3, never)).toBe(1_800_000);
  });

  it("does not exist when the budget is spent", () => {
    expect(delayAfterUnknownMs({ attempt: 4, attemptLimit: 4, scheduleMs }, 1, never)).toBeUndefined();
  });
});
