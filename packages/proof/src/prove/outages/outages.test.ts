import { DAY, MINUTE, SECOND } from "@homing/core/duration";
import { describe, expect, test } from "vitest";
import { OUTAGES, type OutageAccount, simulateOutage } from "./outage.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;

/** Fewer messages than in the design's own numbers, which `npm run prove -- --outages` simulates. */
const FEWER = { storage: 200, queue: 2_000, crashingWorkers: 200, backlog: 50 } as const;

function during(outage: keyof typeof OUTAGES): Promise<OutageAccount> {
  return simulateOutage({ ...OUTAGES[outage], messages: FEWER[outage] });
}

function expectAllDelivered(account: OutageAccount, messages: number): void {
  expect(account).toMatchObject({ accepted: messages, completed: messages, failed: 0, violation: undefined });
}

describe("storage down for an hour", { timeout: TIMEOUT_MS }, () => {
  const outage = during("storage");

  test("fails nothing, makes no second request, and is over within minutes", async () => {
    const account = await outage;
    expectAllDelivered(account, FEWER.storage);
    expect(account.requests).toBe(FEWER.storage);
    expect(account.overAfterMs).toBeLessThan(5 * MINUTE);
  });

  test("costs each copy one try per visibility timeout, and each reconciler one read per run and lane", async () => {
    const { callsMeanwhile } = await outage;
    const visibilities = 3_600 / 180;
    expect(callsMeanwhile.get("claim")).toBeLessThanOrEqual(FEWER.storage * visibilities);
    // Two reconcilers, 60 runs each, four groups.
    expect(callsMeanwhile.get("due")).toBeLessThanOrEqual(2 * 60 * 4);
  });
});

describe("SQS down for two hours", { timeout: TIMEOUT_MS }, () => {
  const outage = during("queue");

  test("fails nothing, makes no second request, and is over within minutes", async () => {
    const account = await outage;
    expectAllDelivered(account, FEWER.queue);
    expect(account.requests).toBe(FEWER.queue);
    expect(account.overAfterMs).toBeLessThan(5 * MINUTE);
  });

  test("is probed by one message per reconciler run, however many wait", async () => {
    const { callsMeanwhile } = await outage;
    const tries = 3;
    // Accepting them in batches of a hundred sends ten batches of ten, each as often as p-retry tries.
    const accepting = (FEWER.queue / 10) * tries;
    const probing = 2 * 120 * tries;
    expect(callsMeanwhile.get("send")).toBeLessThanOrEqual(FEWER.queue * tries + probing);
    expect(callsMeanwhile.get("send")).toBeGreaterThan(accepting);
    expect(callsMeanwhile.get("rollback")).toBeLessThanOrEqual(FEWER.queue + 2 * 120);
  });
});

test("every worker crashing for half an hour fails nothing", { timeout: TIMEOUT_MS }, async () => {
  const account = await during("crashingWorkers");
  expectAllDelivered(account, FEWER.crashingWorkers);
  // The longest wait that half an hour of crashes can lead to by the schedule is 33 minutes.
  expect(account.overAfterMs).toBeLessThan(35 * MINUTE);
});

test("a backlog of four days is not multiplied by the reconciler", { timeout: TIMEOUT_MS }, async () => {
  const account = await during("backlog");
  expectAllDelivered(account, FEWER.backlog);
  expect(account.requests).toBe(FEWER.backlog);
  // Deadlines of 15 m, 30 m, 1 h, 2 h and 4 h take 7.75 h, then one of 6 h each: 5 + 14 times, and the first.
  expect(OUTAGES.backlog.lastsMs).toBe(4 * DAY);
  expect(account.mostCopies).toBeLessThanOrEqual(20);
  expect(account.overAfterMs).toBeLessThan(10 * SECOND);
});
