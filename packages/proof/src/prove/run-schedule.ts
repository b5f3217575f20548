import { imbalance } from "./check/account.ts";
import { Checker } from "./check/checker.ts";
import type { Violation } from "./check/violation.ts";
import { startAdministrator } from "./simulate/administrator.ts";
import { startEventProducers } from "./simulate/event-producers.ts";
import { startListeners } from "./simulate/listeners.ts";
import type { Mutant } from "./simulate/mutant.ts";
import { startActions } from "./simulate/operators.ts";
import { startProducers } from "./simulate/producers.ts";
import type { Schedule } from "./simulate/schedule.ts";
import { Simulation } from "./simulate/simulation.ts";
import type { MakeBackend } from "./simulate/world.ts";

/** The longest schedule is retried by hand after weeks, several times, with every fault on top. */
const HORIZON_MS = 200 * 24 * 3_600_000;
const MAX_STEPS = 50_000;

export interface RunResult {
  readonly simulation: Simulation;
  /** The first one; absent if all held. */
  readonly violation?: Violation;
}

/** Runs one schedule from its first call until nothing is left to happen, and checks all of it. */
export async function runSchedule(
  schedule: Schedule,
  makeBackend: MakeBackend,
  mutant?: Mutant,
  maxSteps = MAX_STEPS,
): Promise<RunResult> {
  const simulation = await Simulation.create(schedule, makeBackend, { mutant });
  const checker = new Checker(simulation);
  await startAdministrator(simulation);
  startProducers(simulation);
  startEventProducers(simulation);
  startListeners(simulation);
  startActions(simulation);
  const end = await simulation.run(HORIZON_MS, maxSteps);
  if (end !== "rest") checker.report(undefined, "it never comes to rest");
  if (!checker.violation) {
    const finding = imbalance(simulation.ledger, simulation.settings);
    if (finding) checker.report(finding.messageId, finding.text);
  }
  if (!checker.violation) {
    const noticed = await simulation.backend.audit?.();
    if (noticed) checker.report(undefined, noticed);
  }
  return { simulation, ...(checker.violation ? { violation: checker.violation } : {}) };
}
