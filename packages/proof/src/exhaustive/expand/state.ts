/**
 * One event of one key, and two endpoints: A, which is there and is disabled, and B, which is created. Sets of
 * endpoints are bits.
 */
import { type Fields, recordOf, widthFor } from "../record.ts";

export const A = 1;
export const B = 2;
export const ENDPOINTS = [A, B] as const;

/** More than there are faults. */
const MOST_LATE_WRITES = 4;

const TABLE = recordOf([
  // the endpoints and their head
  "head",
  "active",
  // the event; its revision is 0 while there is none
  "revision",
  "matched",
  "due",
  // its messages: those that live, that have been delivered, that were inserted a second time
  "live",
  "delivered",
  "insertedTwice",
  // what the calls remember
  "cachedHead",
  "cachedActive",
]);

const HISTORY = recordOf([
  "faults",
  /** A call was answered 202. */
  "accepted",
  /** A change was answered, or has begun. */
  "answeredActive",
  "answeredDisabled",
  "changing",
  /** Number of the call that stored the event; LATE_WRITE if nobody waited for it. */
  "storedBy",
  "storedKnowing",
  "storedKnowingDisabled",
  "storedKnowingChanging",
  "replayed",
]);

export const LATE_WRITE = 255;

const ACTOR = recordOf([
  "step",
  "head",
  "active",
  "matched",
  "revision",
  /** Messages still to be inserted. */
  "todo",
  "marked",
  // what had been answered, or had begun, when it started
  "knowsActive",
  "knowsDisabled",
  "knowsChanging",
]);

/** An actor's last step; that of one who died, too. */
export const DONE = 255;

export type Actor = Fields<(typeof ACTOR.names)[number]>;

export interface State {
  readonly bytes: Uint8Array;
  readonly table: Fields<(typeof TABLE.names)[number]>;
  readonly history: Fields<(typeof HISTORY.names)[number]>;
  readonly actors: readonly Actor[];
  /** Writes whose caller was told of an error, and which may take effect yet; sorted. */
  readonly late: Uint8Array;
}

export function newState(actors: number): State {
  const lateAt = TABLE.size + HISTORY.size;
  const actorsAt = lateAt + MOST_LATE_WRITES;
  const bytes = new Uint8Array(widthFor(actorsAt + actors * ACTOR.size));
  return {
    bytes,
    table: TABLE.at(bytes, 0),
    history: HISTORY.at(bytes, TABLE.size),
    late: bytes.subarray(lateAt, actorsAt),
    actors: Array.from({ length: actors }, (_, index) => ACTOR.at(bytes, actorsAt + index * ACTOR.size)),
  };
}

/** Begins anew, and remembers nothing. */
export function reset(actor: Actor, step: number): void {
  actor.clear();
  actor.step = step;
}
