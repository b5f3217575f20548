/** Advancing the lane: look at its head; pass what is finished, release what waits for its turn, load what overflowed. */
import { newClaim, newRevision, read, readLane } from "./freshness.ts";
import { goOn } from "./go-on.ts";
import { isSamePlace } from "./judge.ts";
import { messageAt, tellPlace } from "./place.ts";
import type { Turn } from "./turn.ts";
import { DUE, GOAL, KIND, STATUS, STEP } from "./words.ts";

export function readLaneSteps(turn: Turn): void {
  turn.step("reads the lane", (after, next) => {
    readLane(next, after);
    after.step = STEP.readHead;
  });
}

export function readHeadSteps(turn: Turn): void {
  const { guards, participant, state, me } = turn;
  const { head } = me;
  if (!head) {
    if (me.overflowing)
      turn.step("the line is empty, the overflow is next", (after) => {
        after.step = STEP.seal;
      });
    else turn.step("the line is empty", (after, next) => goOn(participant, after, next));
    return;
  }
  const reads = `reads the head ${tellPlace(head)}`;
  switch (turn.judge(state, head)) {
    case "passed":
      turn.step(`${reads}: passed`, (after) => {
        after.place = head;
        after.step = STEP.pass;
      });
      break;
    case "blocks":
      turn.step(`${reads}: FAILED, blocks`, (after, next) => goOn(participant, after, next));
      break;
    case "waits":
      turn.step(`${reads}: its turn`, (after) => {
        read(after, messageAt(head));
        after.step = STEP.enqueue;
      });
      if (guards.goesOnInPlace && me.kind === KIND.worker)
        turn.step(`${reads}: its turn, goes on in place`, (after) => {
          read(after, messageAt(head));
          after.step = STEP.goOnInPlace;
        });
      break;
    case "atWork":
      turn.step(`${reads}: at work`, (after, next) => {
        after.headReleased = 1;
        goOn(participant, after, next);
      });
      break;
  }
}

export function passSteps(turn: Turn): void {
  const { guards, participant, state, me } = turn;
  const { place } = me;
  if (!guards.finishingAdvances && me.goal !== GOAL.settleLane) {
    turn.step("leaves the lane to its dueAt", (after, next) => goOn(participant, after, next));
    return;
  }
  const isHead = state.line.length > 0 && isSamePlace(state.line.at(0), place, guards);
  if (state.line.length > 0 && (isHead || !guards.passNeedsHead))
    turn.writeOrRepeat(`PASS ${tellPlace(place)}`, (after, next) => {
      next.line.removeAt(0);
      readLane(next, after);
      after.step = STEP.readHead;
    });
  else
    turn.step(`PASS ${tellPlace(place)} refused`, (after, next) => {
      readLane(next, after);
      after.step = STEP.readHead;
    });
}

export function sealSteps(turn: Turn): void {
  const { guards, state, me } = turn;
  const { segment: number } = me;
  if (guards.loadNeedsNext && !state.segment(number) && number < state.lane.nextSegment) {
    turn.step("the segment was loaded meanwhile", (after, next) => {
      readLane(next, after);
      after.step = STEP.readHead;
    });
    return;
  }
  turn.write(`SEALS segment ${number}`, (after, next) => {
    const segment = next.segmentOrNew(number);
    if (!segment) return;
    if (guards.sealsBeforeLoading) segment.fields.sealed = 1;
    after.sealedPlaces = segment.places.length;
    after.step = STEP.load;
  });
}

export function loadSteps(turn: Turn): void {
  const { guards, scenario, state, me } = turn;
  const { segment: number, sealedPlaces } = me;
  const { lane, line } = state;
  const isNext = !guards.loadNeedsNext || lane.nextSegment === number;
  if (lane.overflowing && line.length === 0 && isNext)
    turn.writeOrRepeat(`LOADS segment ${number} (${sealedPlaces})`, (after, next) => {
      const segment = next.segment(number);
      for (let index = 0; index < sealedPlaces; index += 1) next.line.push(segment?.places.at(index) ?? 0);
      next.lane.nextSegment = number + 1;
      next.lane.overflowing = sealedPlaces >= scenario.segment && guards.fullKeepsOverflow ? 1 : 0;
      if (!guards.sealsBeforeLoading && segment) segment.fields.sealed = 1;
      readLane(next, after);
      after.step = STEP.readHead;
    });
  else
    turn.step("LOAD refused", (after, next) => {
      readLane(next, after);
      after.step = STEP.readHead;
    });
}

/** Released and claimed in one write. */
export function goOnInPlaceSteps(turn: Turn): void {
  const { participant, state, me, message } = turn;
  const { status, waitsForTurn } = state.messageOf(me);
  if (status === STATUS.pending && waitsForTurn && me.isFresh)
    turn.write(`m${message} RELEASED and claimed in place`, (after, next) => {
      const claimed = next.messageOf(after);
      claimed.status = STATUS.processing;
      claimed.reason = claimed.waitsForTurn = claimed.inLine = claimed.leaseOver = 0;
      claimed.attempt += 1;
      claimed.due = DUE.near;
      newRevision(next, message, after);
      newClaim(next, message, after);
      after.step = STEP.request;
    });
  else turn.step("going on in place refused", (after, next) => goOn(participant, after, next));
}
