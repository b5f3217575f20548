import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Database } from "@homing/server/sqlite/database";
import { exploreSyncs } from "./explore.ts";
import known from "./mutant-schedules.json" with { type: "json" };
import { SYNC_MUTANTS, weakenedDatabase } from "./mutants.ts";
import type { SyncSchedule } from "./schedule.ts";

const KEPT = fileURLToPath(new URL("mutant-schedules.json", import.meta.url));

export interface SyncSearch {
  readonly runs: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** How many schedules have shown something: one or none. */
export async function proveSyncs({ runs, seed, print }: SyncSearch): Promise<number> {
  const { schedules, failure } = await exploreSyncs(Database, { runs, seed });
  print(`Seed ${seed}. Schedules ${schedules}.`);
  print(`Violations: ${failure ? failure.text : "0"}`);
  if (failure) print(JSON.stringify(failure.schedule));
  return failure ? 1 : 0;
}

/** How many mutants have survived. */
export async function proveSyncMutants(
  { runs, seed, print }: SyncSearch,
  { only, keep }: { readonly only?: string; readonly keep: boolean },
): Promise<number> {
  const mutants = SYNC_MUTANTS.filter(({ name }) => only === undefined || only === name);
  const kept: Record<string, SyncSchedule> =
    only === undefined ? {} : { ...(known as unknown as typeof kept) };
  let survivors = mutants.length === 0 ? 1 : 0;
  for (const mutant of mutants) {
    const Weakened = await weakenedDatabase(mutant);
    const { schedules, failure } = await exploreSyncs(Weakened, { runs, seed, shrink: keep });
    if (failure) kept[mutant.name] = failure.schedule;
    else survivors += 1;
    const verdict = failure ? `caught after ${schedules}` : "SURVIVED";
    print(`${mutant.name.padEnd(24)} ${verdict.padEnd(20)} ${mutant.removes}`);
    if (failure) print(`${" ".repeat(38)}${failure.text}`);
  }
  print(`${mutants.length} mutants, ${survivors} survived.`);
  if (keep) await writeFile(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`);
  return survivors;
}
