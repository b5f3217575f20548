import { Database } from "@homing/server/sqlite/database";
import { describe, expect, test } from "vitest";
import { exploreSyncs } from "./explore.ts";
import known from "./mutant-schedules.json" with { type: "json" };
import { SYNC_MUTANTS, weakenedDatabase } from "./mutants.ts";
import { runSyncs } from "./run.ts";
import type { SyncSchedule } from "./schedule.ts";

const RUNS = 60;
/** Far more than they take: each has a file, and the disk may be busy. */
const TIMEOUT_MS = 600_000;
/** Found and shrunk by `npm run prove -- --syncs --mutants --keep`. */
const schedules = known as unknown as Readonly<Record<string, SyncSchedule>>;

test("what was answered holds, however syncs end and wherever the power goes", {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  const { failure } = await exploreSyncs(Database, { runs: RUNS, seed });
  expect(failure && `seed ${seed}: ${failure.text}\n${JSON.stringify(failure.schedule)}`).toBeUndefined();
});

describe.each(SYNC_MUTANTS)("$name: $removes", (mutant) => {
  const schedule = schedules[mutant.name] ?? expect.fail("no schedule is kept for this mutant");

  test("breaks a promise in a schedule", async () => {
    expect(await runSyncs(schedule, await weakenedDatabase(mutant))).toBeTypeOf("string");
  });

  test("in which the whole database keeps all of them", async () => {
    expect(await runSyncs(schedule, Database)).toBeUndefined();
  });
});
