import { expect, it } from "vitest";
import { elapsedMs, momentOf } from "./clock.ts";
import { TestClock } from "./testing/test-clock.ts";

it.each<[string, (clock: TestClock) => void, number]>([
  ["time that passes", (clock) => clock.advance(5_000), 5_000],
  ["a frozen process", (clock) => clock.freeze(3_600_000), 3_600_000],
  [
    "a time of day that is set back",
    (clock) => {
      clock.advance(5_000);
      clock.time -= 60_000;
    },
    5_000,
  ],
])("counts %s by the clock that went further", (_name, move, expected) => {
  const clock = new TestClock();
  clock.advance(123);
  const since = momentOf(clock);
  move(clock);
  expect(elapsedMs(clock, since)).toBe(expected);
});
