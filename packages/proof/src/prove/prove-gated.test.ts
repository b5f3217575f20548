import { expect, test } from "vitest";
import { explore } from "./explore.ts";
import { gatedSchedules } from "./generate-gated.ts";
import { memoryBackend } from "./memory-backend.ts";

const TIMEOUT_MS = 600_000;
const RUNS = 500;

const known = explore({ runs: RUNS, seed: 20_261_128, makeBackend: memoryBackend, from: gatedSchedules });

test("an endpoint that fails holds what comes, is tried with one at a time, and loses nothing, whatever dies", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await known;
  expect(findings.failure?.story).toBeUndefined();
  expect(findings.schedules).toBe(RUNS);
});

test("those schedules take every step of it", async () => {
  const { transitions } = await known;
  expect(STEPS.filter((step) => !transitions.has(step))).toEqual([]);
});

const STEPS = [
  "gate set",
  "gate probe",
  "gate lifted",
  "(new) → PENDING ENDPOINT_FAILING",
  "QUEUED → PENDING ENDPOINT_FAILING",
  "PROCESSING → PENDING ENDPOINT_FAILING",
];
