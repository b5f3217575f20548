/** What follows once a process has joined, enqueued or advanced. */
import { messageAt, placeOf } from "./place.ts";
import { isBatch, type Participant } from "./scenario.ts";
import { type Process, reset, type State } from "./state.ts";
import { GOAL, STATUS, STEP } from "./words.ts";

export function goOn(participant: Participant, me: Process, next: State): void {
  switch (me.goal) {
    case GOAL.nextCall:
      endCall(participant, me, next, true);
      break;
    case GOAL.deleteCopy:
      me.step = STEP.deleteCopy;
      break;
    case GOAL.settleLane:
      me.step = STEP.settleLane;
      break;
    case GOAL.idle:
      reset(me, STEP.idle);
      break;
    case GOAL.joinAgain:
      me.goal = me.goalBefore;
      me.place = me.placeToJoin;
      me.message = messageAt(me.place) + 1;
      me.isFresh = me.repeats = me.goalBefore = me.placeToJoin = 0;
      me.step = STEP.join;
      break;
    default:
      reset(me, STEP.done);
  }
}

/** A producer's call ends, answered 2xx or not, and the next one begins. */
export function endCall({ calls }: Participant, me: Process, next: State, isAnswered: boolean): void {
  const call = calls[me.call] ?? 0;
  for (const message of isBatch(call) ? call : [call]) {
    const place = placeOf(message, 0);
    const isInLine = next.isPast(place) || next.order.indexOf(place) >= 0;
    if (isAnswered && !isInLine && next.message(message).status !== STATUS.none)
      next.violation = "ACK: answered 2xx, but it stands nowhere in line";
  }
  me.call += 1;
  reset(me, STEP.done);
  if (me.call < calls.length) beginCall(calls, me);
}

export function beginCall(calls: Participant["calls"], me: Process): void {
  const call = calls[me.call] ?? 0;
  me.step = STEP.store;
  me.message = (isBatch(call) ? call[0] : call) + 1;
}
