/** Endpoints in the one table: their own items, a pointer from each id to its sender, and each sender's version. */
import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
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
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { attributeUpdate } from "./attribute-update.ts";
import { batchGet } from "./batch-get.ts";
import { readDuePage } from "./due-page.ts";
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
import { readable } from "./item-format.ts";
import { listEndpointRows, listFailingRows } from "./list-endpoints.ts";
import type { Item } from "./message-item.ts";
import { callStorage } from "./storage-failure.ts";
import { Table } from "./table.ts";

export class DynamoDbEndpointStore implements EndpointStore {
  readonly #table: Table;
  readonly #index: IndexReader;
  readonly #shards: number;
  readonly #paces: DynamoDbPaces;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    clock: Pick<Clock, "now">,
    shards: number = DEFAULT_SHARDS,
  ) {
    this.#table = new Table(client, tableName, clock);
    this.#index = { client, tableName, shards };
    this.#shards = shards;
    this.#paces = new DynamoDbPaces(this.#table);
  }

  async insert(endpoint: Endpoint): Promise<{ inserted: boolean; endpoint: Endpoint }> {
    // Before the endpoint: one without its pointer would be listed, and could be neither shown nor deleted.
    await this.#point(endpoint);
    const found = await this.#table.putNew(encodeEndpoint(endpoint, this.#shards));
    const existing = found && decodeEndpoint(readable(found));
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
    await callStorage(() =>
      this.#table.client.send(
        new UpdateItemCommand({
          TableName: this.#table.tableName,
          Key: headKey(senderId),
          UpdateExpression: "ADD version :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      ),
    );
  }

  async version(senderId: string): Promise<number> {
    const item = await this.#table.get(headKey(senderId));
    return item ? Number(readable(item).version?.N ?? 0) : 0;
  }

  async listOf(senderId: string): Promise<readonly Endpoint[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await callStorage(() =>
        this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.tableName,
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
    return items.filter((item) => this.#table.alive(item)).map((item) => decodeEndpoint(readable(item)));
  }

  async get(senderId: string, endpointId: string): Promise<Endpoint | undefined> {
    const item = await this.#table.get(endpointKey({ senderId, endpointId }));
    return item && decodeEndpoint(readable(item));
  }

  async getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]> {
    const distinct = new Map(owners.map((owner) => [`${owner.senderId} ${owner.endpointId}`, owner]));
    const keys = [...distinct.values()].map(endpointKey);
    const items = await batchGet(this.#table, keys, { ConsistentRead: true });
    return items.map(decodeEndpoint);
  }

  async find(endpointId: string): Promise<Endpoint | undefined> {
    const pointer = await this.#table.get(pointerKey(endpointId));
    const senderId = pointer?.senderId?.S;
    return senderId === undefined ? undefined : this.get(senderId, endpointId);
  }

  async list(query: EndpointListQuery): Promise<EndpointPage> {
    const rows = await callStorage(() => listEndpointRows(this.#index, query));
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
    const rows = await callStorage(() => listFailingRows(this.#index, limit));
    return rows.length === 0 ? [] : (await this.getMany(rows)).filter(isFailing);
  }

  async due(until: number, limit: number, from?: string): Promise<DueEndpoints> {
    const { items, ...next } = await readDuePage(this.#index, DUE_ENDPOINTS, until, limit, from);
    return { endpoints: items.map(endpointOfRow), ...next };
  }

  reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    return this.#paces.reserve(owner, request);
  }

  async #point({ endpointId, senderId }: Endpoint): Promise<void> {
    await callStorage(() =>
      this.#table.client.send(
        new UpdateItemCommand({
          TableName: this.#table.tableName,
          Key: pointerKey(endpointId),
          // One of an endpoint that was deleted under the same idempotency key would be gone in a while.
          UpdateExpression: "SET senderId = :senderId REMOVE expiresAt",
          ExpressionAttributeValues: { ":senderId": { S: senderId } },
        }),
      ),
    );
  }

  async #update(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    const { revision, set, remove } = change;
    const { placed, left } = endpointIndexes(performChange(read, change) ?? read, this.#shards);
    const { applied, item } = await this.#table.update({
      Key: endpointKey(read),
      ...attributeUpdate({
        revision,
        set: { ...encodeAttributes(set), ...placed },
        remove: [...remove, ...left, ...(remove.includes("dueAt") ? ["dueShard"] : [])],
      }),
    });
    if (applied) return item && decodeEndpoint(item);
    const found = this.#table.alive(item);
    const current = found && decodeEndpoint(readable(found));
    // The SDK repeated this very write after its answer was lost.
    return current?.writeId === set.writeId ? current : undefined;
  }
}
