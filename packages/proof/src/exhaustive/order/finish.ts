/** Writes that may finish a message; who makes one then passes its place. */
import { newRevision } from "./freshness.ts";
import { placeOf } from "./place.ts";
import { type Process, reset, type State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, KIND, REASON, STATUS, STEP } from "./words.ts";

/** The place of the message it has read; with `otherwise` what it does unless the place can be passed. */
export function passOr(turn: Turn, me: Process, next: State, otherwise: () => void): void {
  me.place = placeOf(me.message - 1, next.messageOf(me).round);
  if (turn.judge(next, me.place) === "passed") me.step = STEP.pass;
  else otherwise();
}

/** The lease is over: the attempt is UNKNOWN, and was the last, or is repeated. */
export function endLease(turn: Turn, me: Process, next: State): void {
  const message = next.messageOf(me);
  const isLast = message.attempt >= message.attemptLimit;
  const isWorker = me.kind === KIND.worker;
  message.leaseOver = 0;
  message.explained = 1;
  newRevision(next, turn.message, me);
  if (isLast) {
    message.status = STATUS.failed;
    message.due = DUE.none;
    passOr(turn, me, next, () => {
      if (isWorker) me.step = STEP.deleteCopy;
      else reset(me, STEP.idle);
    });
    return;
  }
  message.status = STATUS.pending;
  message.reason = REASON.leaseOver;
  message.due = DUE.now;
  me.step = isWorker ? STEP.deleteCopy : STEP.enqueue;
  if (!isWorker) me.repeats = 0;
}
