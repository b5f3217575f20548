import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { explore } from "./explore.ts";
import { smallSchedules } from "./generate.ts";
import { smallOrderedSchedules } from "./generate-order.ts";
import { smallRestartedSchedules } from "./generate-restarts.ts";
import { sqliteBackend } from "./sqlite-backend.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;

const folder = mkdtempSync(join(tmpdir(), "homing-prove-"));
const { makeBackend, close } = sqliteBackend(folder);
afterAll(() => {
  close();
  rmSync(folder, { recursive: true });
});

test.each([
  ["messages", smallSchedules, 200],
  ["messages in order", smallOrderedSchedules, 100],
  ["messages whose process is killed", smallRestartedSchedules, 100],
] as const)(
  "the promise holds through the SQLite adapters: %s",
  { timeout: TIMEOUT_MS },
  async (_name, from, runs) => {
    const seed = Math.floor(Math.random() * 2 ** 30);
    const { failure, schedules } = await explore({ runs, seed, from, makeBackend });
    expect(failure && `seed ${seed}\n${failure.story}`).toBeUndefined();
    expect(schedules).toBe(runs);
  },
);
