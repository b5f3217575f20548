/**
 * Faults have stopped. From a state one fair run goes to the end: whoever is at work goes on, then copies are received,
 * then what is due is looked at, and only when nothing is left to do does time pass. Everything that was stored must
 * finish, or wait behind a FAILED message that blocks.
 */
import { Visited } from "../visited.ts";
import type { LaneModel } from "./model.ts";
import { passAllTime } from "./passing.ts";
import { type Participant, participants, type Scenario } from "./scenario.ts";
import { show } from "./show.ts";
import { type Process, reset, restStep, State } from "./state.ts";
import { isFinished, KIND, STATUS, STEP } from "./words.ts";

/** Far more than any run that ends has needed. */
const MOST_STEPS = 600;

/** The scenario in which nothing fails any more and nothing else is bounded; the far dueAt may not help. */
export function calm(scenario: Scenario): Scenario {
  return {
    ...scenario,
    faults: 0,
    queue: 6,
    waitsEnd: false,
    lateEvents: Number.POSITIVE_INFINITY,
    redeliveries: Number.POSITIVE_INFINITY,
  };
}

export class FairRuns {
  readonly #model: LaneModel;
  readonly #scenario: Scenario;
  readonly #participants: readonly Participant[];
  readonly #state: State;
  /** States from which a run was seen to end well. */
  readonly #ending: Visited;

  /** `model` is the calm one of this scenario. */
  constructor(model: LaneModel, scenario: Scenario) {
    this.#model = model;
    this.#scenario = scenario;
    this.#participants = participants(scenario);
    this.#state = new State(scenario);
    this.#ending = new Visited(model.width);
  }

  /** The run that does not end; undefined if it does. With `kill` every busy process dies first. */
  endless(from: Uint8Array, kill: boolean): readonly string[] | undefined {
    const state = this.#state;
    state.bytes.set(from);
    state.counts.clear();
    for (const [index, process] of state.processes.entries()) this.#calm(process, index, kill);
    const run: string[] = [];
    const states: Uint8Array[] = [];
    for (let step = 0; step < MOST_STEPS; step += 1) {
      this.#model.canonical(state);
      if (this.#isSettled() || this.#ending.has(state.bytes)) {
        for (const seen of states) this.#ending.add(seen);
        return undefined;
      }
      states.push(state.bytes.slice());
      if (!this.#goOn(run)) break;
    }
    return [...run.slice(0, 60), `it ends in ${show(state)}`];
  }

  #calm(process: Process, index: number, kill: boolean): void {
    const kind = this.#participants[index]?.kind;
    if (kill && process.step > STEP.done) {
      if (kind === "worker") this.#state.giveBack(process);
      if (kind === "deadLetter" && process.copyMessage)
        this.#state.addCopy(process.copyMessage - 1, process.copyAttempt);
      reset(process, restStep(process));
    }
    const actsNoMore = kind === "manualRetry" || kind === "cancel" || kind === "skip";
    if (actsNoMore && process.step === STEP.idle) process.step = STEP.done;
    if (kind === "producer" && kill) reset(process, STEP.done);
  }

  #goOn(run: string[]): boolean {
    const state = this.#state;
    let best = 0;
    let label = "";
    let canWait = false;
    const chosen = this.#model.scratch;
    const now = state.bytes.slice();
    this.#model.steps(now, (step) => {
      if (step.isCut) return;
      if (step.source === "time") canWait = true;
      if (typeof step.source !== "number") return;
      const rank = urgency(state.process(step.source));
      if (rank <= best) return;
      best = rank;
      label = step.label;
      chosen.set(step.next);
    });
    if (best > 0) {
      run.push(label);
      state.bytes.set(chosen);
    } else if (canWait) {
      run.push("time passes");
      passAllTime(state);
    } else return false;
    return true;
  }

  #isSettled(): boolean {
    const { messages } = this.#state;
    const { blocking } = this.#scenario;
    const isBlocked = messages.some(
      ({ status, skipped }, index) => status === STATUS.failed && blocking.includes(index) && !skipped,
    );
    return messages.every(({ status, waitsForTurn }) => {
      if (status === STATUS.none || isFinished(status)) return true;
      return isBlocked && status === STATUS.pending && waitsForTurn > 0;
    });
  }
}

/** 0: has no part in a fair run. */
function urgency({ kind, step }: Process): number {
  if (step > STEP.done) return 3;
  if (kind === KIND.worker) return 2;
  return kind === KIND.reconciler ? 1 : 0;
}
