import type { Clock } from "../clock.ts";
import { shardOf } from "../message/message-id.ts";
import { DEFAULT_SHARDS } from "../store/table-definition.ts";
import { type Lane, type LaneKey, type LaneMark, LINE_PLACES, laneIdOf, type Segment } from "./lane.ts";
import {
  type DueLanes,
  type LaneListQuery,
  type LaneRow,
  type LaneStore,
  type LaneWrite,
  longestFirst,
  type SegmentWrite,
  type Visit,
} from "./lane-store.ts";

/** Lanes that last as long as the process: the reference for every other store. */
export class MemoryLaneStore implements LaneStore {
  readonly shards = DEFAULT_SHARDS;
  readonly #clock: Pick<Clock, "now">;
  readonly #lanes = new Map<string, Lane>();
  readonly #segments = new Map<string, Map<number, Segment>>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  async get(key: LaneKey): Promise<Lane | undefined> {
    return this.#alive(laneIdOf(key));
  }

  async getMany(laneIds: readonly string[]): Promise<readonly Lane[]> {
    return laneIds.map((laneId) => this.#alive(laneId)).filter((lane) => lane !== undefined);
  }

  async join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite> {
    const lane = this.#lanes.get(laneIdOf(key));
    if (lane && (lane.overflowing || !hasRoom(lane.line, places))) return { applied: false, lane };
    const { expiresAt: _, ...kept } = lane ?? newLane(key, now);
    return this.#put({ ...kept, line: [...kept.line, ...places] });
  }

  async openOverflow(key: LaneKey): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ overflowing, line }) => !overflowing && line.length >= LINE_PLACES,
      (lane) => ({ ...lane, overflowing: true }),
    );
  }

  async joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite> {
    const segment = this.#segmentsOf(key).get(number) ?? { number, places: [], sealed: false };
    if (segment.sealed || !hasRoom(segment.places, places)) return { applied: false, segment };
    const joined = { ...segment, places: [...segment.places, ...places] };
    this.#segmentsOf(key).set(number, joined);
    return { applied: true, segment: joined };
  }

  async hintSegment(key: LaneKey, number: number): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ overflowing, lastSegment = 0 }) => overflowing && lastSegment < number,
      (lane) => ({ ...lane, lastSegment: number }),
    );
  }

  async arm(key: LaneKey, dueAt: number): Promise<LaneWrite> {
    return this.#change(
      key,
      (lane) => lane.dueAt === undefined,
      (lane) => ({ ...lane, dueAt }),
    );
  }

  async pass(key: LaneKey, place: string, now: number, expiresAt: number): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ line }) => line[0] === place,
      ({ mark: _, ...lane }) => ({
        ...lane,
        line: lane.line.slice(1),
        passed: lane.passed + 1,
        movedAt: now,
        visits: 0,
        expiresAt,
      }),
    );
  }

  async seal(key: LaneKey, number: number, _expiresAt: number): Promise<Segment> {
    const { places = [] } = this.#segmentsOf(key).get(number) ?? {};
    const sealed = { number, places, sealed: true };
    this.#segmentsOf(key).set(number, sealed);
    return sealed;
  }

  async load(key: LaneKey, { number, places }: Segment): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ overflowing, line, nextSegment }) => overflowing && line.length === 0 && nextSegment === number,
      (lane) => ({
        ...lane,
        line: places,
        nextSegment: number + 1,
        overflowing: places.length >= LINE_PLACES,
      }),
    );
  }

  async moveOn(key: LaneKey, readDueAt: number, visit: Visit): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ dueAt }) => dueAt === readDueAt,
      ({ mark: _, ...lane }) => ({ ...lane, ...visit }),
    );
  }

  async disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ overflowing, line }) =>
        !overflowing && (line.length === 0 || (line.length === 1 && line[0] === released)),
      ({ dueAt: _, ...lane }) => lane,
    );
  }

  async mark(
    key: LaneKey,
    place: string,
    mark: LaneMark | undefined,
    expiresAt?: number,
  ): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ line }) => line[0] === place,
      ({ mark: _, ...lane }) => ({
        ...lane,
        ...(mark === undefined ? {} : { mark }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }),
    );
  }

  async nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite> {
    return this.#change(
      key,
      ({ line }) => line[0] === place,
      (lane) => ({ ...lane, dueAt: now }),
    );
  }

  async segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]> {
    return [...this.#segmentsOf(key).values()]
      .filter(({ number }) => number >= from)
      .sort((a, b) => a.number - b.number)
      .slice(0, limit);
  }

  async due(shard: number, until: number, limit: number, from = ""): Promise<DueLanes> {
    const due = [...this.#lanes.entries()]
      .filter(([laneId, { dueAt }]) => shardOf(laneId, this.shards) === shard && (dueAt ?? Infinity) <= until)
      .map(([laneId, { dueAt }]) => ({ laneId, position: `${String(dueAt).padStart(16, "0")} ${laneId}` }))
      .filter(({ position }) => position > from)
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    const page = due.slice(0, limit);
    const last = page.at(-1);
    return {
      laneIds: page.map(({ laneId }) => laneId),
      ...(last && due.length > limit ? { next: last.position } : {}),
    };
  }

  async list({ states, after, limit }: LaneListQuery): Promise<readonly LaneRow[]> {
    return [...this.#lanes.entries()]
      .flatMap(([laneId, { mark }]) =>
        mark && states.includes(mark.state) ? [{ laneId, since: mark.since }] : [],
      )
      .filter((row) => after === undefined || longestFirst(after, row) < 0)
      .sort(longestFirst)
      .slice(0, limit);
  }

  #change(key: LaneKey, condition: (lane: Lane) => boolean, change: (lane: Lane) => Lane): LaneWrite {
    const lane = this.#lanes.get(laneIdOf(key));
    if (!lane) return { applied: false };
    return condition(lane) ? this.#put(change(lane)) : { applied: false, lane };
  }

  #put(lane: Lane): LaneWrite {
    this.#lanes.set(laneIdOf(lane), lane);
    return { applied: true, lane };
  }

  #alive(laneId: string): Lane | undefined {
    const lane = this.#lanes.get(laneId);
    return lane && (lane.expiresAt ?? Infinity) > this.#clock.now() ? lane : undefined;
  }

  #segmentsOf(key: LaneKey): Map<number, Segment> {
    const laneId = laneIdOf(key);
    const segments = this.#segments.get(laneId) ?? new Map<number, Segment>();
    this.#segments.set(laneId, segments);
    return segments;
  }
}

function newLane({ senderId, orderingKey }: LaneKey, now: number): Lane {
  return { senderId, orderingKey, line: [], passed: now, overflowing: false, nextSegment: 1, visits: 0 };
}

function hasRoom(line: readonly string[], places: readonly string[]): boolean {
  return line.length < LINE_PLACES && !places.some((place) => line.includes(place));
}
