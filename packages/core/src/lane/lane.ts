/** A lane: the messages of one sender with one ordering key, which are delivered one at a time, in the order they joined. */
import { derivedText } from "../id.ts";

/** Places that the line holds, and each segment of the overflow behind it: so a lane's item stays a write unit small. */
export const LINE_PLACES = 20;
/** In one write. */
export const MOST_PLACES_JOINED = 20;

export interface LaneKey {
  readonly senderId: string;
  readonly orderingKey: string;
}

/** Names the lane in the table and in the logs, which never show a key. */
export function laneIdOf({ senderId, orderingKey }: LaneKey): string {
  return derivedText([senderId, orderingKey]);
}

export const LANE_MARKS = ["HELD_UP", "BLOCKED"] as const;

/** That a lane stands still, and since when; by it the lane is listed. */
export interface LaneMark {
  readonly state: (typeof LANE_MARKS)[number];
  readonly since: number;
}

/** Times are milliseconds since the epoch. */
export interface Lane extends LaneKey {
  /** The places that wait, or whose message is at work: the head and, behind it, at most so many that they fit. */
  readonly line: readonly string[];
  /** Counts the places that were passed, beginning with the time of the first join: it never repeats, not even after an expiry. */
  readonly passed: number;
  /** When the latest place was passed. */
  readonly movedAt?: number;
  /** Those that do not fit into the line stand in segments; while they do, the line takes nobody. */
  readonly overflowing: boolean;
  /** The segment that is loaded into the line next. */
  readonly nextSegment: number;
  /** One behind which nobody has stood yet, as far as is known: where to begin looking for room. */
  readonly lastSegment?: number;
  /** How often the reconciler has found the present head. */
  readonly visits: number;
  /** By this time somebody looks at the lane; absent while nobody waits in it. */
  readonly dueAt?: number;
  readonly mark?: LaneMark;
  readonly expiresAt?: number;
}

/** A part of the overflow. */
export interface Segment {
  readonly number: number;
  readonly places: readonly string[];
  /** It is being loaded, or was: it takes nobody any more. */
  readonly sealed: boolean;
}
