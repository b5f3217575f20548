/** Lanes on SQLite. */
import type { Clock } from "@homing/core/clock";
import {
  type Lane,
  type LaneKey,
  type LaneMark,
  LINE_PLACES,
  laneIdOf,
  type Segment,
} from "@homing/core/lane/lane";
import {
  type DueLanes,
  type LaneListQuery,
  type LaneRow,
  type LaneStore,
  type LaneWrite,
  longestFirst,
  type SegmentWrite,
  type Visit,
} from "@homing/core/lane/lane-store";
import * as Writes from "@homing/core/lane/lane-writes";
import type { Answer, Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";

export class SqliteLaneStore implements LaneStore {
  readonly shards: number;
  readonly linePlaces: number;
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #due: DueIndex;
  readonly #answer: Answer;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    clock: Pick<Clock, "now">,
    due: DueIndex,
    answer: Answer,
    linePlaces: number = LINE_PLACES,
  ) {
    this.shards = due.shards;
    this.linePlaces = linePlaces;
    this.#database = database;
    this.#clock = clock;
    this.#due = due;
    this.#answer = answer;
    this.#sql = prepare(database);
  }

  get(key: LaneKey): Promise<Lane | undefined> {
    return this.#read(() => this.#alive(laneIdOf(key)));
  }

  getMany(laneIds: readonly string[]): Promise<readonly Lane[]> {
    return this.#read(() => laneIds.flatMap((laneId) => this.#alive(laneId) ?? []));
  }

  join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite> {
    return this.#write(key, Writes.join(key, places, now, this.linePlaces));
  }

  openOverflow(key: LaneKey): Promise<LaneWrite> {
    return this.#change(key, Writes.openOverflow(this.linePlaces));
  }

  joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite> {
    return this.#inWrite(() => {
      const segment = this.#segment(key, number);
      const joined = Writes.joinSegment(segment, places, this.linePlaces);
      if (joined) this.#putSegment(key, joined, null);
      return { applied: joined !== undefined, segment: joined ?? segment };
    });
  }

  hintSegment(key: LaneKey, number: number): Promise<LaneWrite> {
    return this.#change(key, Writes.hintSegment(number));
  }

  arm(key: LaneKey, dueAt: number): Promise<LaneWrite> {
    return this.#change(key, Writes.arm(dueAt));
  }

  pass(key: LaneKey, place: string, now: number, expiresAt: number): Promise<LaneWrite> {
    return this.#change(key, Writes.pass(place, now, expiresAt));
  }

  seal(key: LaneKey, number: number, expiresAt: number): Promise<Segment> {
    return this.#inWrite(() => {
      const sealed = { ...this.#segment(key, number), sealed: true };
      this.#putSegment(key, sealed, expiresAt);
      return sealed;
    });
  }

  load(key: LaneKey, segment: Segment): Promise<LaneWrite> {
    return this.#change(key, Writes.load(segment, this.linePlaces));
  }

  moveOn(key: LaneKey, readDueAt: number, visit: Visit): Promise<LaneWrite> {
    return this.#change(key, Writes.moveOn(readDueAt, visit));
  }

  disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite> {
    return this.#change(key, Writes.disarm(released));
  }

  mark(key: LaneKey, place: string, to: LaneMark | undefined, expiresAt?: number): Promise<LaneWrite> {
    return this.#change(key, Writes.mark(place, to, expiresAt));
  }

  nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite> {
    return this.#change(key, Writes.nudge(place, now));
  }

  segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]> {
    return this.#read(() => this.#sql.segments.all(laneIdOf(key), from, limit).map(documentOf<Segment>));
  }

  due(shard: number, until: number, limit: number, from?: string): Promise<DueLanes> {
    return this.#read(() => {
      const [dueAt, id] = from === undefined ? [-1, ""] : (JSON.parse(from) as [number, string]);
      const rows = this.#sql.due.all(shard, until, dueAt, id, limit + 1) as unknown as DueRow[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        laneIds: page.map(({ laneId }) => laneId),
        ...(last && rows.length > limit ? { next: JSON.stringify([last.dueAt, last.laneId]) } : {}),
      };
    });
  }

  list({ states, after = { since: -1, laneId: "" }, limit }: LaneListQuery): Promise<readonly LaneRow[]> {
    return this.#read(() =>
      states
        .flatMap(
          (state) =>
            this.#sql.list.all(state, after.since, after.laneId, limit) as unknown as readonly LaneRow[],
        )
        .map(({ laneId, since, state }) => ({ laneId, since, state }))
        .sort(longestFirst)
        .slice(0, limit),
    );
  }

  #change(key: LaneKey, change: Writes.LaneChange): Promise<LaneWrite> {
    return this.#write(key, (lane) => lane && change(lane));
  }

  /** The condition is looked at and the row is written with nothing in between: one conditional write. */
  #write(key: LaneKey, change: (lane: Lane | undefined) => Lane | undefined): Promise<LaneWrite> {
    return this.#inWrite(() => {
      const laneId = laneIdOf(key);
      const lane = this.#find(laneId);
      const next = change(lane);
      if (next) {
        const { dueAt = null, mark, expiresAt = null } = next;
        const marked = [mark?.state ?? null, mark?.since ?? null] as const;
        this.#sql.put.run(
          laneId,
          this.#due.shardOf(laneId),
          dueAt,
          ...marked,
          expiresAt,
          JSON.stringify(next),
        );
        if (dueAt !== null) this.#due.onDue(dueAt);
      }
      const seen = next ?? lane;
      return { applied: next !== undefined, ...(seen ? { lane: seen } : {}) };
    });
  }

  #find(laneId: string): Lane | undefined {
    const row = this.#sql.find.get(laneId);
    return row && documentOf<Lane>(row);
  }

  #alive(laneId: string): Lane | undefined {
    const lane = this.#find(laneId);
    return lane && (lane.expiresAt ?? Number.POSITIVE_INFINITY) > this.#clock.now() ? lane : undefined;
  }

  #segment(key: LaneKey, number: number): Segment {
    const row = this.#sql.segment.get(laneIdOf(key), number);
    return row ? documentOf<Segment>(row) : { number, places: [], sealed: false };
  }

  #putSegment(key: LaneKey, segment: Segment, expiresAt: number | null): void {
    this.#sql.putSegment.run(laneIdOf(key), segment.number, expiresAt, JSON.stringify(segment));
  }

  #read<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.read(work));
  }

  #inWrite<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.write(work));
  }
}

interface DueRow {
  readonly laneId: string;
  readonly dueAt: number;
}

function documentOf<T>(row: Record<string, unknown>): T {
  return JSON.parse(String(row.document)) as T;
}

function prepare(database: Database) {
  return {
    find: database.prepare("SELECT document FROM lanes WHERE lane_id = ?"),
    put: database.prepare(`
      INSERT OR REPLACE INTO lanes (lane_id, shard, due_at, mark, marked_since, expires_at, document)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    due: database.prepare(`
      SELECT lane_id AS laneId, due_at AS dueAt FROM lanes
      WHERE shard = ? AND due_at <= ? AND (due_at, lane_id) > (?, ?) ORDER BY due_at, lane_id LIMIT ?`),
    list: database.prepare(`
      SELECT lane_id AS laneId, marked_since AS since, mark AS state FROM lanes
      WHERE mark = ? AND (marked_since, lane_id) > (?, ?) ORDER BY marked_since, lane_id LIMIT ?`),
    segment: database.prepare("SELECT document FROM segments WHERE lane_id = ? AND number = ?"),
    segments: database.prepare(`
      SELECT document FROM segments WHERE lane_id = ? AND number >= ? ORDER BY number LIMIT ?`),
    putSegment: database.prepare(`
      INSERT OR REPLACE INTO segments (lane_id, number, expires_at, document) VALUES (?, ?, ?, ?)`),
  };
}
