/** The lane store on DynamoDB: each write one conditional `UpdateItem`, whose answer is the next view of the lane. */
import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import {
  type Lane,
  type LaneKey,
  type LaneMark,
  LINE_PLACES,
  laneIdOf,
  type Segment,
} from "@homing/core/lane/lane";
import type {
  DueLanes,
  LaneListQuery,
  LaneRow,
  LaneStore,
  LaneWrite,
  SegmentWrite,
  Visit,
} from "@homing/core/lane/lane-store";
import { shardOf } from "@homing/core/message/message-id";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { readDuePage } from "./due-page.ts";
import type { IndexReader } from "./index-page.ts";
import { isReadable, READABLE_FORMAT, readable, readableCondition } from "./item-format.ts";
import {
  AFTER_SEGMENTS,
  decodeLane,
  decodeSegment,
  dueLanesKey,
  encodePlaces,
  laneIdOfRow,
  laneKey,
  laneKeyOf,
  markedLanesKey,
  segmentKey,
} from "./lane-item.ts";
import { listLaneRows } from "./list-lanes.ts";
import { encodeExpiry, type Item } from "./message-item.ts";
import { callStorage } from "./storage-failure.ts";
import { Table } from "./table.ts";

/** One conditional write of a lane or of a segment. */
interface Update {
  readonly key: Item;
  /** What must hold besides that this code can read the item. */
  readonly when?: readonly string[];
  readonly set?: readonly string[];
  readonly remove?: readonly string[];
  readonly values?: Readonly<Record<string, AttributeValue>>;
  readonly withinMs?: number | undefined;
}

interface Written {
  readonly applied: boolean;
  readonly item?: Item;
}

export class DynamoDbLaneStore implements LaneStore {
  readonly shards: number;
  readonly linePlaces: number;
  readonly #table: Table;
  readonly #index: IndexReader;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    clock: Pick<Clock, "now">,
    shards: number = DEFAULT_SHARDS,
    linePlaces: number = LINE_PLACES,
  ) {
    this.shards = shards;
    this.linePlaces = linePlaces;
    this.#table = new Table(client, tableName, clock);
    this.#index = { client, tableName, shards };
  }

  async get(key: LaneKey): Promise<Lane | undefined> {
    const item = await this.#table.get(laneKey(key));
    return item && decodeLane(readable(item));
  }

  async getMany(laneIds: readonly string[]): Promise<readonly Lane[]> {
    const items = await Promise.all(laneIds.map((laneId) => this.#table.get(laneKeyOf(laneId))));
    return (
      items
        .filter((item) => item !== undefined)
        // What only a newer version can read is for that version to list, and to move on.
        .filter(isReadable)
        .map(decodeLane)
    );
  }

  async join(key: LaneKey, places: readonly string[], now: number): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: ["attribute_not_exists(overflowing)", ...hasRoom("line", places)],
      set: [
        "line = list_append(if_not_exists(line, :none), :places)",
        "passed = if_not_exists(passed, :now)",
        "senderId = :senderId",
        "orderingKey = :orderingKey",
      ],
      remove: ["expiresAt"],
      values: {
        ...roomValues(places, this.linePlaces),
        ":now": { N: String(now) },
        ":senderId": { S: key.senderId },
        ":orderingKey": { S: key.orderingKey },
      },
    });
  }

  async openOverflow(key: LaneKey): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: ["attribute_not_exists(overflowing)", "size(line) >= :most"],
      set: ["overflowing = :true", "nextSegment = if_not_exists(nextSegment, :one)"],
      values: { ":most": { N: String(this.linePlaces) }, ":true": TRUE, ":one": { N: "1" } },
    });
  }

  async joinSegment(key: LaneKey, number: number, places: readonly string[]): Promise<SegmentWrite> {
    const { applied, item } = await this.#update({
      key: segmentKey(key, number),
      when: ["attribute_not_exists(sealed)", ...hasRoom("places", places)],
      set: ["places = list_append(if_not_exists(places, :none), :places)"],
      values: roomValues(places, this.linePlaces),
    });
    return { applied, ...(item ? { segment: decodeSegment(item) } : {}) };
  }

  async hintSegment(key: LaneKey, number: number): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: ["overflowing = :true", "(attribute_not_exists(lastSegment) OR lastSegment < :number)"],
      set: ["lastSegment = :number"],
      values: { ":true": TRUE, ":number": { N: String(number) } },
    });
  }

  async arm(key: LaneKey, dueAt: number): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: ["attribute_exists(pk)", "attribute_not_exists(dueAt)"],
      ...this.#due(key, dueAt),
    });
  }

  async pass(
    key: LaneKey,
    place: string,
    now: number,
    expiresAt: number,
    withinMs?: number,
  ): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: [HEAD],
      set: ["passed = passed + :one", "movedAt = :now", "expiresAt = :expiresAt"],
      remove: ["line[0]", "visits", ...MARK],
      values: {
        ":place": { S: place },
        ":one": { N: "1" },
        ":now": { N: String(now) },
        ":expiresAt": encodeExpiry(expiresAt),
      },
      withinMs,
    });
  }

  async seal(key: LaneKey, number: number, expiresAt: number, withinMs?: number): Promise<Segment> {
    const { item } = await this.#update({
      key: segmentKey(key, number),
      set: ["sealed = :true", "expiresAt = :expiresAt"],
      values: { ":true": TRUE, ":expiresAt": encodeExpiry(expiresAt) },
      withinMs,
    });
    return decodeSegment(readable(item ?? {}));
  }

  async load(key: LaneKey, { number, places }: Segment, withinMs?: number): Promise<LaneWrite> {
    return this.#write({
      key: laneKey(key),
      when: ["overflowing = :true", "size(line) = :zero", "nextSegment = :number"],
      set: ["line = :places", "nextSegment = :next"],
      remove: places.length < this.linePlaces ? ["overflowing"] : [],
      values: {
        ":true": TRUE,
        ":zero": { N: "0" },
        ":number": { N: String(number) },
        ":next": { N: String(number + 1) },
        ":places": encodePlaces(places),
      },
      withinMs,
    });
  }

  async moveOn(key: LaneKey, readDueAt: number, { dueAt, visits, mark }: Visit): Promise<LaneWrite> {
    const due = this.#due(key, dueAt);
    const marked = this.#mark(key, mark);
    return this.#write({
      key: laneKey(key),
      when: ["dueAt = :readDueAt"],
      set: [...due.set, ...marked.set, "visits = :visits"],
      remove: marked.remove,
      values: {
        ...due.values,
        ...marked.values,
        ":readDueAt": { N: String(readDueAt) },
        ":visits": { N: String(visits) },
      },
    });
  }

  async disarm(key: LaneKey, released: string | undefined): Promise<LaneWrite> {
    const alone = "(size(line) = :one AND line[0] = :released)";
    return this.#write({
      key: laneKey(key),
      when: [
        "attribute_not_exists(overflowing)",
        released === undefined ? "size(line) = :zero" : `(size(line) = :zero OR ${alone})`,
      ],
      remove: ["dueAt", "dueShard"],
      values: {
        ":zero": { N: "0" },
        ...(released === undefined ? {} : { ":one": { N: "1" }, ":released": { S: released } }),
      },
    });
  }

  async mark(
    key: LaneKey,
    place: string,
    mark: LaneMark | undefined,
    expiresAt?: number,
  ): Promise<LaneWrite> {
    const { set, remove, values } = this.#mark(key, mark);
    return this.#write({
      key: laneKey(key),
      when: [HEAD],
      set: [...set, ...(expiresAt === undefined ? [] : ["expiresAt = :expiresAt"])],
      remove,
      values: {
        ...values,
        ":place": { S: place },
        ...(expiresAt === undefined ? {} : { ":expiresAt": encodeExpiry(expiresAt) }),
      },
    });
  }

  async nudge(key: LaneKey, place: string, now: number): Promise<LaneWrite> {
    const { set, values } = this.#due(key, now);
    return this.#write({
      key: laneKey(key),
      when: [HEAD],
      set,
      values: { ...values, ":place": { S: place } },
    });
  }

  async segments(key: LaneKey, from: number, limit: number): Promise<readonly Segment[]> {
    const { pk, sk } = segmentKey(key, from);
    const { Items = [] } = await callStorage(() =>
      this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.tableName,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :end",
          ExpressionAttributeValues: {
            ":pk": pk ?? NONE,
            ":from": sk ?? NONE,
            ":end": { S: AFTER_SEGMENTS },
          },
          ConsistentRead: true,
          Limit: limit,
        }),
      ),
    );
    return Items.map((item) => decodeSegment(readable(item)));
  }

  async due(shard: number, until: number, limit: number, from?: string): Promise<DueLanes> {
    const { items, ...next } = await readDuePage(this.#index, dueLanesKey(shard), until, limit, from);
    return { laneIds: items.map(laneIdOfRow), ...next };
  }

  async list(query: LaneListQuery): Promise<readonly LaneRow[]> {
    return callStorage(() => listLaneRows(this.#index, query));
  }

  /** The due index is sparse: its shard comes and goes with `dueAt`. */
  #due(key: LaneKey, dueAt: number) {
    return {
      set: ["dueAt = :dueAt", "dueShard = :dueShard"],
      values: { ":dueAt": { N: String(dueAt) }, ":dueShard": dueLanesKey(this.#shardOf(key)) },
    };
  }

  #mark(key: LaneKey, mark: LaneMark | undefined): Required<Pick<Update, "set" | "remove" | "values">> {
    if (mark === undefined) return { set: [], remove: MARK, values: {} };
    return {
      set: ["listKey = :listKey", "createdAt = :since"],
      remove: [],
      values: {
        ":listKey": markedLanesKey(mark.state, this.#shardOf(key)),
        ":since": { N: String(mark.since) },
      },
    };
  }

  #shardOf(key: LaneKey): number {
    return shardOf(laneIdOf(key), this.shards);
  }

  async #write(update: Update): Promise<LaneWrite> {
    const { applied, item } = await this.#update(update);
    return { applied, ...(item ? { lane: decodeLane(item) } : {}) };
  }

  async #update({ key, when = [], set = [], remove = [], values = {}, withinMs }: Update): Promise<Written> {
    const { applied, item } = await this.#table.update(
      {
        Key: key,
        ConditionExpression: [...when, readableCondition("#format", ":format")].join(" AND "),
        UpdateExpression: [
          ...(set.length === 0 ? [] : [`SET ${set.join(", ")}`]),
          ...(remove.length === 0 ? [] : [`REMOVE ${remove.join(", ")}`]),
        ].join(" "),
        ExpressionAttributeNames: { "#format": "format" },
        ExpressionAttributeValues: { ...values, ":format": { N: String(READABLE_FORMAT) } },
      },
      withinMs,
    );
    return { applied, ...(item ? { item: readable(item) } : {}) };
  }
}

const TRUE: AttributeValue = { BOOL: true };
const NONE: AttributeValue = { S: "" };
const HEAD = "line[0] = :place";
/** What lists a lane that stands still. */
const MARK = ["listKey", "createdAt"];

/** Of a list of places: room for these, and none of them there. */
function hasRoom(name: "line" | "places", places: readonly string[]): string[] {
  const absent = places.map((_, at) => `NOT contains(${name}, :place${at})`).join(" AND ");
  return [`(attribute_not_exists(${name}) OR (size(${name}) < :most AND ${absent}))`];
}

function roomValues(places: readonly string[], linePlaces: number): Record<string, AttributeValue> {
  return {
    ":most": { N: String(linePlaces) },
    ":none": { L: [] },
    ":places": encodePlaces(places),
    ...Object.fromEntries(places.map((place, at) => [`:place${at}`, { S: place }])),
  };
}
