/** Joining the lane: in the line or, behind it, in a segment. */
import { readLane } from "./freshness.ts";
import { goOn } from "./go-on.ts";
import { isSamePlace } from "./judge.ts";
import { messageAt, tellPlace } from "./place.ts";
import type { Row } from "./row.ts";
import type { Process, State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { GOAL, KIND, STATUS, STEP } from "./words.ts";

export function joinSteps(turn: Turn): void {
  const { guards, scenario, state, me } = turn;
  const { lane, line } = state;
  const { place, secondPlace } = me;
  const at = find(turn, line, place);
  if (isHalfJoined(turn, line, "in line")) return;
  if (at >= 0)
    turn.step(`JOIN: ${tellPlace(place)} is number ${at + 1} already`, (after, next) => {
      readLane(next, after);
      joined(turn, after, next, at === 0 ? "first" : "line");
    });
  else if ((!lane.overflowing || !guards.overflowClosesLine) && line.length < scenario.line) {
    const number = line.length;
    turn.writeOrRepeat(
      `JOIN: ${tellPlaces(place, secondPlace)} into the line, number ${number + 1}`,
      (after, next) => {
        append(next, next.line, place, secondPlace);
        readLane(next, after);
        joined(turn, after, next, number === 0 ? "first" : "line");
      },
    );
  } else if (!lane.overflowing)
    turn.step("JOIN: the line is full", (after, next) => {
      readLane(next, after);
      after.step = STEP.openOverflow;
    });
  else {
    turn.step("JOIN: goes to the overflow", (after, next) => {
      readLane(next, after);
      after.step = STEP.joinSegment;
    });
    const last = Math.max(...state.segments.map(({ fields }) => fields.number));
    if (last > lane.nextSegment)
      turn.step("JOIN: goes to the last segment known", (after, next) => {
        readLane(next, after);
        after.segment = last;
        after.step = STEP.joinSegment;
      });
  }
}

export function openOverflowSteps(turn: Turn): void {
  const { scenario, state } = turn;
  if (!state.lane.overflowing && state.line.length >= scenario.line)
    turn.write("OPENS overflow", (after, next) => {
      next.lane.overflowing = 1;
      readLane(next, after);
      after.step = STEP.joinSegment;
    });
  else
    turn.step("overflow: no longer, or already", (after, next) => {
      readLane(next, after);
      after.step = next.lane.overflowing ? STEP.joinSegment : STEP.join;
    });
}

export function joinSegmentSteps(turn: Turn): void {
  const { guards, scenario, state, me } = turn;
  const { place, secondPlace, segment: number } = me;
  const segment = state.segment(number);
  const wasLoaded = guards.loadNeedsNext && !segment && number < state.lane.nextSegment;
  if (segment && isHalfJoined(turn, segment.places, "in the segment")) return;
  if (segment && find(turn, segment.places, place) >= 0)
    turn.step(`JOIN: ${tellPlace(place)} is in segment ${number} already`, (after, next) =>
      joined(turn, after, next, "segment"),
    );
  else if (wasLoaded || segment?.fields.sealed)
    turn.step(`JOIN: segment ${number} is sealed`, (after) => {
      if (!guards.sealedGoesBack) after.segment += 1;
      else if (!guards.sealedAdvances) after.step = STEP.join;
      else {
        after.placeToJoin = place;
        after.goalBefore = after.goal;
        after.goal = GOAL.joinAgain;
        after.step = STEP.readLane;
      }
    });
  else if (segment && segment.places.length >= scenario.segment)
    turn.step(`JOIN: segment ${number} is full`, (after) => {
      after.segment += 1;
    });
  else
    turn.writeOrRepeat(`JOIN: ${tellPlaces(place, secondPlace)} into segment ${number}`, (after, next) => {
      const places = next.segmentOrNew(number)?.places;
      if (places) append(next, places, place, secondPlace);
      joined(turn, after, next, "segment");
    });
}

export function armSteps(turn: Turn): void {
  const { guards } = turn;
  turn.write("ARMS the lane (dueAt)", (after, next) => {
    next.lane.due ||= 1;
    readLane(next, after);
    const looksAtHead = guards.armingAdvances && after.kind !== KIND.reconciler && !after.inSegment;
    if (looksAtHead) after.step = STEP.readHead;
    else awaitTurn(turn, after, next);
  });
}

function joined(turn: Turn, me: Process, next: State, where: "first" | "line" | "segment"): void {
  const { guards } = turn;
  const isUnstored = me.kind === KIND.producer && next.messageOf(me).status === STATUS.none;
  if (!guards.storedBeforeJoined && isUnstored) {
    me.step = STEP.store;
    me.joined = where === "first" ? 2 : 1;
    return;
  }
  if (where === "first") {
    me.step = me.isFresh || !guards.releaseNeedsRevision ? STEP.enqueue : STEP.readHead;
    me.repeats = 0;
    return;
  }
  me.inSegment = where === "segment" ? 1 : 0;
  if (!me.armed && guards.laneHasDueAt) me.step = STEP.arm;
  else awaitTurn(turn, me, next);
}

/** Who stands in a segment will wait long: its far dueAt is set at once, and no reconciler has to come by. */
function awaitTurn({ participant }: Turn, me: Process, next: State): void {
  if (me.kind === KIND.reconciler || me.inSegment) {
    me.step = STEP.awaitTurn;
    me.repeats = 0;
  } else goOn(participant, me, next);
}

/** Of a batch of two one may have joined in an earlier call: the other is left. */
function isHalfJoined(turn: Turn, places: Row, where: string): boolean {
  const { place, secondPlace } = turn.me;
  if (!secondPlace) return false;
  if (find(turn, places, place) >= 0)
    turn.step(`JOIN: ${tellPlace(place)} is ${where} already, ${tellPlace(secondPlace)} is left`, (after) => {
      after.place = secondPlace;
      after.secondPlace = 0;
      after.message = messageAt(secondPlace) + 1;
      after.isFresh = 0;
    });
  else if (find(turn, places, secondPlace) >= 0)
    turn.step(`JOIN: ${tellPlace(secondPlace)} is ${where} already, ${tellPlace(place)} is left`, (after) => {
      after.secondPlace = 0;
    });
  else return false;
  return true;
}

function find({ guards }: Turn, places: Row, place: number): number {
  if (!guards.looksBeforeJoining) return -1;
  for (let index = 0; index < places.length; index += 1)
    if (isSamePlace(places.at(index), place, guards)) return index;
  return -1;
}

function append(next: State, places: Row, place: number, secondPlace: number): void {
  for (const one of secondPlace ? [place, secondPlace] : [place]) {
    if (places.push(one)) next.noteJoined(one);
    else next.isCut = true;
  }
}

function tellPlaces(place: number, secondPlace: number): string {
  return secondPlace ? `${tellPlace(place)} and ${tellPlace(secondPlace)}` : tellPlace(place);
}
