/** The dead-letter consumer: fails, or returns, the message of a dead copy. It may not send, so it nudges the lane. */
import { newRevision, read } from "./freshness.ts";
import { placeOf } from "./place.ts";
import { type Process, reset, type State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, REASON, STATUS, STEP } from "./words.ts";

export function takeDeadCopySteps(turn: Turn): void {
  if (!turn.mayFail) return;
  for (let index = 0; index < turn.state.copies.length; index += 1) {
    const { message, attempt } = turn.state.copy(index);
    turn.fault(`takes the dead copy of m${message} for attempt ${attempt}`, (after, next) => {
      next.copies.removeAt(index);
      read(after, message);
      after.copyMessage = message + 1;
      after.copyAttempt = attempt;
      after.goal = GOAL.idle;
      after.step = STEP.deadLetter;
    });
  }
}

export function deadLetterSteps(turn: Turn): void {
  const { guards, state, me, message } = turn;
  const { status, attempt, waitsForTurn } = state.messageOf(me);
  const isQueued = status === STATUS.queued;
  const isOpen = status === STATUS.pending || isQueued;
  const isItsTurn = guards.deadLetterNeedsWaiting
    ? isOpen && !waitsForTurn
    : isOpen || status === STATUS.processing;
  if (!isItsTurn || (guards.deadLetterNeedsAttempt && attempt !== me.copyAttempt - 1)) {
    turn.step("the dead copy is dropped", (after) => reset(after, STEP.idle));
    return;
  }
  turn.write(`m${message} FAILED: DEAD_LETTERED`, (after, next) => {
    move(after, next, STATUS.failed, REASON.none, DUE.none);
    after.place = placeOf(message, next.messageOf(after).round);
    if (turn.judge(next, after.place) === "passed") after.step = STEP.nudge;
    else reset(after, STEP.idle);
  });
  if (isQueued)
    turn.write(`m${message} -> PENDING: COPY_DEAD_LETTERED`, (after, next) => {
      move(after, next, STATUS.pending, REASON.none, DUE.now);
      reset(after, STEP.idle);
    });

  function move(after: Process, next: State, to: number, reason: number, due: number): void {
    const moved = next.messageOf(after);
    moved.status = to;
    moved.reason = reason;
    moved.due = due;
    newRevision(next, message, after);
    after.copyMessage = 0;
  }
}

export function nudgeSteps(turn: Turn): void {
  turn.write("NUDGES the lane", (after, next) => {
    if (next.line.length && next.line.at(0) === after.place) next.lane.due = DUE.now;
    reset(after, STEP.idle);
  });
}
