import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { explore } from "./explore.ts";
import { smallSchedules } from "./generate.ts";
import { sqliteBackend } from "./sqlite-backend.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;
const RUNS = 200;

const folder = mkdtempSync(join(tmpdir(), "homing-prove-"));
const { makeBackend, close } = sqliteBackend(folder);
afterAll(() => {
  close();
  rmSync(folder, { recursive: true });
});

test("the promise holds through the SQLite adapters", { timeout: TIMEOUT_MS }, async ({ annotate }) => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  await annotate(`seed ${seed}`);
  const { failure, schedules } = await explore({ runs: RUNS, seed, from: smallSchedules, makeBackend });
  expect(failure?.story).toBeUndefined();
  expect(schedules).toBe(RUNS);
});
