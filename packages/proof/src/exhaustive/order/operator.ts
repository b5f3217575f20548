/** What people do to messages of the lane: cancel, retry, send now, skip. */
import { newRevision, read } from "./freshness.ts";
import { placeOf } from "./place.ts";
import { reset } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, REASON, STATUS, STATUS_NAMES, STEP } from "./words.ts";

function targetOf({ participant: { calls } }: Turn): number {
  const [message] = calls;
  return typeof message === "number" ? message : 0;
}

export function cancelSteps(turn: Turn): void {
  const target = targetOf(turn);
  const { status } = turn.state.message(target);
  const isOpen = status === STATUS.pending || status === STATUS.queued;
  if (!isOpen && !(turn.guards.cancelsProcessing && status === STATUS.processing)) return;
  turn.step(`CANCEL of ${STATUS_NAMES[status]}`, (after, next) => {
    const cancelled = next.message(target);
    cancelled.status = STATUS.cancelled;
    cancelled.reason = REASON.none;
    cancelled.due = DUE.none;
    read(after, target);
    newRevision(next, target, after);
    after.place = placeOf(target, cancelled.round);
    after.goal = GOAL.done;
    after.step = STEP.pass;
  });
}

/** Once a message; "send now" is for what waits for its next attempt. */
export function retryOrSendNowSteps(turn: Turn): void {
  const target = targetOf(turn);
  const { status, round, reason, waitsForTurn } = turn.state.message(target);
  const isPending = status === STATUS.pending;
  const reads = (label: string, step: number) =>
    turn.step(label, (after) => {
      read(after, target);
      after.goal = GOAL.done;
      after.step = step;
    });
  if (status === STATUS.failed && round === 0) reads("reads FAILED", STEP.manualRetry);
  else if (isPending && !waitsForTurn && reason === REASON.retry) reads("sends it now", STEP.enqueue);
  else if (isPending && waitsForTurn && !turn.guards.sendNowNeedsTurn)
    reads("sends now what waits for its turn", STEP.enqueue);
}

export function manualRetrySteps(turn: Turn): void {
  const { guards, scenario, state, me, message } = turn;
  if (state.messageOf(me).status !== STATUS.failed || !me.isFresh) {
    turn.step("MANUAL RETRY refused", (after) => reset(after, STEP.done));
    return;
  }
  turn.write(`MANUAL RETRY of m${message}`, (after, next) => {
    const retried = next.messageOf(after);
    const keepsPlace = guards.retryKeepsPlace && scenario.blocking.includes(message) && !retried.skipped;
    retried.status = STATUS.pending;
    retried.reason = REASON.manual;
    retried.attemptLimit = retried.attempt + scenario.attempts;
    retried.due = DUE.near;
    newRevision(next, message, after);
    after.repeats = 0;
    after.step = STEP.enqueue;
    if (!guards.retryWaits) {
      retried.waitsForTurn = 0;
      return;
    }
    retried.inLine = 0;
    if (keepsPlace && !retried.waitsForTurn) return;
    if (!keepsPlace) {
      retried.round += 1;
      retried.waitsForTurn = 1;
      retried.skipped = retried.succeeded = 0;
    }
    retried.reason = REASON.waiting;
    after.place = placeOf(message, retried.round);
    after.step = STEP.join;
  });
}

export function readBlockingSteps(turn: Turn): void {
  const target = targetOf(turn);
  const { status, skipped } = turn.state.message(target);
  if (status !== STATUS.failed || !turn.scenario.blocking.includes(target) || skipped) return;
  turn.step("reads FAILED and blocking", (after) => {
    read(after, target);
    after.goal = GOAL.done;
    after.step = STEP.skip;
  });
}

export function skipSteps(turn: Turn): void {
  const { state, me, message } = turn;
  if (state.messageOf(me).status !== STATUS.failed || !me.isFresh) {
    turn.step("SKIP refused", (after) => reset(after, STEP.done));
    return;
  }
  turn.write(`SKIP of m${message}`, (after, next) => {
    const skipped = next.messageOf(after);
    skipped.skipped = 1;
    newRevision(next, message, after);
    after.place = placeOf(message, skipped.round);
    after.step = STEP.pass;
  });
}
