import { expect, test } from "vitest";
import { explore } from "./explore.ts";
import { restartedSchedules } from "./generate-restarts.ts";
import { memoryBackend } from "./memory-backend.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;
const RUNS = 500;

const known = explore({ runs: RUNS, seed: 20_261_127, makeBackend: memoryBackend, from: restartedSchedules });

test("on one machine nothing is lost, stuck or silently doubled when its process is killed again and again", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await known;
  expect(findings.failure?.story).toBeUndefined();
  expect(findings.schedules).toBe(RUNS);
});

test("those schedules end the claims of processes that have ended, and meet those of listeners", async () => {
  const { transitions, faults } = await known;
  expect(faults.get("killed")).toBeGreaterThan(RUNS / 2);
  expect(STEPS.filter((step) => !transitions.has(step))).toEqual([]);
});

test("nor is it in schedules that no earlier run has seen", { timeout: TIMEOUT_MS }, async ({ annotate }) => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  await annotate(`seed ${seed}`);
  const { failure } = await explore({
    runs: 200,
    seed,
    makeBackend: memoryBackend,
    from: restartedSchedules,
  });
  expect(failure?.story).toBeUndefined();
});

const STEPS = [
  "lease ended with its process",
  "PROCESSING → PROCESSING CLAIMED",
  "PROCESSING → PENDING LEASE_EXPIRED",
  "PENDING → PROCESSING CLAIMED by a listener",
];
