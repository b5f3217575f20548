/** The one way to the queue: mark QUEUED (for what waits for its turn: the release), send, roll back what failed. */
import { newRevision, newSend } from "./freshness.ts";
import { goOn } from "./go-on.ts";
import type { Turn } from "./turn.ts";
import { DUE, REASON, STATUS, STEP } from "./words.ts";

export function enqueueSteps(turn: Turn): void {
  const { guards, participant, state, me, message } = turn;
  const { status, waitsForTurn, attempt } = state.messageOf(me);
  const mayEnqueue = status === STATUS.pending && (!guards.releaseNeedsRevision || me.isFresh);
  if (mayEnqueue)
    turn.writeOrRepeat(
      `ENQUEUE marks m${message} QUEUED${waitsForTurn ? ": RELEASED" : ""}`,
      (after, next) => {
        const marked = next.messageOf(after);
        marked.status = STATUS.queued;
        marked.reason = marked.waitsForTurn = marked.inLine = 0;
        if (marked.due < DUE.far || guards.nearAtRelease) marked.due = DUE.near;
        after.attemptToSend = attempt + 1;
        newRevision(next, message, after);
        newSend(next, message, after);
        after.step = STEP.send;
      },
      (after) => {
        after.repeats = 1;
        after.isFresh = 0;
        after.isOwnSend = 1;
        after.attemptToSend = attempt + 1;
      },
    );
  else if (me.repeats && me.isOwnSend && status === STATUS.queued)
    turn.step("ENQUEUE refused, but it is its own", (after) => {
      after.repeats = 0;
      after.step = STEP.send;
    });
  else turn.step("ENQUEUE refused", (after, next) => goOn(participant, after, next));
}

export function sendSteps(turn: Turn): void {
  const { scenario, participant, me, message } = turn;
  turn.step(`sends the copy of m${message} for attempt ${me.attemptToSend}`, (after, next) => {
    next.addCopy(message, me.attemptToSend);
    goOn(participant, after, next);
  });
  if (!turn.mayFail || !scenario.sendsFail) return;
  turn.fault("the send fails", (after) => {
    after.step = STEP.rollback;
  });
  turn.fault("the send seems to fail, SQS took it", (after, next) => {
    next.addCopy(message, me.attemptToSend);
    after.step = STEP.rollback;
  });
}

export function rollbackSteps(turn: Turn): void {
  const { participant, state, me, message } = turn;
  if (state.messageOf(me).status === STATUS.queued && me.isOwnSend)
    turn.write("ROLLBACK", (after, next) => {
      const rolledBack = next.messageOf(after);
      rolledBack.status = STATUS.pending;
      rolledBack.reason = REASON.sendFailed;
      rolledBack.due = DUE.near;
      newRevision(next, message, after);
      goOn(participant, after, next);
    });
  else turn.step("ROLLBACK refused", (after, next) => goOn(participant, after, next));
}
