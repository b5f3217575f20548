/** Events in the one table: the event, and its payload once for all of its deliveries. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import type { Event } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import type { EventTransition } from "@homing/core/event/event-lifecycle";
import type {
  EventListQuery,
  EventPayloadOwner,
  EventPayloadSummary,
  EventRow,
  EventStore,
  EventWriteResult,
  StoredEventPayload,
} from "@homing/core/event/event-store";
import { shardOf } from "@homing/core/message/message-id";
import { StorageError } from "@homing/core/store/message-store";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { batchGet, type ReadTable } from "./batch-get.ts";
import {
  decodeEvent,
  decodeEventPayload,
  decodeEventPayloadSummary,
  encodeEvent,
  encodeEventAttributes,
  encodeEventPayload,
  eventKey,
  eventPayloadKey,
  slicesKey,
} from "./event-item.ts";
import { READABLE_FORMAT, readable, readableCondition } from "./item-format.ts";
import { listEventRows } from "./list-events.ts";
import { encodeExpiry, type Item, isExpired } from "./message-item.ts";
import { storageFailure } from "./storage-failure.ts";

export class DynamoDbEventStore implements EventStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #shards: number;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    clock: Pick<Clock, "now">,
    shards: number = DEFAULT_SHARDS,
  ) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
    this.#shards = shards;
  }

  async insert(event: Event): Promise<EventWriteResult> {
    const existing = await this.#putNew(encodeEvent(event, this.#shards), eventKey(event.eventId));
    if (!existing) return { applied: true, event };
    const found = decodeEvent(readable(existing));
    return { applied: found.writeId === event.writeId, event: found };
  }

  async apply(eventId: string, { when, set, remove }: EventTransition): Promise<EventWriteResult> {
    const written = Object.entries(encodeEventAttributes(set, shardOf(eventId, this.#shards)));
    const removed: string[] = [...remove, ...(remove.includes("dueAt") ? ["dueShard"] : [])];
    const names = [...written.map(([name]) => name), ...removed];
    const sets = written.map((_, at) => `#${at} = :${at}`).join(", ");
    const removes = removed.map((_, at) => `#${written.length + at}`).join(", ");
    const statuses = when.status.map((_, at) => `:status${at}`).join(", ");
    const condition = [
      "#revision = :revision",
      `#status IN (${statuses})`,
      "#expiresAt > :now",
      readableCondition("#format", ":format"),
    ].join(" AND ");
    try {
      const { Attributes } = await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: eventKey(eventId),
          ConditionExpression: condition,
          UpdateExpression: `SET ${sets}${removes === "" ? "" : ` REMOVE ${removes}`}`,
          ExpressionAttributeNames: {
            ...Object.fromEntries(names.map((name, at) => [`#${at}`, name])),
            "#revision": "revision",
            "#status": "status",
            "#expiresAt": "expiresAt",
            "#format": "format",
          },
          ExpressionAttributeValues: {
            ...Object.fromEntries(written.map(([, value], at) => [`:${at}`, value])),
            ...Object.fromEntries(when.status.map((status, at) => [`:status${at}`, { S: status }])),
            ":revision": { N: String(when.revision) },
            ":now": this.#nowSeconds(),
            ":format": { N: String(READABLE_FORMAT) },
          },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      if (!Attributes) throw new Error("UpdateItem answers ALL_NEW");
      return { applied: true, event: decodeEvent(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      const item = await this.#itemOf(error, eventKey(eventId));
      if (!item) return { applied: false };
      const event = decodeEvent(readable(item));
      // The SDK repeated this very write after its answer was lost.
      return { applied: event.writeId === set.writeId, event };
    }
  }

  async get(eventId: string): Promise<Event | undefined> {
    const item = await this.#get(eventKey(eventId));
    return item && decodeEvent(readable(item));
  }

  async getMany(eventIds: readonly string[]): Promise<readonly Event[]> {
    const items = await batchGet(this.#table, [...new Set(eventIds)].map(eventKey), { ConsistentRead: true });
    return items.map(decodeEvent);
  }

  async putPayload(
    owner: EventPayloadOwner,
    payload: EventPayload,
    expiresAt: number,
  ): Promise<StoredEventPayload> {
    const item = encodeEventPayload(owner, payload, expiresAt);
    const stored = readable((await this.#putNew(item, eventPayloadKey(owner))) ?? item);
    return decodeStored(stored);
  }

  async keepPayload(owner: EventPayloadOwner, expiresAt: number): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: eventPayloadKey(owner),
          UpdateExpression: "SET expiresAt = :expiresAt",
          ConditionExpression: "expiresAt > :now",
          ExpressionAttributeValues: { ":expiresAt": encodeExpiry(expiresAt), ":now": this.#nowSeconds() },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storageFailure(error);
    }
  }

  async getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined> {
    const item = await this.#get(eventPayloadKey(owner));
    return item && decodeStored(readable(item));
  }

  async getSummaries(owners: readonly EventPayloadOwner[]): Promise<readonly EventPayloadSummary[]> {
    const distinct = new Map(owners.map((owner) => [`${owner.eventId} ${owner.requestHash}`, owner]));
    const items = await batchGet(this.#table, [...distinct.values()].map(eventPayloadKey), {
      ProjectionExpression: "pk, sk, expiresAt, metadata",
    });
    return items.map(decodeEventPayloadSummary);
  }

  async noteSlice(eventId: string, slice: string, expiresAt: number): Promise<ReadonlySet<string>> {
    const values = {
      ":expiresAt": encodeExpiry(expiresAt),
      ":slice": { SS: [slice] },
      ":now": this.#nowSeconds(),
    };
    // Expired items stay for hours: what is noted there is of an event that is gone. It is taken out first.
    for (const [change, condition] of [
      ["ADD slices :slice SET expiresAt = :expiresAt", "attribute_not_exists(pk) OR expiresAt > :now"],
      ["SET slices = :slice, expiresAt = :expiresAt", "expiresAt <= :now"],
      ["ADD slices :slice SET expiresAt = :expiresAt", "expiresAt > :now"],
    ] as const) {
      try {
        const { Attributes } = await this.#client.send(
          new UpdateItemCommand({
            TableName: this.#tableName,
            Key: slicesKey(eventId),
            UpdateExpression: change,
            ConditionExpression: condition,
            ExpressionAttributeValues: values,
            ReturnValues: "ALL_NEW",
          }),
        );
        return new Set(Attributes?.slices?.SS ?? []);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      }
    }
    throw new StorageError(false, true, new Error("It expired, and others came before, while it was noted."));
  }

  async slices(eventId: string): Promise<ReadonlySet<string>> {
    return new Set((await this.#get(slicesKey(eventId)))?.slices?.SS ?? []);
  }

  async list(query: EventListQuery): Promise<readonly EventRow[]> {
    const reader = { client: this.#client, tableName: this.#tableName, shards: this.#shards };
    return this.#call(() => listEventRows(reader, query));
  }

  get #table(): ReadTable {
    return { client: this.#client, tableName: this.#tableName, clock: this.#clock };
  }

  /** The item that is there already, if there is one. */
  async #putNew(item: Item, key: Item): Promise<Item | undefined> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: item,
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
          ExpressionAttributeValues: { ":now": this.#nowSeconds() },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      const existing = await this.#itemOf(error, key);
      // It expired between the two: nothing is stored, and the call may be repeated.
      if (!existing) throw new StorageError(false, true, error);
      return existing;
    }
  }

  /** What a lost condition has met. Not every server that speaks the protocol returns the item. */
  async #itemOf(error: ConditionalCheckFailedException, key: Item): Promise<Item | undefined> {
    if (!error.Item) return this.#get(key);
    return isExpired(error.Item, this.#clock.now()) ? undefined : error.Item;
  }

  async #get(key: Item): Promise<Item | undefined> {
    const { Item: item } = await this.#call(() =>
      this.#client.send(new GetItemCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true })),
    );
    return item && !isExpired(item, this.#clock.now()) ? item : undefined;
  }

  /** As `expiresAt` is stored. */
  #nowSeconds(): { N: string } {
    return { N: String(this.#clock.now() / 1_000) };
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storageFailure(error);
    }
  }
}

function decodeStored(item: Item): StoredEventPayload {
  return { payload: decodeEventPayload(item), expiresAt: Number(item.expiresAt?.N) * 1_000 };
}
