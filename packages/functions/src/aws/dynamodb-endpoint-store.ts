/** Endpoints in the one table: their own items, a pointer from each id to its sender, and each sender's version. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import { callsForAttention, type Endpoint, isFailing } from "@homing/core/endpoint/endpoint";
import { type EndpointChange, performChange } from "@homing/core/endpoint/endpoint-change";
import {
  type DueEndpoints,
  type EndpointListQuery,
  type EndpointOwner,
  type EndpointPage,
  type EndpointStore,
  placeOf,
} from "@homing/core/endpoint/endpoint-store";
import type { SlotRequest } from "@homing/core/endpoint/pace";
import { StorageError } from "@homing/core/store/message-store";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { batchGet } from "./batch-get.ts";
import { DynamoDbPaces } from "./dynamodb-paces.ts";
import {
  DUE_ENDPOINTS,
  decodeEndpoint,
  encodeAttributes,
  encodeEndpoint,
  endpointIndexes,
  endpointKey,
  endpointOfRow,
  endpointPartition,
  headKey,
  pointerKey,
} from "./endpoint-item.ts";
import type { IndexReader } from "./index-page.ts";
import { READABLE_FORMAT, readable, readableCondition } from "./item-format.ts";
import { listEndpointRows, listFailingRows } from "./list-endpoints.ts";
import { type Item, isExpired } from "./message-item.ts";
import { storageFailure } from "./storage-failure.ts";

export class DynamoDbEndpointStore implements EndpointStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #shards: number;
  readonly #paces: DynamoDbPaces;

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
    this.#paces = new DynamoDbPaces(client, tableName);
  }

  async insert(endpoint: Endpoint): Promise<{ inserted: boolean; endpoint: Endpoint }> {
    // Before the endpoint: one without its pointer would be listed, and could be neither shown nor deleted.
    await this.#point(endpoint);
    const existing = await this.#putNew(endpoint);
    await this.raiseVersion(endpoint.senderId);
    return {
      inserted: existing === undefined || existing.writeId === endpoint.writeId,
      endpoint: existing ?? endpoint,
    };
  }

  async change(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    const changed = await this.#update(read, change);
    if (changed && !change.quiet) await this.raiseVersion(read.senderId);
    return changed;
  }

  async raiseVersion(senderId: string): Promise<void> {
    // The SDK may repeat it: that raises the version twice, which does no harm.
    await this.#call(() =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: headKey(senderId),
          UpdateExpression: "ADD version :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      ),
    );
  }

  async version(senderId: string): Promise<number> {
    const item = await this.#get(headKey(senderId));
    return item ? Number(readable(item).version?.N ?? 0) : 0;
  }

  async listOf(senderId: string): Promise<readonly Endpoint[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await this.#call(() =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#tableName,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :endpoint)",
            ExpressionAttributeValues: { ":pk": endpointPartition(senderId), ":endpoint": { S: "ep_" } },
            ConsistentRead: true,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items.filter((item) => this.#counts(item)).map((item) => decodeEndpoint(readable(item)));
  }

  async get(senderId: string, endpointId: string): Promise<Endpoint | undefined> {
    const item = await this.#get(endpointKey({ senderId, endpointId }));
    return item && decodeEndpoint(readable(item));
  }

  async getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]> {
    const table = { client: this.#client, tableName: this.#tableName, clock: this.#clock };
    const distinct = new Map(owners.map((owner) => [`${owner.senderId} ${owner.endpointId}`, owner]));
    const items = await batchGet(table, [...distinct.values()].map(endpointKey), { ConsistentRead: true });
    return items.map(decodeEndpoint);
  }

  async find(endpointId: string): Promise<Endpoint | undefined> {
    const pointer = await this.#get(pointerKey(endpointId));
    const senderId = pointer?.senderId?.S;
    return senderId === undefined ? undefined : this.get(senderId, endpointId);
  }

  async list(query: EndpointListQuery): Promise<EndpointPage> {
    const rows = await this.#call(() => listEndpointRows(this.#reader(), query));
    // A row is a hint: the endpoint itself decides.
    const found = new Map((await this.getMany(rows)).map((endpoint) => [endpoint.endpointId, endpoint]));
    const endpoints = rows
      .flatMap(({ endpointId }) => found.get(endpointId) ?? [])
      .filter(
        (endpoint) => endpoint.state !== "DELETED" && (!query.attention || callsForAttention(endpoint)),
      );
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return { endpoints, ...(last ? { next: placeOf(last) } : {}) };
  }

  async failing(limit: number): Promise<readonly Endpoint[]> {
    const rows = await this.#call(() => listFailingRows(this.#reader(), limit));
    return rows.length === 0 ? [] : (await this.getMany(rows)).filter(isFailing);
  }

  async due(until: number, limit: number, from?: string): Promise<DueEndpoints> {
    const { Items = [], LastEvaluatedKey } = await this.#call(() =>
      this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          IndexName: "due",
          KeyConditionExpression: "dueShard = :endpoints AND dueAt <= :until",
          ExpressionAttributeValues: { ":endpoints": DUE_ENDPOINTS, ":until": { N: String(until) } },
          Limit: limit,
          ...(from === undefined ? {} : { ExclusiveStartKey: JSON.parse(from) as Item }),
        }),
      ),
    );
    return {
      endpoints: Items.map(endpointOfRow),
      ...(LastEvaluatedKey ? { next: JSON.stringify(LastEvaluatedKey) } : {}),
    };
  }

  reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    return this.#paces.reserve(owner, request);
  }

  #reader(): IndexReader {
    return { client: this.#client, tableName: this.#tableName, shards: this.#shards };
  }

  async #point({ endpointId, senderId }: Endpoint): Promise<void> {
    await this.#call(() =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: pointerKey(endpointId),
          // One of an endpoint that was deleted under the same idempotency key would be gone in a while.
          UpdateExpression: "SET senderId = :senderId REMOVE expiresAt",
          ExpressionAttributeValues: { ":senderId": { S: senderId } },
        }),
      ),
    );
  }

  /** The endpoint that is there already, if there is one. */
  async #putNew(endpoint: Endpoint): Promise<Endpoint | undefined> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: encodeEndpoint(endpoint, this.#shards),
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
          ExpressionAttributeValues: { ":now": { N: String(this.#clock.now() / 1_000) } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      const existing = await this.#itemOf(error, endpoint);
      // It expired between the two: nothing is stored, and the call may be repeated.
      if (!existing) throw new StorageError(false, true, error);
      return existing;
    }
  }

  async #update(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    const { revision, set, remove } = change;
    const { placed, left } = endpointIndexes(performChange(read, change) ?? read, this.#shards);
    const written = Object.entries({ ...encodeAttributes(set), ...placed });
    const removed = [...remove, ...left, ...(remove.includes("dueAt") ? ["dueShard"] : [])];
    const names = [...written.map(([name]) => name), ...removed];
    const sets = written.map((_, at) => `#${at} = :${at}`).join(", ");
    const removes = removed.map((_, at) => `#${written.length + at}`).join(", ");
    try {
      const { Attributes } = await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: endpointKey(read),
          ConditionExpression: `#revision = :revision AND ${readableCondition("#format", ":format")}`,
          UpdateExpression: `SET ${sets}${removes === "" ? "" : ` REMOVE ${removes}`}`,
          ExpressionAttributeNames: {
            ...Object.fromEntries(names.map((name, at) => [`#${at}`, name])),
            "#revision": "revision",
            "#format": "format",
          },
          ExpressionAttributeValues: {
            ...Object.fromEntries(written.map(([, value], at) => [`:${at}`, value])),
            ":revision": { N: String(revision) },
            ":format": { N: String(READABLE_FORMAT) },
          },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return Attributes && decodeEndpoint(Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      const current = await this.#itemOf(error, read);
      // The SDK repeated this very write after its answer was lost.
      return current?.writeId === set.writeId ? current : undefined;
    }
  }

  /** What a lost condition has met. Not every server that speaks the protocol returns the item. */
  async #itemOf(error: ConditionalCheckFailedException, endpoint: Endpoint): Promise<Endpoint | undefined> {
    if (!error.Item) return this.get(endpoint.senderId, endpoint.endpointId);
    return this.#counts(error.Item) ? decodeEndpoint(readable(error.Item)) : undefined;
  }

  async #get(key: Item): Promise<Item | undefined> {
    const { Item: item } = await this.#call(() =>
      this.#client.send(new GetItemCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true })),
    );
    return item && this.#counts(item) ? item : undefined;
  }

  #counts(item: Item): boolean {
    return !isExpired(item, this.#clock.now());
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storageFailure(error);
    }
  }
}
