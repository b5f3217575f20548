/**
 * Pause, hold and release. One message; two workers; an operator who pauses and resumes its endpoint twice; a reconciler
 * that drains the endpoint while it is due. What a worker knows of the endpoint may be old: one that read "paused" may
 * hold the message at any later time of its life. A life is bounded (Lambda ends it), so the last look of a drain can
 * wait for all that began before the resume.
 */
import type { Model, Take } from "../model.ts";
import {
  ACT,
  areIdle,
  DONE,
  HELD,
  IDLE,
  LAST_OPERATOR_STEP,
  LOOK,
  newState,
  QUEUED,
  type State,
  WORKERS,
  workerOf,
} from "./state.ts";
import type { WeakeningName } from "./weakening.ts";

const MOST_FAULTS = 1;

/** With `copies` of the message in the queue. */
export function holdModel(copies: number, weakening?: WeakeningName): Model {
  const here = newState();
  const next = newState();
  const first = newState();
  first.shared.revision = first.shared.messageRevision = 1;
  first.shared.copies = copies;
  let take: Take = () => {};

  return {
    width: here.bytes.length,
    first: () => first.bytes.slice(),
    steps(state, taker) {
      here.bytes.set(state);
      take = taker;
      operatorSteps();
      for (const worker of WORKERS) workerSteps(worker);
      drainSteps();
      orphanStep();
    },
  };

  function step(label: string, change: (next: State) => void): void {
    next.bytes.set(here.bytes);
    change(next);
    take({ label, next: next.bytes, violation: violation(next), isCut: false });
  }

  function operatorSteps(): void {
    if (here.shared.operatorSteps === LAST_OPERATOR_STEP) return;
    const pauses = !here.shared.paused;
    step(`operator ${pauses ? "pauses" : "resumes"} the endpoint`, ({ shared }) => {
      shared.operatorSteps += 1;
      shared.revision += 1;
      shared.paused = pauses ? 1 : 0;
      if (pauses) {
        shared.due = 0;
        return;
      }
      shared.resumes += 1;
      if (weakening !== "resumeWithoutDueAt") shared.due = 1;
    });
  }

  function workerSteps(number: (typeof WORKERS)[number]): void {
    const worker = workerOf(here, number);
    const name = `worker ${number + 1}`;
    const change = (label: string, make: (after: State) => void) =>
      step(`${name} ${label}`, (after) => {
        workerOf(after, number).clear();
        make(after);
      });
    if (!worker.busy) {
      if (here.shared.copies === 0) return;
      change(`takes a copy, reads the endpoint: ${here.shared.paused ? "paused" : "active"}`, (after) => {
        const taker = workerOf(after, number);
        taker.busy = 1;
        taker.sawPaused = here.shared.paused;
        taker.began = here.shared.resumes;
        after.shared.copies -= 1;
      });
      return;
    }
    if (worker.sawPaused) {
      change("holds the message", ({ shared }) => {
        if (shared.message !== QUEUED && weakening !== "holdUnguarded") return;
        shared.message = HELD;
        shared.messageRevision += 1;
      });
    } else {
      change("claims the message and delivers it", ({ shared }) => {
        if (shared.message === DONE) return;
        shared.message = DONE;
        shared.messageRevision += 1;
        shared.requests += 1;
      });
    }
    if (here.shared.faults === MOST_FAULTS) return;
    change("dies", ({ shared }) => {
      shared.faults += 1;
      shared.copies += 1;
    });
  }

  function drainSteps(): void {
    const { shared, drain } = here;
    if (drain.step === IDLE && shared.due)
      step("reconciler reads the due endpoint", (after) => {
        after.drain.step = LOOK;
        after.drain.revision = shared.revision;
        after.drain.resumes = shared.resumes;
      });
    if (drain.step === LOOK)
      step("reconciler looks for held messages", (after) => {
        after.drain.step = ACT;
        after.drain.found = shared.message === HELD ? shared.messageRevision : 0;
        after.drain.sawOldWorkers = hasOldWorkers() ? 1 : 0;
      });
    if (drain.step !== ACT) return;
    if (drain.found) {
      step("reconciler releases the message", (after) => {
        after.drain.clear();
        if (shared.message !== HELD || shared.messageRevision !== drain.found) return;
        after.shared.message = QUEUED;
        after.shared.messageRevision += 1;
        after.shared.copies += 1;
      });
      return;
    }
    const looksAgain = weakening === "asksAfterLooking" ? hasOldWorkers() : drain.sawOldWorkers > 0;
    if (looksAgain && weakening !== "noFollowUp")
      step("reconciler will look again later", (after) => after.drain.clear());
    else
      step("reconciler has drained the endpoint", (after) => {
        after.drain.clear();
        if (shared.revision !== drain.revision && weakening !== "drainedUnguarded") return;
        after.shared.due = 0;
        after.shared.revision += 1;
      });
  }

  /** Workers that may have seen the endpoint paused: they began before the resume which the drain read. */
  function hasOldWorkers(): boolean {
    return here.workers.some((worker) => worker.busy > 0 && worker.began < here.drain.resumes);
  }

  function orphanStep(): void {
    const { shared } = here;
    const isLost = shared.message === QUEUED && shared.copies === 0 && areIdle(here);
    if (isLost && shared.operatorSteps === LAST_OPERATOR_STEP)
      step("reconciler finds the message orphaned and sends it again", (after) => {
        after.shared.copies += 1;
      });
  }
}

function violation(state: State): string | undefined {
  const { shared, drain } = state;
  if (shared.requests > 1) return "two requests";
  const isOver = shared.operatorSteps === LAST_OPERATOR_STEP && !shared.due && drain.step === IDLE;
  if (isOver && shared.message === HELD && areIdle(state))
    return "held, although nobody pauses the endpoint, and nothing will release it";
  if (shared.message === HELD && shared.requests) return "a delivered message is held";
  return undefined;
}
