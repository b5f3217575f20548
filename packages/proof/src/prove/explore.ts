/** Runs generated schedules, counts what they exercised, and shrinks the first one that violates something. */
import fc from "fast-check";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedules.ts";
import type { Ledger } from "./simulate/ledger.ts";
import type { Mutant } from "./simulate/mutant.ts";
import type { Schedule } from "./simulate/schedule.ts";
import type { Simulation } from "./simulate/simulation.ts";
import type { MakeBackend } from "./simulate/world.ts";
import { tellStory } from "./story.ts";

/** Schedules of one seed; a failure is repeated by its seed. */
export const RUNS_PER_SEED = 1_000;

export interface Search {
  readonly runs: number;
  readonly seed: number;
  readonly makeBackend: MakeBackend;
  /** Where schedules come from; default: `schedules`. */
  readonly from?: fc.Arbitrary<Schedule>;
  readonly mutant?: Mutant;
  /** Stops at the first violation as it was found; shrinking takes some dozens of runs more. */
  readonly shrink?: boolean;
  /** Called now and then with the number of schedules run so far. */
  readonly onProgress?: (schedules: number) => void;
}

export interface Failure {
  readonly text: string;
  readonly seed: number;
  readonly schedule: Schedule;
  /** The shrunk schedule, told step by step. */
  readonly story: string;
}

export interface Findings {
  schedules: number;
  /** Of these, how many have messages with ordering keys. */
  withLanes: number;
  calls: number;
  requests: number;
  readonly faults: Map<string, number>;
  readonly transitions: Map<string, number>;
  failure?: Failure;
}

export async function explore(search: Search): Promise<Findings> {
  const findings: Findings = {
    schedules: 0,
    withLanes: 0,
    calls: 0,
    requests: 0,
    faults: new Map(),
    transitions: new Map(),
  };
  for (let left = search.runs, seed = search.seed; left > 0 && !findings.failure; seed += 1) {
    const runs = Math.min(left, RUNS_PER_SEED);
    await exploreSeed(search, seed, runs, findings);
    left -= runs;
    search.onProgress?.(findings.schedules);
  }
  return findings;
}

async function exploreSeed(
  { makeBackend, from = schedules, mutant, shrink = true }: Search,
  seed: number,
  runs: number,
  findings: Findings,
): Promise<void> {
  let firstText: string | undefined;
  const property = fc.asyncProperty(from, async (schedule) => {
    const { simulation, violation } = await runSchedule(schedule, makeBackend, mutant);
    if (firstText === undefined) count(findings, simulation);
    if (!violation) return true;
    firstText ??= violation.text;
    return false;
  });
  const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrink });
  const schedule = result.counterexample?.[0];
  if (schedule === undefined) return;
  const { simulation, violation } = await runSchedule(schedule, makeBackend, mutant);
  const story = tellStory(simulation, violation);
  findings.failure = { text: violation?.text ?? firstText ?? "", seed, schedule, story };
}

function count(findings: Findings, { ledger, schedule }: Simulation): void {
  findings.schedules += 1;
  if (schedule.messages.some(({ lane }) => lane !== undefined)) findings.withLanes += 1;
  for (const calls of ledger.calls.values()) findings.calls += calls;
  findings.requests += ledger.requests.length;
  for (const { fault } of ledger.faults) add(findings.faults, fault);
  countEvents(findings, ledger);
  for (const { before, after, process, operation } of ledger.writes) {
    const by = process.startsWith("listener") ? " by a listener" : "";
    if (operation === "abandonLease") add(findings.transitions, "lease ended with its process");
    else if (before?.revision === after.revision)
      add(findings.transitions, "dueAt moved to the end of a lease");
    else
      add(
        findings.transitions,
        `${before?.status ?? "(new)"} → ${after.status} ${after.history.at(-1)?.reason}${by}`,
      );
  }
}

/** Steps of events, told from those of messages. */
function countEvents({ transitions }: Findings, { fanOut }: Ledger): void {
  for (const gate of fanOut.gates) add(transitions, `gate ${gate}`);
  for (const { type } of fanOut.announcements.values()) add(transitions, `announced ${type}`);
  for (const { before, after } of [...fanOut.writesOf.values()].flat())
    add(transitions, `event ${before?.status ?? "(new)"} → ${after.status}`);
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
