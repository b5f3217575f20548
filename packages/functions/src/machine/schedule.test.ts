import { describe, expect, test } from "vitest";
import { type Schedule, startSchedule } from "./schedule.ts";

/**
 * A clock that only moves when a run takes time or the schedule waits. The schedule is stopped when it is about
 * to wait for the `waits`th time.
 */
function simulate(runs: (() => void)[], takesMs: number[]) {
  let clockMs = 1_000;
  const startedAt: number[] = [];
  const waits: number[] = [];
  const errors: unknown[] = [];
  const schedule: Schedule = startSchedule({
    intervalMs: 5_000,
    nowMs: () => clockMs,
    onError: (error) => errors.push(error),
    run: async () => {
      const index = startedAt.push(clockMs) - 1;
      await Promise.resolve();
      clockMs += takesMs[index] ?? 0;
      runs[index]?.();
    },
    sleep: async (ms) => {
      waits.push(ms);
      clockMs += ms;
      if (startedAt.length === takesMs.length) void schedule.stop();
    },
  });
  return { startedAt, waits, errors };
}

async function settled(schedule: { startedAt: number[] }, runs: number): Promise<void> {
  while (schedule.startedAt.length < runs) await Promise.resolve();
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe("a schedule of 5 s", () => {
  test("runs at once, and then 5 s after each start", async () => {
    const schedule = simulate([], [200, 0, 1_500]);
    await settled(schedule, 3);
    expect(schedule.startedAt).toEqual([1_000, 6_000, 11_000]);
    expect(schedule.waits).toEqual([4_800, 5_000, 3_500]);
  });

  test("follows a run that took longer with the next, without catching up on those it missed", async () => {
    const schedule = simulate([], [12_000, 100, 0]);
    await settled(schedule, 3);
    expect(schedule.startedAt).toEqual([1_000, 13_000, 18_000]);
  });

  test("reports a run that fails, and carries on", async () => {
    const failure = new Error("table not there");
    const failing = () => {
      throw failure;
    };
    const schedule = simulate([failing], [10, 10]);
    await settled(schedule, 2);
    expect(schedule.errors).toEqual([failure]);
    expect(schedule.startedAt).toEqual([1_000, 6_000]);
  });

  test("never runs twice at once, and stopping waits for the run and starts no other", async () => {
    let runs = 0;
    const first = Promise.withResolvers<void>();
    const schedule = startSchedule({
      intervalMs: 1,
      onError: () => undefined,
      run: () => {
        runs += 1;
        return first.promise;
      },
      sleep: async () => undefined,
    });
    let stopped = false;
    const stopping = schedule.stop().then(() => {
      stopped = true;
    });
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect([runs, stopped]).toEqual([1, false]);
    first.resolve();
    await stopping;
    expect(runs).toBe(1);
  });

  test("stops at once while it waits", async () => {
    const schedule = startSchedule({
      intervalMs: 3_600_000,
      onError: () => undefined,
      run: async () => undefined,
    });
    await schedule.stop();
  });
});
