/** Where lanes live. Every implementation passes `lane-store.contract.ts`. */
import type { Lane, LaneKey, LaneMark, Segment } from "./lane.ts";

/**
 * What became of one conditional write. `lane` is how it stands now, whether the write applied or not: the next view,
 * from which everybody goes on; absent if there is none. No write needs a token: one that is repeated after its answer
 * was lost is refused, and the view shows what it did.
 */
export interface LaneWrite {
  readonly applied: boolean;
  readonly lane?: Lane;
}

export interface SegmentWrite {
  readonly applied: boolean;
  readonly segment?: Segment;
}

/** What the reconciler makes of a lane that it has looked at. */
export interface Visit {
  /** When the next one is. */
  readonly dueAt: number;
  /** How often the present head was found. */
  readonly visits: number;
  readonly mark?: LaneMark;
}

/** A place in the list of the lanes that stand still: everything before it has been seen. */
export interface LanePosition {
  readonly laneId: string;
  readonly since: number;
}

/** What an index knows of a lane that stands still. A hint. */
export interface LaneRow extends LanePosition {
  readonly state: LaneMark["state"];
}

export interface LaneListQuery {
  readonly states: ReadonlyArray<LaneMark["state"]>;
  readonly after?: LanePosition;
  readonly limit: number;
}

export interface DueLanes {
  readonly laneIds: readonly string[];
  /** Absent at the end. */
  readonly next?: string;
}

/**
 * Reads are consistent, but for `due` and `list`. Every method rejects with a StorageError if the storage does not
 * answer; `withinMs` as in the message store.
 */
export interface LaneStore {
  /** How many shards `due` has. */
  readonly shards: number;
  /** Places that the line holds, and each segment behind it; in any deployment `LINE_PLACES`. */
  readonly linePlaces: number;

  /** Absent, too, once it has expired. */
  get(key: LaneKey): Promise<Lane | undefined>;

  /** The lanes that there are, in no particular order. */
  getMany(laneIds: readonly string[]): Promise<readonly Lane[]>;

  /**
   * Appends the places, in their order, at most `MOST_PLACES_JOINED`: if nothing has overflowed, the line is shorter than
   * `linePlaces`, and none of them stands in it.
   */
  join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite>;

  /** Behind a full line: whoever joins from now on joins a segment. */
  openOverflow(key: LaneKey): Promise<LaneWrite>;

  /** As `join`, for one segment, which comes to be by it; unless it is sealed. */
  joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite>;

  /** Tells those who join later that the segments before this one are full. */
  hintSegment(key: LaneKey, number: number): Promise<LaneWrite>;

  /** Gives the lane a `dueAt` if it has none. */
  arm(key: LaneKey, dueAt: number): Promise<LaneWrite>;

  /** Takes this place away if it is the head. */
  pass(key: LaneKey, place: string, now: number, expiresAt: number, withinMs?: number): Promise<LaneWrite>;

  /** From now on nobody joins the segment. It is remembered until it expires, so that a slow joiner is refused. */
  seal(key: LaneKey, number: number, expiresAt: number, withinMs?: number): Promise<Segment>;

  /** The places of a sealed segment become the line, if that is empty and the segment the next one. */
  load(key: LaneKey, segment: Segment, withinMs?: number): Promise<LaneWrite>;

  /** The next visit is later; only if `dueAt` is as it was read. */
  moveOn(key: LaneKey, readDueAt: number, visit: Visit): Promise<LaneWrite>;

  /** Removes `dueAt` if nothing has overflowed, and the line is empty or exactly the one place seen released. */
  disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite>;

  /**
   * Says that the lane stands still at this place, or no longer does; only if it is the head. With `expiresAt` the lane
   * is kept as long as the message that blocks it.
   */
  mark(key: LaneKey, place: string, mark: LaneMark | undefined, expiresAt?: number): Promise<LaneWrite>;

  /** Makes the lane due, if this place is the head: for whoever may not send. */
  nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite>;

  /** Segments from a number on, in their order, at most `limit`. */
  segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]>;

  /** Lanes of one shard that are due at `until` or earlier, the longest overdue first. */
  due(shard: number, until: number, limit: number, from?: string): Promise<DueLanes>;

  /** Lanes that stand still, the longest first, at most `limit`. */
  list(query: LaneListQuery): Promise<readonly LaneRow[]>;
}

/** The longest first, equal times by id. */
export function longestFirst(a: LanePosition, b: LanePosition): number {
  return a.since - b.since || (a.laneId < b.laneId ? -1 : a.laneId > b.laneId ? 1 : 0);
}
