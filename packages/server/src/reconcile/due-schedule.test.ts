import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type DueSchedule, startDueSchedule } from "./due-schedule.ts";

const INTERVAL_MS = 5_000;

let now: number;
let due: number[];
let runs: number[];
let run: () => Promise<void>;
let errors: unknown[];
let sleeping: { readonly ms: number; readonly wake: () => void } | undefined;
let schedule: DueSchedule;

/** A run finds what is due, and pushes it on. */
const push = async () => {
  due = due.filter((at) => at > now);
};

beforeEach(() => {
  now = 1_000_000;
  [due, runs, errors, sleeping] = [[], [], [], undefined];
  run = push;
});
afterEach(() => schedule.stop());

function start(): void {
  schedule = startDueSchedule({
    nextDueAt: () => (due.length === 0 ? undefined : Math.min(...due)),
    run: () => {
      runs.push(now);
      return run();
    },
    onError: (error) => errors.push(error),
    now: () => now,
    intervalMs: INTERVAL_MS,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeping = { ms, wake: () => resolve(undefined) };
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
}

/** Lets what is asleep sleep to its end. */
async function sleepOn(): Promise<void> {
  await turns();
  const { ms = 0, wake = () => undefined } = sleeping ?? {};
  sleeping = undefined;
  now += ms;
  wake();
  await turns();
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}

it("runs when something is due, to the millisecond, and not before", async () => {
  due = [now + 1_234, now + 4_000];
  start();
  await sleepOn();
  expect(runs).toEqual([1_001_234]);
  await sleepOn();
  expect(runs).toEqual([1_001_234, 1_004_000]);
});

it("wakes up for what comes to be due before it meant to", async () => {
  due = [now + 4_000];
  start();
  await turns();
  now += 100;
  due.push(now + 50);
  schedule.notice(now + 50);
  await sleepOn();
  expect(runs).toEqual([1_000_150]);
});

it("sleeps on for what is due later", async () => {
  due = [now + 1_000];
  start();
  await turns();
  const before = sleeping;
  due.push(now + 2_000);
  schedule.notice(now + 2_000);
  await turns();
  expect(sleeping).toBe(before);
});

it("looks again from time to time, whatever becomes of the machine's clock", async () => {
  due = [now + 3_600_000];
  start();
  await turns();
  expect(sleeping?.ms).toBe(INTERVAL_MS);
  now += 3_600_000;
  await sleepOn();
  expect(runs).toHaveLength(1);
});

it("goes on at once while runs push something on, and pauses when one does not", async () => {
  due = [now - 3, now - 2, now - 1];
  run = async () => void due.shift();
  start();
  await turns();
  expect(runs).toHaveLength(3);
  due = [now - 1];
  run = async () => undefined;
  schedule.notice(now - 1);
  await turns();
  expect(runs).toHaveLength(4);
  schedule.notice(now - 1);
  await turns();
  expect(runs).toHaveLength(4);
  expect(sleeping?.ms).toBe(INTERVAL_MS);
});

it("reports a run that fails and comes again after a pause", async () => {
  due = [now];
  const failure = new Error("no storage");
  run = async () => {
    throw failure;
  };
  start();
  await turns();
  expect(errors).toEqual([failure]);
  run = push;
  await sleepOn();
  expect(runs).toEqual([1_000_000, 1_000_000 + INTERVAL_MS]);
});
