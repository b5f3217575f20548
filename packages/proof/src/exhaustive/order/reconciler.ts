/** The reconciler: looks at what is due, a message or the lane, and moves it on. */
import { endLease, passOr } from "./finish.ts";
import { newRevision, read, readLane } from "./freshness.ts";
import { goOn } from "./go-on.ts";
import { placeOf } from "./place.ts";
import { type Message, type Process, reset } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, isFinished, KIND, REASON, STATUS, STATUS_NAMES, STEP } from "./words.ts";

export function lookSteps(turn: Turn): void {
  const { guards, scenario, state } = turn;
  for (const [index, message] of state.messages.entries()) {
    if (!isDue(message)) continue;
    const { status, waitsForTurn, due, round, reason } = message;
    const waits = status === STATUS.pending && waitsForTurn;
    turn.step(
      `reads m${index}, due, ${STATUS_NAMES[status]}${waitsForTurn ? " waiting for its turn" : ""}`,
      (after) => {
        read(after, index);
        after.goal = GOAL.idle;
        if (!waits) after.step = stepFor(status);
        else if (due === DUE.farNow) after.step = STEP.giveUp;
        else if (!guards.reconcilerJoins) after.step = STEP.enqueue;
        else if (!guards.farAfterJoin) after.step = STEP.awaitTurn;
        else {
          after.place = placeOf(index, round);
          after.step = STEP.join;
        }
      },
    );
    if (scenario.sendingEnds && status === STATUS.pending && !waits && reason === REASON.sendFailed)
      turn.step(`reads m${index}, due: gives up sending`, (after) => {
        read(after, index);
        after.goal = GOAL.idle;
        after.step = STEP.giveUp;
      });
  }
  if (state.lane.due === DUE.now)
    turn.step("reads the lane, due", (after, next) => {
      readLane(next, after);
      after.goal = GOAL.settleLane;
      after.step = STEP.readHead;
    });
}

function isDue({ status, due, leaseOver }: Message): boolean {
  if (status === STATUS.none || isFinished(status)) return false;
  return (due === DUE.now || due === DUE.farNow) && (status !== STATUS.processing || leaseOver > 0);
}

function stepFor(status: number): number {
  if (status === STATUS.pending) return STEP.enqueue;
  return status === STATUS.queued ? STEP.orphan : STEP.endLease;
}

export function orphanSteps(turn: Turn): void {
  const { state, me, message } = turn;
  if (state.messageOf(me).status === STATUS.queued && me.isOwnSend)
    turn.write(`m${message} ORPHANED`, (after, next) => {
      const orphaned = next.messageOf(after);
      orphaned.status = STATUS.pending;
      orphaned.reason = REASON.orphaned;
      orphaned.due = DUE.now;
      newRevision(next, message, after);
      after.repeats = 0;
      after.step = STEP.enqueue;
    });
  else turn.step("ORPHANED refused", (after) => reset(after, STEP.idle));
}

export function endLeaseSteps(turn: Turn): void {
  const { guards, state, me, message } = turn;
  const { status, leaseOver } = state.messageOf(me);
  const isItsClaim = !guards.leaseOverNeedsClaim || (me.isOwnClaim && leaseOver);
  if (status === STATUS.processing && isItsClaim)
    turn.write(`m${message} LEASE over`, (after, next) => endLease(turn, after, next));
  else turn.step("LEASE over: refused", (after) => reset(after, STEP.idle));
}

export function awaitTurnSteps(turn: Turn): void {
  const { guards, participant, state, me, message } = turn;
  const { status, waitsForTurn } = state.messageOf(me);
  if (status === STATUS.pending && waitsForTurn && (!guards.farNeedsRevision || me.isFresh))
    turn.write(`m${message} waits: far dueAt`, (after, next) => {
      const waiting = next.messageOf(after);
      waiting.inLine = 1;
      waiting.due = DUE.far;
      if (guards.farMovesRevision) newRevision(next, message, after);
      end(after, () => goOn(participant, after, next));
    });
  else turn.step("far dueAt: refused", (after, next) => end(after, () => goOn(participant, after, next)));

  function end(after: Process, otherwise: () => void): void {
    if (after.kind === KIND.reconciler) reset(after, STEP.idle);
    else otherwise();
  }
}

export function giveUpSteps(turn: Turn): void {
  const { state, me, message } = turn;
  const { status, waitsForTurn } = state.messageOf(me);
  if (status === STATUS.pending && me.isFresh)
    turn.write(`m${message} FAILED: ${waitsForTurn ? "BLOCKED" : "SEND_EXHAUSTED"}`, (after, next) => {
      const failed = next.messageOf(after);
      failed.status = STATUS.failed;
      failed.reason = REASON.none;
      failed.due = DUE.none;
      newRevision(next, message, after);
      passOr(turn, after, next, () => reset(after, STEP.idle));
    });
  else turn.step("giving up refused", (after) => reset(after, STEP.idle));
}

/** The lane was due, and its head was seen to: disarm it if nobody waits, else look again later. */
export function settleLaneSteps(turn: Turn): void {
  const { guards, state, me } = turn;
  const { lane, line } = state;
  const sawNone = me.places === 0 && !me.overflowing;
  const sawOneAtWork = me.places === 1 && !me.overflowing && me.headReleased > 0;
  const isAsSeen = sawNone ? line.length === 0 : line.length === 1 && line.at(0) === me.head;
  const mayDisarm = {
    exact: isAsSeen && !lane.overflowing,
    size: line.length <= 1 && !lane.overflowing,
    none: true,
  }[guards.disarm];
  const settle = (due: number) =>
    turn.write(due ? "moves the lane's dueAt on" : "DISARMS the lane", (after, next) => {
      next.lane.due = due;
      reset(after, STEP.idle);
    });
  settle((sawNone || sawOneAtWork) && mayDisarm ? DUE.none : DUE.near);
}
