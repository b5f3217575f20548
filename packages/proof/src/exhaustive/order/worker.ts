/** A worker: take a copy, claim its message, make the request, write the outcome, advance the lane, delete the copy. */
import { endLease, passOr } from "./finish.ts";
import { newClaim, newRevision } from "./freshness.ts";
import { messageAt, placeOf, roundAt } from "./place.ts";
import { type Process, reset, type State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, isFinished, REASON, RESPONSE, STATUS, STATUS_NAMES, STEP } from "./words.ts";

/** Bits of `requestedAttempts`; no scenario makes more attempts than that. */
const MOST_ATTEMPTS = 6;

export function receiveSteps(turn: Turn): void {
  const { copies } = turn.state;
  for (let index = 0; index < copies.length; index += 1) {
    if (index > 0 && copies.at(index) === copies.at(index - 1)) continue;
    const { message, attempt } = turn.state.copy(index);
    turn.step(`receives the copy of m${message} for attempt ${attempt}`, (after, next) => {
      next.copies.removeAt(index);
      after.message = after.copyMessage = message + 1;
      after.copyAttempt = attempt;
      after.holdsCopy = 1;
      after.goal = GOAL.deleteCopy;
      after.step = STEP.claim;
    });
  }
}

export function claimSteps(turn: Turn): void {
  const { guards, scenario, state, me, message } = turn;
  const { status, attempt, attemptLimit, leaseOver, waitsForTurn } = state.messageOf(me);
  const isWaiting = status === STATUS.queued || status === STATUS.pending;
  const mayClaim = isWaiting && attempt === me.copyAttempt - 1 && !(guards.claimNeedsTurn && waitsForTurn);
  const isOver = status === STATUS.processing && leaseOver > 0 && attempt === me.copyAttempt;
  if (mayClaim || (isOver && attempt < attemptLimit)) {
    const verb = mayClaim ? "CLAIMS" : "TAKES OVER";
    turn.step(`${verb} m${message} from ${STATUS_NAMES[status]}, attempt ${attempt + 1}`, (after, next) =>
      claim(turn, after, next),
    );
    if (turn.mayFail && scenario.losesAnswers)
      turn.fault("CLAIM written, answer lost, gives the copy back", (after, next) => {
        claim(turn, after, next);
        next.messageOf(after).explained = 1;
        next.giveBack(after);
        reset(after, STEP.idle);
      });
    if (turn.mayFail && scenario.repeats)
      turn.fault("CLAIM written, answer lost, repeats", (after, next) => {
        claim(turn, after, next);
        after.step = STEP.claim;
        after.repeats = 1;
      });
  } else if (me.repeats && me.isOwnClaim && status === STATUS.processing)
    turn.step("CLAIM refused, but it is its own", (after) => {
      after.repeats = 0;
      after.step = STEP.request;
    });
  else if (isOver) turn.write(`ends the lease of m${message}`, (after, next) => endLease(turn, after, next));
  else
    turn.step("CLAIM refused", (after, next) => {
      after.step = STEP.deleteCopy;
      if (isFinished(status) && guards.refusedCopyAdvances) passOr(turn, after, next, () => {});
    });
}

function claim({ guards, message }: Turn, me: Process, next: State): void {
  const claimed = next.messageOf(me);
  claimed.status = STATUS.processing;
  claimed.reason = claimed.leaseOver = 0;
  if (!guards.claimNeedsTurn) claimed.waitsForTurn = 0;
  claimed.attempt += 1;
  if (claimed.due > DUE.now) claimed.due = DUE.near;
  newRevision(next, message, me);
  newClaim(next, message, me);
  me.step = STEP.request;
  if (claimed.attempt > MOST_ATTEMPTS) next.isCut = true;
}

export function requestSteps(turn: Turn): void {
  const { guards, scenario, state, me, message } = turn;
  if (guards.requestNeedsLease && me.leaseOver) {
    turn.step("its lease is over: no request", (after) => {
      after.step = STEP.deleteCopy;
    });
    return;
  }
  const { attempt, round } = state.messageOf(me);
  turn.step(`REQUEST for m${message}, attempt ${attempt}, leaves`, (after, next) => {
    next.violation = outOfOrder(next, message, scenario.checksLateRequests);
    const requested = next.messageOf(after);
    requested.requestedAttempts |= 1 << attempt;
    requested.requestedRounds |= 1 << round;
    after.step = STEP.response;
  });
}

/** Whether a request for the message may leave now. */
function outOfOrder(state: State, index: number, checksLate: boolean): string | undefined {
  const message = state.message(index);
  if (message.status !== STATUS.processing && checksLate)
    return `LATE: a request leaves while its message is ${STATUS_NAMES[message.status]}`;
  const at = state.order.indexOf(placeOf(index, message.round));
  if (at < 0) return "ORD: a request leaves for a message that has no place, or was passed";
  for (const [position, place] of [...state.order].entries()) {
    if (position < at && !state.isPast(place))
      return "ORD: a request leaves before an earlier message is finished";
    if (position > at && wasRequested(state, place))
      return "ORD: a request leaves after a later message has begun";
  }
  for (const other of state.messages)
    if (other !== message && other.status === STATUS.processing && !other.leaseOver)
      return "TWO: two live claims on one lane";
  if (message.requestedAttempts & (1 << message.attempt))
    return "NUM: a second request under one attempt number";
  if (message.succeeded && !message.explained)
    return "DUP: a second request after success that no fault explains";
  return undefined;
}

function wasRequested(state: State, place: number): boolean {
  return ((state.message(messageAt(place)).requestedRounds >> roundAt(place)) & 1) === 1;
}

export function responseSteps(turn: Turn): void {
  const { scenario } = turn;
  const answered = (response: number, succeeds: boolean) => (after: Process, next: State) => {
    if (succeeds) next.messageOf(after).succeeded = 1;
    after.response = response;
    after.step = STEP.outcome;
  };
  turn.step("the target answers 2xx", answered(RESPONSE.success, true));
  if (scenario.retryable) turn.step("the target answers 503", answered(RESPONSE.retryable, false));
  if (scenario.permanent) turn.step("the target answers 410", answered(RESPONSE.permanent, false));
  if (turn.mayFail)
    turn.fault("the target takes it, the worker sees a timeout", (after, next) => {
      answered(RESPONSE.retryable, true)(after, next);
      next.messageOf(after).explained = 1;
    });
}

export function outcomeSteps(turn: Turn): void {
  const { guards, state, me, message } = turn;
  const { status, attempt, attemptLimit } = state.messageOf(me);
  if (status !== STATUS.processing || (guards.outcomeNeedsClaim && !me.isOwnClaim)) {
    turn.step("OUTCOME refused", (after) => {
      after.response = RESPONSE.none;
      after.step = STEP.deleteCopy;
    });
    return;
  }
  const isLast = me.response === RESPONSE.permanent || attempt >= attemptLimit;
  const failed = isLast ? STATUS.failed : STATUS.pending;
  const outcome = me.response === RESPONSE.success ? STATUS.completed : failed;
  const isRetried = outcome === STATUS.pending;
  const write = (after: Process, next: State) => {
    const written = next.messageOf(after);
    written.status = outcome;
    written.reason = isRetried ? REASON.retry : REASON.none;
    written.leaseOver = 0;
    written.due = isRetried ? DUE.near : DUE.none;
    newRevision(next, message, after);
    after.response = RESPONSE.none;
    after.step = STEP.deleteCopy;
    if (!isRetried) passOr(turn, after, next, () => {});
  };
  turn.write(`OUTCOME m${message} -> ${STATUS_NAMES[outcome]}`, write);
  if (isRetried)
    turn.step(`OUTCOME m${message} -> PENDING, enqueues it`, (after, next) => {
      write(after, next);
      after.repeats = 0;
      after.step = STEP.enqueue;
    });
}

export function deleteCopySteps(turn: Turn): void {
  turn.step("deletes its copy", (after) => reset(after, STEP.idle));
}
