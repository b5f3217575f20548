import { expect, test } from "vitest";
import { explore } from "./explore.ts";
import { watchedSchedules } from "./generate-watched.ts";
import { memoryBackend } from "./memory-backend.ts";

const TIMEOUT_MS = 600_000;
const RUNS = 500;

const known = explore({ runs: RUNS, seed: 20_261_127, makeBackend: memoryBackend, from: watchedSchedules });

test("an endpoint is disabled only while every attempt fails, and each change is announced once, whatever dies", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await known;
  expect(findings.failure?.story).toBeUndefined();
  expect(findings.schedules).toBe(RUNS);
});

test("those schedules take every change that is announced", async () => {
  const { transitions } = await known;
  const changes = ["endpoint.failing", "endpoint.disabled", "endpoint.recovered", "message.failed"];
  expect(changes.filter((type) => !transitions.has(`announced ${type}`))).toEqual([]);
});
