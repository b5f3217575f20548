import fc from "fast-check";
import { type DatabaseClass, runSyncs } from "./run.ts";
import { type SyncSchedule, syncSchedules } from "./schedule.ts";

export interface SyncFindings {
  readonly schedules: number;
  readonly failure?: { readonly text: string; readonly schedule: SyncSchedule };
}

/** Generated schedules until one shows something, which is then made as short as it can be. */
export async function exploreSyncs(
  Subject: DatabaseClass,
  { runs, seed, shrink = true }: { readonly runs: number; readonly seed: number; readonly shrink?: boolean },
): Promise<SyncFindings> {
  let text = "";
  let schedules = 0;
  const property = fc.asyncProperty(syncSchedules, async (schedule) => {
    if (text === "") schedules += 1;
    const violation = await runSyncs(schedule, Subject);
    if (violation !== undefined) text = violation;
    return violation === undefined;
  });
  const { counterexample } = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrink });
  const [schedule] = counterexample ?? [];
  return { schedules, ...(schedule === undefined ? {} : { failure: { text, schedule } }) };
}
