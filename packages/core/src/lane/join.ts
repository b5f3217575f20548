/**
 * Joining a lane: an atomic append, in the line or, behind it, in a segment. It is what settles the order. Whether it was
 * done is read from the view that every write answers, so a write whose answer was lost is known when it is repeated.
 */
import { StorageError } from "../store/message-store.ts";
import { advance } from "./advance.ts";
import type { Advancing, LaneDependencies } from "./head.ts";
import { type Lane, type LaneKey, MOST_PLACES_JOINED, type Segment } from "./lane.ts";

/** A place that was seen in its lane, and the view of the lane in which it was. */
export interface Joined {
  readonly where: "head" | "line" | "segment";
  readonly lane: Lane;
}

/** Each try finds others faster than itself: so often that happens to nobody. */
const MOST_TRIES = 200;

/**
 * Joins the places in their order, those that stand in the lane already where they stand. Answers where each was seen.
 *
 * @throws StorageError; those that had joined by then are joined.
 */
export async function joinLane(
  deps: LaneDependencies,
  key: LaneKey,
  places: readonly string[],
  advancing: Advancing,
): Promise<ReadonlyMap<string, Joined>> {
  const joined = new Map<string, Joined>();
  for (let at = 0; at < places.length; at += MOST_PLACES_JOINED)
    await joinSome({ deps, key, advancing, joined }, places.slice(at, at + MOST_PLACES_JOINED));
  return joined;
}

/** Where a view of the lane shows these places. */
export function seenInLine(lane: Lane, places: readonly string[]): ReadonlyMap<string, Joined> {
  const seen = new Map<string, Joined>();
  for (const [at, place] of lane.line.entries())
    if (places.includes(place) && !seen.has(place))
      seen.set(place, { where: at === 0 ? "head" : "line", lane });
  return seen;
}

interface Joining {
  readonly deps: LaneDependencies;
  readonly key: LaneKey;
  readonly advancing: Advancing;
  readonly joined: Map<string, Joined>;
}

async function joinSome(joining: Joining, places: readonly string[]): Promise<void> {
  const { deps, key, joined } = joining;
  let left = places;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    let { lane } = await deps.lanes.join(key, left, deps.clock.now());
    if (!lane) continue;
    left = note(joined, left, seenInLine(lane, left));
    if (left.length === 0) return;
    if (!lane.overflowing && lane.line.length >= deps.lanes.linePlaces)
      lane = (await deps.lanes.openOverflow(key)).lane;
    // O20: the line takes nobody while there is overflow. No longer, or in part: then once more.
    if (lane?.overflowing) left = await joinOverflow(joining, lane, left);
    if (left.length === 0) return;
  }
  throw new StorageError(true, true, new Error("The lane was never still."), false);
}

/** Answers those that have not joined, because the lane has moved on. */
async function joinOverflow(
  joining: Joining,
  lane: Lane,
  places: readonly string[],
): Promise<readonly string[]> {
  const { deps, key, joined, advancing } = joining;
  // Those before the last one are full; one that was loaded is sealed.
  let number = Math.max(lane.nextSegment, lane.lastSegment ?? 0);
  let left = places;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { segment } = await deps.lanes.joinSegment(key, number, left);
    if (!segment) continue;
    left = note(joined, left, seenInSegment(segment, left, lane));
    if (left.length === 0) return left;
    if (segment.sealed) {
      // O18: back to the lane, which is advanced first: whoever sealed the segment may have died before loading it.
      const view = await deps.lanes.get(key);
      if (view) await advance(deps, view, advancing);
      return left;
    }
    if (segment.places.length < deps.lanes.linePlaces) continue;
    number += 1;
    await deps.lanes.hintSegment(key, number);
  }
  return left;
}

function seenInSegment(
  { places: there }: Segment,
  places: readonly string[],
  lane: Lane,
): ReadonlyMap<string, Joined> {
  const seen = places.filter((place) => there.includes(place));
  return new Map(seen.map((place) => [place, { where: "segment", lane }]));
}

/** Answers those that were not seen. */
function note(
  joined: Map<string, Joined>,
  places: readonly string[],
  seen: ReadonlyMap<string, Joined>,
): readonly string[] {
  for (const [place, one] of seen) joined.set(place, one);
  return places.filter((place) => !seen.has(place));
}
