/** Strict order: one lane, its messages, the queue, and all who work on it. */
import type { Model, Step } from "../model.ts";
import {
  goOnInPlaceSteps,
  loadSteps,
  passSteps,
  readHeadSteps,
  readLaneSteps,
  sealSteps,
} from "./advance.ts";
import { canonicalFor } from "./canonical.ts";
import { deadLetterSteps, nudgeSteps, takeDeadCopySteps } from "./dead-letter.ts";
import { enqueueSteps, rollbackSteps, sendSteps } from "./enqueue.ts";
import { beginCall, endCall } from "./go-on.ts";
import type { Guards } from "./guards.ts";
import { checkAll } from "./invariants.ts";
import { armSteps, joinSegmentSteps, joinSteps, openOverflowSteps } from "./join.ts";
import { judge } from "./judge.ts";
import {
  cancelSteps,
  manualRetrySteps,
  readBlockingSteps,
  retryOrSendNowSteps,
  skipSteps,
} from "./operator.ts";
import { type Passing, queueSteps, type Source, timeSteps } from "./passing.ts";
import { storeSteps } from "./producer.ts";
import {
  awaitTurnSteps,
  endLeaseSteps,
  giveUpSteps,
  lookSteps,
  orphanSteps,
  settleLaneSteps,
} from "./reconciler.ts";
import { type Participant, participants, type Scenario } from "./scenario.ts";
import { show } from "./show.ts";
import { PROCESS, type Process, reset, restStep, State } from "./state.ts";
import type { Change, Turn } from "./turn.ts";
import { KIND, STEP } from "./words.ts";
import {
  claimSteps,
  deleteCopySteps,
  outcomeSteps,
  receiveSteps,
  requestSteps,
  responseSteps,
} from "./worker.ts";

type Steps = (turn: Turn) => void;

const nothing: Steps = () => {};

/** By the number of the step. */
const STEPS: readonly Steps[] = byNumber({
  idle: nothing,
  done: nothing,
  store: storeSteps,
  join: joinSteps,
  openOverflow: openOverflowSteps,
  joinSegment: joinSegmentSteps,
  arm: armSteps,
  enqueue: enqueueSteps,
  send: sendSteps,
  rollback: rollbackSteps,
  readLane: readLaneSteps,
  readHead: readHeadSteps,
  pass: passSteps,
  seal: sealSteps,
  load: loadSteps,
  claim: claimSteps,
  request: requestSteps,
  response: responseSteps,
  outcome: outcomeSteps,
  deleteCopy: deleteCopySteps,
  orphan: orphanSteps,
  endLease: endLeaseSteps,
  awaitTurn: awaitTurnSteps,
  giveUp: giveUpSteps,
  settleLane: settleLaneSteps,
  manualRetry: manualRetrySteps,
  skip: skipSteps,
  deadLetter: deadLetterSteps,
  nudge: nudgeSteps,
  goOnInPlace: goOnInPlaceSteps,
});

const BEGINNINGS: Readonly<Record<Participant["kind"], Steps>> = {
  producer: nothing,
  worker: receiveSteps,
  reconciler: lookSteps,
  cancel: cancelSteps,
  manualRetry: retryOrSendNowSteps,
  skip: readBlockingSteps,
  deadLetter: takeDeadCopySteps,
};

export interface LaneStep extends Step {
  /** The number of the process, or who else made it. */
  readonly source: number | Source;
}

export interface LaneModel extends Model {
  /** For a state that is chosen while steps are taken. */
  readonly scratch: Uint8Array;
  steps(state: Uint8Array, take: (step: LaneStep) => void): void;
  canonical(state: State): void;
}

export function laneModel(guards: Guards, scenario: Scenario): LaneModel {
  const everybody = participants(scenario);
  const canonical = canonicalFor(guards, scenario);
  const here = new State(scenario);
  const next = new State(scenario);
  let take: (step: LaneStep) => void = () => {};

  return {
    width: here.bytes.length,
    scratch: new Uint8Array(here.bytes.length),
    canonical,
    first,
    steps,
    show(bytes) {
      here.bytes.set(bytes);
      return show(here);
    },
  };

  function first(): Uint8Array {
    const state = new State(scenario);
    state.lane.nextSegment = 1;
    for (const [index, { kind, calls }] of everybody.entries()) {
      const process = state.process(index);
      process.kind = KIND[kind];
      if (kind === "producer") beginCall(calls, process);
    }
    canonical(state);
    for (const words of scenario.prefix) follow(state, words);
    return state.bytes;
  }

  /** Takes the first step with these words. */
  function follow(state: State, words: string): void {
    let found: Uint8Array | undefined;
    steps(state.bytes.slice(), (step) => {
      if (step.label.includes(words)) found ??= step.next.slice();
    });
    if (!found) throw new Error(`No step says "${words}" in ${show(state)}`);
    state.bytes.set(found);
  }

  function steps(bytes: Uint8Array, taker: (step: LaneStep) => void): void {
    here.bytes.set(bytes);
    take = taker;
    const idle = new Set<Participant["kind"]>();
    for (const [index, participant] of everybody.entries()) {
      const me = here.process(index);
      if (me.step !== STEP.idle) {
        if (me.step !== STEP.done) processSteps(index, participant, me);
        continue;
      }
      // Of workers, and of reconcilers, that have nothing in hand, one is as good as another.
      const isAnother = idle.has(participant.kind) && participant.calls.length === 0;
      idle.add(participant.kind);
      if (!isAnother) BEGINNINGS[participant.kind](turnOf(index, participant, me));
    }
    timeSteps(here, scenario.waitsEnd, pass);
    queueSteps(here, scenario.doublesCopies && mayFail(), pass);
  }

  function processSteps(index: number, participant: Participant, me: Process): void {
    const turn = turnOf(index, participant, me);
    if (turn.mayFail && scenario.crashes)
      turn.fault("CRASH", (after, state) => crash(participant, me, after, state));
    STEPS[me.step]?.(turn);
  }

  function mayFail(): boolean {
    return here.counts.faults < scenario.faults;
  }

  function step(label: string, source: number | Source, change: (next: State) => void): void {
    next.bytes.set(here.bytes);
    next.violation = undefined;
    next.isCut = false;
    change(next);
    const violation = next.isCut ? undefined : (next.violation ?? checkAll(next, scenario));
    canonical(next);
    take({ label, source, next: next.bytes, violation, isCut: next.isCut });
  }

  function turnOf(index: number, participant: Participant, me: Process): Turn {
    const make = (label: string, change: Change) =>
      step(`${participant.name}: ${label}`, index, (after) => change(after.process(index), after));
    const fault = (label: string, change: Change) =>
      make(label, (mine, after) => {
        change(mine, after);
        after.counts.faults += 1;
      });
    const write = (label: string, change: Change) => {
      make(label, change);
      if (!mayFail() || !scenario.losesAnswers) return;
      fault(`${label}, answer lost, gives up`, (mine, after) => {
        change(mine, after);
        if (!after.violation) crash(participant, me, mine, after);
      });
    };
    return {
      guards,
      scenario,
      participant,
      state: here,
      me,
      message: me.message - 1,
      mayFail: mayFail(),
      step: make,
      fault,
      write,
      writeOrRepeat(label, change, repeats) {
        write(label, change);
        if (!mayFail() || !scenario.repeats) return;
        fault(`${label}, answer lost, repeats`, (mine, after) => {
          change(mine, after);
          const at = here.processesAt + index * PROCESS.size;
          after.bytes.set(here.bytes.subarray(at, at + PROCESS.size), at);
          repeats?.(mine, after);
        });
      },
      judge: (state, place) => judge(state, place, guards, scenario),
    };
  }

  function pass({ label, source, isFault = false, change }: Passing): void {
    const isQueue = source === "queue";
    const limit = isQueue ? scenario.redeliveries : scenario.lateEvents;
    const counted = isQueue ? "redeliveries" : "lateEvents";
    if (!isFault && here.counts[counted] >= limit) return;
    step(label, source, (after) => {
      if (isFault) after.counts.faults += 1;
      else if (Number.isFinite(limit)) after.counts[counted] += 1;
      change(after);
    });
  }
}

/** `before` is the process as it was before the step that it did not survive. */
function crash(participant: Participant, before: Process, me: Process, next: State): void {
  if (me.kind === KIND.producer) {
    endCall(participant, me, next, false);
    return;
  }
  if (me.kind === KIND.worker) {
    if (me.copyMessage && before.step !== STEP.claim) next.message(me.copyMessage - 1).explained = 1;
    next.giveBack(me);
  }
  if (me.kind === KIND.deadLetter && me.copyMessage) next.addCopy(me.copyMessage - 1, me.copyAttempt);
  reset(me, restStep(me));
}

function byNumber(steps: Readonly<Record<keyof typeof STEP, Steps>>): Steps[] {
  return (Object.keys(STEP) as (keyof typeof STEP)[]).map((name) => steps[name]);
}
