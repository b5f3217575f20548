import { expect, test } from "vitest";
import { explore, type Findings } from "./explore.ts";
import { memoryBackend } from "./memory-backend.ts";
import { messageSchedules } from "./schedules.ts";
import { FAULTS } from "./simulate/incident.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;

/** The step by step story of what went wrong is the message of the failure. */
function expectNoViolation({ failure }: Findings): void {
  expect(failure?.story).toBeUndefined();
}

const known = explore({
  runs: 2_000,
  seed: 20_261_122,
  makeBackend: memoryBackend,
  from: messageSchedules,
});

test("nothing is lost, stuck or silently doubled in thousands of schedules of faults", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await known;
  expectNoViolation(findings);
  expect(findings.schedules).toBe(2_000);
});

test("those schedules inject every fault and take every step of the lifecycle", async () => {
  const { faults, transitions } = await known;
  expect(FAULTS.filter((fault) => !faults.has(fault))).toEqual([]);
  expect(STEPS.filter((step) => !transitions.has(step))).toEqual([]);
});

test("nor is it in schedules that no earlier run has seen", { timeout: TIMEOUT_MS }, async ({ annotate }) => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  await annotate(`seed ${seed}`);
  expectNoViolation(await explore({ runs: 1_000, seed, makeBackend: memoryBackend, from: messageSchedules }));
});

/** Of the design's table of transitions; the week that SEND_EXHAUSTED takes has a test of its own. */
const STEPS = [
  "(new) → PENDING ACCEPTED",
  "PENDING → QUEUED ENQUEUED",
  "QUEUED → PENDING SEND_FAILED",
  "QUEUED → PROCESSING CLAIMED",
  "PENDING → PROCESSING CLAIMED",
  "PROCESSING → PROCESSING CLAIMED",
  "PROCESSING → COMPLETED DELIVERED",
  "PROCESSING → FAILED TARGET_REJECTED",
  "PROCESSING → FAILED ATTEMPTS_EXHAUSTED",
  "PROCESSING → FAILED EXPIRED",
  "PROCESSING → PENDING RETRY",
  "PROCESSING → PENDING LEASE_EXPIRED",
  "QUEUED → PENDING ORPHANED",
  "PENDING → FAILED SEND_REJECTED",
  "PENDING → FAILED PAYLOAD_MISSING",
  "PENDING → FAILED EXPIRED",
  "PENDING → FAILED BLOCKED",
  "QUEUED → FAILED DEAD_LETTERED",
  "QUEUED → PENDING COPY_DEAD_LETTERED",
  "FAILED → PENDING MANUAL_RETRY",
  "PENDING → PENDING MANUAL_RETRY",
  "QUEUED → PENDING MANUAL_RETRY",
  "PENDING → CANCELLED CANCELLED",
  "QUEUED → CANCELLED CANCELLED",
];
