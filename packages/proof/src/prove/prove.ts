/**
 * `npm run prove -- --runs N [--seed S]`: N generated schedules against the real core, in memory; prints what
 * was injected and any violation as a story. `npm run prove -- --mutants`: shows that the model catches the
 * removal of each guard; with `--keep` the shrunk schedules replace those that `npm test` checks the mutants
 * with. `npm run prove -- --outages`: hours of outage with up to 50,000 messages. `npm run prove -- --exhaustive NAME`: every
 * state of a protocol that is to come. Exit code 1 on a violation or a mutant that survives.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { formatDuration } from "@homing/core/duration";
import { numberOption, OptionError, scriptOptions } from "@homing/functions/machine/script-options";
import { PROTOCOLS } from "../exhaustive/protocols.ts";
import { exploreParts, exploreWeakenings } from "../exhaustive/report.ts";
import { EVENT_MUTANTS } from "./event-mutants.ts";
import { explore, type Findings } from "./explore.ts";
import { GATE_MUTANTS, PACED_GATE_MUTANTS } from "./gate-mutants.ts";
import { eventSchedules } from "./generate-events.ts";
import { gatedAndPaced, gatedSchedules } from "./generate-gated.ts";
import { orderedSchedules } from "./generate-order.ts";
import { paced } from "./generate-paced.ts";
import { restartedSchedules } from "./generate-restarts.ts";
import { watchedSchedules } from "./generate-watched.ts";
import { HEALTH_MUTANTS } from "./health-mutants.ts";
import { HOLD_MUTANTS } from "./hold-mutants.ts";
import { memoryBackend } from "./memory-backend.ts";
import mutantSchedules from "./mutant-schedules.json" with { type: "json" };
import { MUTANTS } from "./mutants.ts";
import { ORDER_MUTANTS } from "./order-mutants.ts";
import { OUTAGES, simulateOutage } from "./outages/outage.ts";
import { OVERFLOW_MUTANTS } from "./overflow-mutants.ts";
import { PACE_MUTANTS } from "./pace-mutants.ts";
import { RESTART_MUTANTS } from "./restart-mutants.ts";
import { messageSchedules } from "./schedules.ts";
import type { Schedule } from "./simulate/schedule.ts";
import { proveSyncMutants, proveSyncs } from "./syncs/prove-syncs.ts";

const DEFAULT_RUNS = 10_000;
/** Some three times what the hardest mutant has needed. */
const RUNS_PER_MUTANT = 20_000;

/** Each on a file of its own. */
const SYNC_RUNS = 2_000;

const MOST_RUNS = 1_000_000_000;

/** Some 100 bytes each, as far as they are remembered at once. */
const MOST_STATES = 30_000_000;
const ALL_PROTOCOLS = "all";
const IN_ORDER = { schedules: orderedSchedules, flag: "--order" };
const RESTARTED = { schedules: restartedSchedules, flag: "--restarts" };
const GATED = { schedules: gatedSchedules, flag: "--gated" };
const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[];

const HELP = `Usage: npm run prove -- [options]

Generated schedules of faults against the real core, in memory. Exit code 1 on a violation, told as a story, or if a
mutant survives.

  --runs N     schedules (${DEFAULT_RUNS}), or at most so many for each mutant (${RUNS_PER_MUTANT})
  --seed N     the same schedules again
  --order      schedules with ordering keys alone
  --restarts   those of one machine whose process is killed, alone
  --gated      those of endpoints that fail and hold what they get, some of them limited, alone
  --mutants    remove each guard in turn; the model has to notice
  --only NAME  with --mutants: this one
  --keep       with --mutants: keep the shortest schedules for \`npm test\`
  --syncs      schedules of the syncs of one machine's log and of power cuts, on the real database, alone
  --outages    hours of outage with up to 50,000 messages

  --exhaustive NAME   every state of a protocol that is to come (docs/guarantees.md): ${[...PROTOCOL_NAMES, ALL_PROTOCOLS].join(", ")}
  --part N            one of its scenarios, or of its rules, alone
  --states N          ends each search, undecided (${MOST_STATES})
  --mutants           take out each of its rules in turn; each has to be missed
`;

const known = mutantSchedules as unknown as Readonly<Record<string, Schedule>>;
const KEPT = fileURLToPath(new URL("mutant-schedules.json", import.meta.url));
const options = {
  runs: { type: "string" },
  seed: { type: "string" },
  mutants: { type: "boolean", default: false },
  only: { type: "string" },
  keep: { type: "boolean", default: false },
  outages: { type: "boolean", default: false },
  syncs: { type: "boolean", default: false },
  order: { type: "boolean", default: false },
  restarts: { type: "boolean", default: false },
  gated: { type: "boolean", default: false },
  exhaustive: { type: "string" },
  part: { type: "string" },
  states: { type: "string" },
} as const;
const given = scriptOptions(
  { help: HELP, options },
  ({ runs, seed, exhaustive, part, states, ...flags }) => ({
    ...flags,
    protocols: protocolsOf(exhaustive),
    part: numberOption("part", part, { least: 1, most: mostParts(exhaustive, flags.mutants), whole: true }),
    states: numberOption("states", states, { least: 1, most: MOST_STATES, whole: true }),
    runs: numberOption("runs", runs, { least: 1, most: MOST_RUNS, whole: true }),
    seed: numberOption("seed", seed, { least: 0, most: 2 ** 32 - 1, whole: true }),
  }),
);
const seed = given.seed ?? Math.floor(Math.random() * 2 ** 30);

if (given.protocols) process.exitCode = proveExhaustively(given.protocols);
else if (given.syncs) process.exitCode = await proveLog();
else if (given.mutants) process.exitCode = await proveMutants(given.runs ?? RUNS_PER_MUTANT);
else if (given.outages) process.exitCode = await proveOutages();
else process.exitCode = await proveSystem(given.runs ?? DEFAULT_RUNS);

function protocolsOf(name: string | undefined): readonly (keyof typeof PROTOCOLS)[] | undefined {
  if (name === undefined || name === ALL_PROTOCOLS) return name === undefined ? undefined : PROTOCOL_NAMES;
  const known = PROTOCOL_NAMES.find((one) => one === name);
  if (known) return [known];
  throw new OptionError(
    `--exhaustive: "${name}" is none of ${[...PROTOCOL_NAMES, ALL_PROTOCOLS].join(", ")}.`,
  );
}

function mostParts(name: string | undefined, mutants: boolean): number {
  const protocols = (protocolsOf(name) ?? PROTOCOL_NAMES).map((known) => PROTOCOLS[known]);
  return Math.max(...protocols.map(({ parts, weakenings }) => (mutants ? weakenings : parts).length));
}

function proveExhaustively(names: readonly (keyof typeof PROTOCOLS)[]): number {
  const { part, states: mostStates = MOST_STATES } = given;
  const explore = given.mutants ? exploreWeakenings : exploreParts;
  let wrong = 0;
  for (const name of names) {
    print(`${name}: ${PROTOCOLS[name].about}`);
    wrong += explore(PROTOCOLS[name], { part, mostStates, print });
  }
  print(given.mutants ? `Survived: ${wrong}` : `Violations: ${wrong}`);
  return wrong === 0 ? 0 : 1;
}

async function proveLog(): Promise<number> {
  const search = { runs: given.runs ?? SYNC_RUNS, seed, print };
  return (await (given.mutants ? proveSyncMutants(search, given) : proveSyncs(search))) === 0 ? 0 : 1;
}

async function proveSystem(runs: number): Promise<number> {
  const startedAt = performance.now();
  const of = given.order ? IN_ORDER : given.restarts ? RESTARTED : given.gated ? GATED : undefined;
  const findings = await explore({
    runs,
    seed,
    makeBackend: memoryBackend,
    ...(of ? { from: of.schedules } : {}),
    onProgress: (schedules) => process.stderr.write(`\r${schedules} of ${runs} schedules `),
  });
  process.stderr.write("\r");
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`Seed ${seed}, ${seconds.toFixed(0)} s.`);
  printFindings(findings);
  if (!findings.failure) return 0;
  print("");
  print(findings.failure.story);
  print(
    `Repeat it with: npm run prove -- --runs 1000 --seed ${findings.failure.seed}${of ? ` ${of.flag}` : ""}`,
  );
  return 1;
}

async function proveMutants(runs: number): Promise<number> {
  print(`Seed ${seed}. Each mutant runs until it is caught, at most ${runs} schedules.`);
  let survivors = 0;
  const kept: Record<string, Schedule> = given.only === undefined ? {} : structuredClone(known);
  const all = [
    ...MUTANTS.map((mutant) => ({ mutant, from: messageSchedules })),
    ...[...EVENT_MUTANTS, ...HOLD_MUTANTS].map((mutant) => ({ mutant, from: eventSchedules })),
    ...PACE_MUTANTS.map((mutant) => ({ mutant, from: paced })),
    ...HEALTH_MUTANTS.map((mutant) => ({ mutant, from: watchedSchedules })),
    ...GATE_MUTANTS.map((mutant) => ({ mutant, from: gatedSchedules })),
    ...PACED_GATE_MUTANTS.map((mutant) => ({ mutant, from: gatedAndPaced })),
    ...[...ORDER_MUTANTS, ...OVERFLOW_MUTANTS].map((mutant) => ({ mutant, from: orderedSchedules })),
    ...RESTART_MUTANTS.map((mutant) => ({ mutant, from: restartedSchedules })),
  ].filter(({ mutant: { name } }) => given.only === undefined || given.only === name);
  if (all.length === 0) {
    print(`--only: there is no mutant "${given.only}".`);
    return 1;
  }
  for (const { mutant, from } of all) {
    const search = { runs, seed, makeBackend: memoryBackend, from, mutant, shrink: given.keep };
    const { failure, schedules } = await explore(search);
    if (failure) kept[mutant.name] = failure.schedule;
    else survivors += 1;
    const verdict = failure ? `caught after ${schedules}` : "SURVIVED";
    print(`${mutant.name.padEnd(24)} ${verdict.padEnd(20)} ${mutant.removes}`);
    if (failure) print(`${" ".repeat(38)}${failure.text}`);
  }
  print(`${all.length} mutants, ${all.length - survivors} caught, ${survivors} survived.`);
  if (given.keep) await writeFile(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`);
  return survivors === 0 ? 0 : 1;
}

async function proveOutages(): Promise<number> {
  let violations = 0;
  for (const outage of Object.values(OUTAGES)) {
    const account = await simulateOutage(outage);
    if (account.violation) violations += 1;
    const calls = [...account.callsMeanwhile].filter(([, count]) => count > 0);
    print(`${outage.name}:`);
    print(`  completed ${account.completed} of ${account.accepted}, failed ${account.failed}`);
    print(`  requests ${account.requests}, most copies of one message ${account.mostCopies}`);
    print(`  all over ${formatDuration(Math.ceil(account.overAfterMs / 1_000) * 1_000)} after the outage`);
    print(`  calls meanwhile: ${calls.map(([name, count]) => `${name} ${count}`).join(", ")}`);
    print(`  violations: ${account.violation ?? 0}`);
  }
  return violations === 0 ? 0 : 1;
}

function printFindings(findings: Findings): void {
  const { schedules, withLanes, calls, requests, faults, transitions, failure } = findings;
  print(
    `Schedules ${schedules}, of which ${withLanes} with ordering keys, calls ${calls}, requests to targets ${requests}.`,
  );
  print(`Faults injected ${total(faults)}:`);
  printCounts(faults);
  print(`Transitions ${total(transitions)}:`);
  printCounts(transitions);
  print(`Violations: ${failure ? failure.text : "0"}`);
}

function printCounts(counts: ReadonlyMap<string, number>): void {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  for (const [name, count] of rows) print(`${String(count).padStart(10)}  ${name}`);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
