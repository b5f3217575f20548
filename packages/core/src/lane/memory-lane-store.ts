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
import * as Writes from "./lane-writes.ts";

/** Lanes that last as long as the process: the reference for every other store. */
export class MemoryLaneStore implements LaneStore {
  readonly shards = DEFAULT_SHARDS;
  readonly linePlaces: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #lanes = new Map<string, Lane>();
  readonly #segments = new Map<string, Map<number, Segment>>();

  constructor(clock: Pick<Clock, "now">, linePlaces: number = LINE_PLACES) {
    this.#clock = clock;
    this.linePlaces = linePlaces;
  }

  async get(key: LaneKey): Promise<Lane | undefined> {
    return this.#alive(laneIdOf(key));
  }

  async getMany(laneIds: readonly string[]): Promise<readonly Lane[]> {
    return laneIds.map((laneId) => this.#alive(laneId)).filter((lane) => lane !== undefined);
  }

  async join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite> {
    return this.#write(key, Writes.join(key, places, now, this.linePlaces));
  }

  async openOverflow(key: LaneKey): Promise<LaneWrite> {
    return this.change(key, Writes.openOverflow(this.linePlaces));
  }

  async joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite> {
    const segment = this.#segment(key, number);
    const joined = Writes.joinSegment(segment, places, this.linePlaces);
    if (joined) this.#segmentsOf(key).set(number, joined);
    return { applied: joined !== undefined, segment: joined ?? segment };
  }

  async hintSegment(key: LaneKey, number: number): Promise<LaneWrite> {
    return this.change(key, Writes.hintSegment(number));
  }

  async arm(key: LaneKey, dueAt: number): Promise<LaneWrite> {
    return this.change(key, Writes.arm(dueAt));
  }

  async pass(key: LaneKey, place: string, now: number, expiresAt: number): Promise<LaneWrite> {
    return this.change(key, Writes.pass(place, now, expiresAt));
  }

  async seal(key: LaneKey, number: number): Promise<Segment> {
    const sealed = { ...this.#segment(key, number), sealed: true };
    this.#segmentsOf(key).set(number, sealed);
    return sealed;
  }

  async load(key: LaneKey, segment: Segment): Promise<LaneWrite> {
    return this.change(key, Writes.load(segment, this.linePlaces));
  }

  async moveOn(key: LaneKey, readDueAt: number, visit: Visit): Promise<LaneWrite> {
    return this.change(key, Writes.moveOn(readDueAt, visit));
  }

  async disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite> {
    return this.change(key, Writes.disarm(released));
  }

  async mark(key: LaneKey, place: string, to: LaneMark | undefined, expiresAt?: number): Promise<LaneWrite> {
    return this.change(key, Writes.mark(place, to, expiresAt));
  }

  async nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite> {
    return this.change(key, Writes.nudge(place, now));
  }

  async segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]> {
    return [...this.#segmentsOf(key).values()]
      .filter(({ number }) => number >= from)
      .sort((a, b) => a.number - b.number)
      .slice(0, limit);
  }

  async due(shard: number, until: number, limit: number, from = ""): Promise<DueLanes> {
    const due = this.#living()
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
    return this.#living()
      .flatMap(([laneId, { mark }]) => (mark && states.includes(mark.state) ? [{ laneId, ...mark }] : []))
      .filter((row) => after === undefined || longestFirst(after, row) < 0)
      .sort(longestFirst)
      .slice(0, limit);
  }

  /** For writes that mean something else. */
  protected change(key: LaneKey, change: Writes.LaneChange): LaneWrite {
    return this.#write(key, (lane) => lane && change(lane));
  }

  #write(key: LaneKey, change: (lane: Lane | undefined) => Lane | undefined): LaneWrite {
    const laneId = laneIdOf(key);
    const lane = this.#lanes.get(laneId);
    const next = change(lane);
    if (next) this.#lanes.set(laneId, next);
    const seen = next ?? lane;
    return { applied: next !== undefined, ...(seen ? { lane: seen } : {}) };
  }

  #alive(laneId: string): Lane | undefined {
    const lane = this.#lanes.get(laneId);
    return lane && (lane.expiresAt ?? Infinity) > this.#clock.now() ? lane : undefined;
  }

  /** As DynamoDB does by and by, lists forget what has expired. */
  #living(): [string, Lane][] {
    return [...this.#lanes.entries()].filter(([laneId]) => this.#alive(laneId));
  }

  #segment(key: LaneKey, number: number): Segment {
    return this.#segmentsOf(key).get(number) ?? { number, places: [], sealed: false };
  }

  #segmentsOf(key: LaneKey): Map<number, Segment> {
    const laneId = laneIdOf(key);
    const segments = this.#segments.get(laneId) ?? new Map<number, Segment>();
    this.#segments.set(laneId, segments);
    return segments;
  }
}
