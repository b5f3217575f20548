/** Events in the one table: the event, and its payload once for all of its deliveries. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
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
import { attributeUpdate } from "./attribute-update.ts";
import { batchGet } from "./batch-get.ts";
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
import type { IndexReader } from "./index-page.ts";
import { readable } from "./item-format.ts";
import { listEventRows } from "./list-events.ts";
import { encodeExpiry, type Item } from "./message-item.ts";
import { callStorage, storageFailure } from "./storage-failure.ts";
import { Table } from "./table.ts";

export class DynamoDbEventStore implements EventStore {
  readonly #table: Table;
  readonly #index: IndexReader;
  readonly #shards: number;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    clock: Pick<Clock, "now">,
    shards: number = DEFAULT_SHARDS,
  ) {
    this.#table = new Table(client, tableName, clock);
    this.#index = { client, tableName, shards };
    this.#shards = shards;
  }

  async insert(event: Event): Promise<EventWriteResult> {
    const existing = await this.#table.putNew(encodeEvent(event, this.#shards));
    if (!existing) return { applied: true, event };
    const found = decodeEvent(readable(existing));
    return { applied: found.writeId === event.writeId, event: found };
  }

  async apply(eventId: string, { when, set, remove }: EventTransition): Promise<EventWriteResult> {
    const statuses = when.status.map((_, at) => `:status${at}`).join(", ");
    const { applied, item } = await this.#table.update({
      Key: eventKey(eventId),
      ...attributeUpdate({
        revision: when.revision,
        when: [`#status IN (${statuses})`, "#expiresAt > :now"],
        names: { "#status": "status", "#expiresAt": "expiresAt" },
        values: {
          ...Object.fromEntries(when.status.map((status, at) => [`:status${at}`, { S: status }])),
          ":now": this.#table.nowSeconds(),
        },
        set: encodeEventAttributes(set, shardOf(eventId, this.#shards)),
        remove: [...remove, ...(remove.includes("dueAt") ? ["dueShard"] : [])],
      }),
    });
    const found = applied ? item : this.#table.alive(item);
    if (!found) return { applied: false };
    const event = decodeEvent(readable(found));
    // A lost condition has met this very write, if the SDK repeated it after its answer was lost.
    return { applied: applied || event.writeId === set.writeId, event };
  }

  async get(eventId: string): Promise<Event | undefined> {
    const item = await this.#table.get(eventKey(eventId));
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
    return decodeStored(readable((await this.#table.putNew(item)) ?? item));
  }

  async keepPayload(owner: EventPayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#table.keepUntil(eventPayloadKey(owner), expiresAt);
  }

  async getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined> {
    const item = await this.#table.get(eventPayloadKey(owner));
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
      ":now": this.#table.nowSeconds(),
    };
    // Expired items stay for hours: what is noted there is of an event that is gone. It is taken out first.
    for (const [change, condition] of [
      ["ADD slices :slice SET expiresAt = :expiresAt", "attribute_not_exists(pk) OR expiresAt > :now"],
      ["SET slices = :slice, expiresAt = :expiresAt", "expiresAt <= :now"],
      ["ADD slices :slice SET expiresAt = :expiresAt", "expiresAt > :now"],
    ] as const) {
      try {
        const { Attributes } = await this.#table.client.send(
          new UpdateItemCommand({
            TableName: this.#table.tableName,
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
    return new Set((await this.#table.get(slicesKey(eventId)))?.slices?.SS ?? []);
  }

  async list(query: EventListQuery): Promise<readonly EventRow[]> {
    return callStorage(() => listEventRows(this.#index, query));
  }
}

function decodeStored(item: Item): StoredEventPayload {
  return { payload: decodeEventPayload(item), expiresAt: Number(item.expiresAt?.N) * 1_000 };
}
