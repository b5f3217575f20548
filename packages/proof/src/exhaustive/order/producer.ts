/** A producer's call: store, then join. */
import { newRevision, read } from "./freshness.ts";
import { endCall, goOn } from "./go-on.ts";
import { placeOf } from "./place.ts";
import { isBatch } from "./scenario.ts";
import type { Process, State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, REASON, STATUS, STEP } from "./words.ts";

export function storeSteps(turn: Turn): void {
  const { guards, scenario, state, me, message } = turn;
  if (state.messageOf(me).status !== STATUS.none) {
    repeatedCall(turn);
    return;
  }
  if (!guards.storedBeforeJoined && !me.joined) {
    turn.step("joins before it stores", (after) => {
      after.isFresh = 1;
      after.place = placeOf(message, 0);
      after.goal = GOAL.nextCall;
      after.step = STEP.join;
    });
    return;
  }
  turn.write(`STORES m${message}`, (after, next) => {
    const stored = next.messageOf(after);
    stored.status = STATUS.pending;
    stored.reason = REASON.waiting;
    stored.waitsForTurn = 1;
    stored.attemptLimit = scenario.attempts;
    stored.due = guards.nearAtStore ? DUE.near : DUE.far;
    newRevision(next, message, after);
    after.isFresh = 1;
    afterStore(turn, after, next);
  });
}

/** The next of the batch, or the join: of both at once. */
function afterStore({ guards, participant, me: { call } }: Turn, me: Process, next: State): void {
  const current = participant.calls[call];
  if (guards.storedBeforeJoined && isBatch(current)) {
    const [first, second] = current;
    if (me.place === 0) {
      me.place = placeOf(me.message - 1, 0);
      me.message = second + 1;
      me.isFresh = 0;
      return;
    }
    me.secondPlace = placeOf(second, 0);
    me.message = first + 1;
    me.isFresh = 1;
  }
  me.goal = GOAL.nextCall;
  if (!guards.storedBeforeJoined) {
    if (me.joined === 2) me.step = STEP.enqueue;
    else goOn(participant, me, next);
    return;
  }
  me.place = placeOf(me.message - 1, 0);
  me.step = STEP.join;
}

function repeatedCall(turn: Turn): void {
  const { guards, participant, state, me, message } = turn;
  const { status, waitsForTurn, inLine, reason } = state.messageOf(me);
  const isPending = status === STATUS.pending;
  if (isPending && waitsForTurn && !inLine)
    turn.step(`repeats the call: m${message} waits for its turn`, (after, next) => {
      read(after, message);
      after.goal = GOAL.nextCall;
      after.step = guards.repeatedCallJoins ? STEP.join : STEP.enqueue;
      if (guards.repeatedCallJoins) after.place = placeOf(message, next.messageOf(after).round);
    });
  else if (isPending && !waitsForTurn && mayResume(reason))
    turn.step(`repeats the call: m${message} was not sent`, (after) => {
      read(after, message);
      after.goal = GOAL.nextCall;
      after.step = STEP.enqueue;
    });
  else
    turn.step(`repeats the call: m${message} needs nothing`, (after, next) =>
      endCall(participant, after, next, true),
    );
}

function mayResume(reason: number): boolean {
  return reason === REASON.sendFailed || reason === REASON.orphaned || reason === REASON.leaseOver;
}
