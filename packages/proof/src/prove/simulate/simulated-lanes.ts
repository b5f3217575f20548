/** The lane store as one simulated process sees it: every call can meet an incident. */
import type { Lane, LaneKey, LaneMark, Segment } from "@homing/core/lane/lane";
import type {
  DueLanes,
  LaneListQuery,
  LaneRow,
  LaneStore,
  LaneWrite,
  SegmentWrite,
  Visit,
} from "@homing/core/lane/lane-store";
import { messageIdAt } from "@homing/core/lane/place";
import type { Operation } from "./incident.ts";
import type { Network, Process } from "./process.ts";
import { type Surroundings, storageCall } from "./storage-call.ts";

export class SimulatedLanes implements LaneStore {
  readonly shards: number;
  readonly linePlaces: number;
  readonly #network: Network & Surroundings;
  readonly #process: Process;
  readonly #inner: LaneStore;

  constructor(network: Network & Surroundings, process: Process, inner: LaneStore) {
    this.#network = network;
    this.#process = process;
    this.#inner = inner;
    this.shards = inner.shards;
    this.linePlaces = inner.linePlaces;
  }

  get(key: LaneKey): Promise<Lane | undefined> {
    return this.#call("getLane", undefined, () => this.#inner.get(key));
  }

  getMany(laneIds: readonly string[]): Promise<readonly Lane[]> {
    return this.#call("getLanes", undefined, () => this.#inner.getMany(laneIds));
  }

  join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite> {
    return this.#write("joinLane", places[0], async () => {
      const written = await this.#inner.join(key, places, now);
      if (written.applied) this.#noteJoin(key, places);
      return written;
    });
  }

  openOverflow(key: LaneKey): Promise<LaneWrite> {
    return this.#write("openOverflow", undefined, () => this.#inner.openOverflow(key));
  }

  joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite> {
    const join = async () => {
      const written = await this.#inner.joinSegment(key, number, places);
      if (written.applied) this.#noteJoin(key, places);
      return written;
    };
    return this.#call("joinSegment", places[0], join, ({ applied }) => (applied ? "done" : "refused"));
  }

  hintSegment(key: LaneKey, number: number): Promise<LaneWrite> {
    return this.#write("hintSegment", undefined, () => this.#inner.hintSegment(key, number));
  }

  arm(key: LaneKey, dueAt: number): Promise<LaneWrite> {
    return this.#write("armLane", undefined, () => this.#inner.arm(key, dueAt));
  }

  pass(key: LaneKey, place: string, now: number, expiresAt: number, withinMs?: number): Promise<LaneWrite> {
    return this.#write("passPlace", place, () => this.#inner.pass(key, place, now, expiresAt), withinMs);
  }

  seal(key: LaneKey, number: number, expiresAt: number, withinMs?: number): Promise<Segment> {
    const seal = () => this.#inner.seal(key, number, expiresAt);
    return this.#call("sealSegment", undefined, seal, () => "done", withinMs);
  }

  load(key: LaneKey, segment: Segment, withinMs?: number): Promise<LaneWrite> {
    return this.#write("loadSegment", undefined, () => this.#inner.load(key, segment), withinMs);
  }

  moveOn(key: LaneKey, readDueAt: number, visit: Visit): Promise<LaneWrite> {
    return this.#write("moveLaneOn", undefined, () => this.#inner.moveOn(key, readDueAt, visit));
  }

  disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite> {
    return this.#write("disarmLane", undefined, () => this.#inner.disarm(key, released));
  }

  mark(key: LaneKey, place: string, mark: LaneMark | undefined, expiresAt?: number): Promise<LaneWrite> {
    return this.#write("markLane", place, () => this.#inner.mark(key, place, mark, expiresAt));
  }

  nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite> {
    return this.#write("nudgeLane", place, () => this.#inner.nudge(key, place, now));
  }

  segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]> {
    return this.#call("getLane", undefined, () => this.#inner.segments(key, from, limit));
  }

  due(shard: number, until: number, limit: number, from?: string): Promise<DueLanes> {
    return this.#call(
      "dueLanes",
      undefined,
      () => this.#inner.due(shard, until, limit, from),
      ({ laneIds }) => (laneIds.length === 0 ? undefined : `${laneIds.length} rows`),
    );
  }

  list(query: LaneListQuery): Promise<readonly LaneRow[]> {
    return this.#call("dueLanes", undefined, () => this.#inner.list(query));
  }

  #write(
    operation: Operation,
    place: string | undefined,
    write: () => Promise<LaneWrite>,
    withinMs?: number,
  ): Promise<LaneWrite> {
    const tell = ({ applied, lane }: LaneWrite) =>
      `${applied ? "done" : "refused"}, in line: ${lane?.line.join(" ") ?? "no lane"}${lane?.overflowing ? " …" : ""}`;
    const observed = async () => {
      const written = await write();
      if (written.lane) this.#network.ledger.lanes.observe(written.lane);
      return written;
    };
    return this.#call(operation, place, observed, tell, withinMs);
  }

  #noteJoin(key: LaneKey, places: readonly string[]): void {
    const { ledger, scheduler } = this.#network;
    ledger.lanes.join(scheduler.now, key, places);
  }

  #call<T>(
    operation: Operation,
    place: string | undefined,
    call: () => Promise<T>,
    tell?: (result: T) => string | undefined,
    withinMs?: number,
  ): Promise<T> {
    return storageCall(this.#network, this.#process, {
      withinMs,
      operation,
      messageId: place === undefined ? undefined : messageIdAt(place),
      effect: call,
      ...(tell ? { tell } : {}),
    });
  }
}
