import { describe, expect, it, vi } from "vitest";
import { cached } from "./cached.ts";
import { TestClock } from "./testing/test-clock.ts";

const LIMITS = { lifeMs: 1_000, maxEntries: 2 };

it("asks once for callers at once and for the time an answer lives, and again afterwards", async () => {
  const clock = new TestClock();
  const load = vi.fn(async (key: string) => key.toUpperCase());
  const ask = cached(LIMITS, clock, load);
  expect(await Promise.all([ask("a"), ask("a")])).toEqual(["A", "A"]);
  clock.advance(999);
  expect(await ask("a")).toBe("A");
  expect(load).toHaveBeenCalledTimes(1);
  clock.advance(1);
  await ask("a");
  expect(load).toHaveBeenCalledTimes(2);
});

it("does not remember a failure", async () => {
  const load = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValueOnce("up");
  const ask = cached(LIMITS, new TestClock(), load);
  await expect(ask()).rejects.toThrow("down");
  expect(await ask()).toBe("up");
});

it("stays within its bound, whatever it is asked for", async () => {
  const clock = new TestClock();
  const load = vi.fn(async (key: string) => key);
  const ask = cached(LIMITS, clock, load);
  for (const key of ["a", "b", "c", "d", "a"]) await ask(key);
  expect(load.mock.calls.map(([key]) => key)).toEqual(["a", "b", "c", "d", "a"]);
});

describe("a clock that stops or is set", () => {
  const until = async (move: (clock: TestClock) => void) => {
    const clock = new TestClock();
    const load = vi.fn(async (key: string) => key);
    const ask = cached(LIMITS, clock, load);
    await ask("a");
    move(clock);
    await ask("a");
    return load.mock.calls.length;
  };

  it("a process that was frozen asks again: its monotonic clock stood still meanwhile", async () => {
    expect(await until((clock) => clock.freeze(1_000))).toBe(2);
    expect(await until((clock) => clock.freeze(999))).toBe(1);
  });

  it("a time of day that was set back keeps no answer alive", async () => {
    expect(
      await until((clock) => {
        clock.advance(1_000);
        clock.time -= 60_000;
      }),
    ).toBe(2);
  });

  it("drops what is old also behind what is not", async () => {
    const clock = new TestClock();
    const load = vi.fn(async (key: string) => key);
    const ask = cached(LIMITS, clock, load);
    clock.time += 60_000;
    await ask("a");
    clock.time -= 60_000;
    await ask("b");
    clock.freeze(1_000);
    await ask("b");
    expect(load.mock.calls.map(([key]) => key)).toEqual(["a", "b", "b"]);
  });
});
