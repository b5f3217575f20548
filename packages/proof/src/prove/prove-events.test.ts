import { expect, test } from "vitest";
import { explore } from "./explore.ts";
import { eventSchedules } from "./generate-events.ts";
import { memoryBackend } from "./memory-backend.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;
const RUNS = 1_000;

const known = explore({ runs: RUNS, seed: 20_261_126, makeBackend: memoryBackend, from: eventSchedules });

test("each event comes to each endpoint that it matched, once, in hundreds of schedules of faults", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await known;
  expect(findings.failure?.story).toBeUndefined();
  expect(findings.schedules).toBe(RUNS);
});

test("those schedules take every step of events, and of deliveries every one that messages do not take", async () => {
  const { transitions } = await known;
  expect(STEPS.filter((step) => !transitions.has(step))).toEqual([]);
});

test("nor is one lost or doubled in schedules that no earlier run has seen", {
  timeout: TIMEOUT_MS,
}, async ({ annotate }) => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  await annotate(`seed ${seed}`);
  const { failure } = await explore({ runs: 500, seed, makeBackend: memoryBackend, from: eventSchedules });
  expect(failure?.story).toBeUndefined();
});

/** Of the design's table of transitions. */
const STEPS = [
  "event (new) → PENDING",
  "event (new) → EXPANDED",
  "event PENDING → EXPANDED",
  "(new) → QUEUED EXPANDED",
  "QUEUED → PROCESSING CLAIMED",
  "PENDING → PROCESSING CLAIMED",
  "PENDING → PROCESSING CLAIMED by a listener",
  "PROCESSING → COMPLETED DELIVERED by a listener",
  "PROCESSING → PENDING RETRY by a listener",
  "PROCESSING → COMPLETED DELIVERED",
  "PROCESSING → PENDING RETRY",
  "PROCESSING → FAILED TARGET_REJECTED",
  "QUEUED → PENDING SEND_FAILED",
  "QUEUED → PENDING ORPHANED",
  "QUEUED → FAILED ENDPOINT_DISABLED",
  "QUEUED → CANCELLED ENDPOINT_DELETED",
  "FAILED → PENDING MANUAL_RETRY",
];
