/**
 * What each write of a lane means: the lane after it, or undefined if its condition does not hold. A store that can look
 * and write with nothing in between makes them of these.
 */
import type { Lane, LaneKey, LaneMark, Segment } from "./lane.ts";
import type { Visit } from "./lane-store.ts";

export type LaneChange = (lane: Lane) => Lane | undefined;

/** The one write that makes a lane where there is none. */
export function join(
  { senderId, orderingKey }: LaneKey,
  places: readonly string[],
  now: number,
  linePlaces: number,
): (lane: Lane | undefined) => Lane | undefined {
  return (lane) => {
    if (lane && (lane.overflowing || !hasRoom(lane.line, places, linePlaces))) return undefined;
    const fresh = { line: [], passed: now, overflowing: false, nextSegment: 1, visits: 0 };
    const { expiresAt: _, ...kept } = lane ?? { senderId, orderingKey, ...fresh };
    return { ...kept, line: [...kept.line, ...places] };
  };
}

export function openOverflow(linePlaces: number): LaneChange {
  return (lane) =>
    !lane.overflowing && lane.line.length >= linePlaces ? { ...lane, overflowing: true } : undefined;
}

export function joinSegment(
  segment: Segment,
  places: readonly string[],
  linePlaces: number,
): Segment | undefined {
  if (segment.sealed || !hasRoom(segment.places, places, linePlaces)) return undefined;
  return { ...segment, places: [...segment.places, ...places] };
}

export function hintSegment(number: number): LaneChange {
  return (lane) =>
    lane.overflowing && (lane.lastSegment ?? 0) < number ? { ...lane, lastSegment: number } : undefined;
}

export function arm(dueAt: number): LaneChange {
  return (lane) => (lane.dueAt === undefined ? { ...lane, dueAt } : undefined);
}

export function pass(place: string, now: number, expiresAt: number): LaneChange {
  return ({ mark: _, ...lane }) => {
    const [head, ...line] = lane.line;
    if (head !== place) return undefined;
    return { ...lane, line, passed: lane.passed + 1, movedAt: now, visits: 0, expiresAt };
  };
}

export function load({ number, places }: Segment, linePlaces: number): LaneChange {
  return (lane) => {
    if (!lane.overflowing || lane.line.length > 0 || lane.nextSegment !== number) return undefined;
    return { ...lane, line: places, nextSegment: number + 1, overflowing: places.length >= linePlaces };
  };
}

export function moveOn(readDueAt: number, visit: Visit): LaneChange {
  return ({ mark: _, ...lane }) => (lane.dueAt === readDueAt ? { ...lane, ...visit } : undefined);
}

export function disarm(released: string | undefined): LaneChange {
  return ({ dueAt: _, ...lane }) => {
    const { line, overflowing } = lane;
    const isAlone = line.length === 1 && line[0] === released;
    return !overflowing && (line.length === 0 || isAlone) ? lane : undefined;
  };
}

export function mark(place: string, to: LaneMark | undefined, expiresAt: number | undefined): LaneChange {
  return ({ mark: _, ...lane }) => {
    if (lane.line[0] !== place) return undefined;
    return {
      ...lane,
      ...(to === undefined ? {} : { mark: to }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  };
}

export function nudge(place: string, now: number): LaneChange {
  return (lane) => (lane.line[0] === place ? { ...lane, dueAt: now } : undefined);
}

function hasRoom(line: readonly string[], places: readonly string[], linePlaces: number): boolean {
  return line.length < linePlaces && !places.some((place) => line.includes(place));
}
