/** The message store on DynamoDB: bare client calls, one write a transition. */
import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import { type Attempt, isDelivery, type Message, type Payload } from "@homing/core/message/message";
import { carriesToken, type Token, type Transition } from "@homing/core/message/transition";
import {
  type DuePage,
  type DueQuery,
  type DueRow,
  type IdPage,
  type IdQuery,
  type IndexRow,
  LATEST_ATTEMPTS,
  type ListPosition,
  type ListQuery,
  type MessageDetail,
  type MessageStore,
  type PayloadOwner,
  type PayloadSummary,
  type WriteResult,
} from "@homing/core/store/message-store";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { batchGet } from "./batch-get.ts";
import { readDuePage } from "./due-page.ts";
import { endingWithin } from "./ending-within.ts";
import { findIdRows } from "./find-ids.ts";
import type { IndexReader } from "./index-page.ts";
import { isReadable, readable } from "./item-format.ts";
import { countHeldRows, listDueRows, listHeldRows, listRows } from "./list-messages.ts";
import {
  decodeAttempt,
  decodeMessage,
  decodePayload,
  dueShardKey,
  encodeAttempt,
  encodeMessage,
  encodePayload,
  type Item,
  isAttemptItem,
  MESSAGE_KEY,
  messageKey,
  payloadKey,
} from "./message-item.ts";
import { PutCollector } from "./put-collector.ts";
import { callStorage } from "./storage-failure.ts";
import { ABSENT, Table } from "./table.ts";
import { transitionUpdate } from "./transition-update.ts";

export class DynamoDbMessageStore implements MessageStore {
  readonly shards: number;
  readonly #table: Table;
  readonly #index: IndexReader;
  readonly #payloads: PutCollector;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    clock: Pick<Clock, "now">,
    shards: number = DEFAULT_SHARDS,
  ) {
    this.shards = shards;
    this.#table = new Table(client, tableName, clock);
    this.#index = { client, tableName, shards };
    this.#payloads = new PutCollector(client, tableName);
  }

  async insert(message: Message): Promise<WriteResult> {
    const token: Token = { attribute: "writeId", value: message.writeId ?? "" };
    return this.#write(message.messageId, token, async () => {
      await this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.tableName,
          Item: encodeMessage(message, this.shards),
          ConditionExpression: ABSENT,
          ExpressionAttributeValues: { ":now": this.#table.nowSeconds() },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return message;
    });
  }

  async apply(messageId: string, transition: Transition, withinMs?: number): Promise<WriteResult> {
    return this.#write(messageId, transition.token, async () => {
      const input = transitionUpdate(this.#table.tableName, messageId, transition, {
        shards: this.shards,
        now: this.#table.clock.now(),
      });
      const { Attributes } = await this.#table.client.send(
        new UpdateItemCommand(input),
        endingWithin(withinMs),
      );
      if (!Attributes) throw new Error("UpdateItem answers ALL_NEW");
      return decodeMessage(Attributes);
    });
  }

  async putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<void> {
    await callStorage(() => this.#payloads.put(encodePayload(owner, payload, expiresAt)));
  }

  async putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<Payload> {
    const existing = await this.#table.putNew(encodePayload(owner, payload, expiresAt));
    return existing ? decodePayload(readable(existing)) : payload;
  }

  async keepPayload(owner: PayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#table.keepUntil(payloadKey(owner), expiresAt);
  }

  async putAttempt(messageId: string, attempt: Attempt, expiresAt: number, withinMs?: number): Promise<void> {
    await this.#put(encodeAttempt(messageId, attempt, expiresAt), withinMs);
  }

  async get(messageId: string, withinMs?: number): Promise<Message | undefined> {
    const item = await this.#table.get(messageKey(messageId), withinMs);
    return item && decodeMessage(readable(item));
  }

  async getMany(messageIds: readonly string[]): Promise<readonly Message[]> {
    const items = await batchGet(this.#table, [...new Set(messageIds)].map(messageKey), {
      ConsistentRead: true,
    });
    return items.map(decodeMessage);
  }

  async getPayload(owner: PayloadOwner, withinMs?: number): Promise<Payload | undefined> {
    const item = await this.#table.get(payloadKey(owner), withinMs);
    return item && decodePayload(readable(item));
  }

  async getSummaries(messages: readonly Message[]): Promise<ReadonlyMap<string, PayloadSummary>> {
    const items = await batchGet(this.#table, messages.map(payloadKey), {
      ProjectionExpression: "pk, sk, expiresAt, targetUrl, #method, metadata",
      ExpressionAttributeNames: { "#method": "method" },
    });
    return new Map(
      items.map((item) => {
        const { targetUrl, method, metadata } = decodePayload(item);
        return [item.pk?.S ?? "", { targetUrl, method, ...(metadata ? { metadata } : {}) }];
      }),
    );
  }

  async getDetail(messageId: string): Promise<MessageDetail | undefined> {
    const items = await this.#latestItems(messageId);
    const messageItem = items.find((item) => item.sk?.S === MESSAGE_KEY);
    if (!messageItem) return undefined;
    const message = decodeMessage(readable(messageItem));
    // That of a delivery is its event's.
    const payload = isDelivery(message) ? undefined : await this.getPayload(message);
    const attempts = items
      .filter((item) => isAttemptItem(item) && isReadable(item))
      .map(decodeAttempt)
      // An idempotency key that expired and was used again leads to the same id: attempts of the earlier life.
      .filter((attempt) => attempt.startedAt >= message.createdAt)
      .sort((a, b) => a.number - b.number || a.startedAt - b.startedAt)
      .slice(-LATEST_ATTEMPTS);
    return { message, ...(payload ? { payload } : {}), attempts };
  }

  async list(query: ListQuery): Promise<readonly IndexRow[]> {
    return callStorage(() => listRows(this.#index, query));
  }

  async findIds(query: IdQuery): Promise<IdPage> {
    return callStorage(() => findIdRows(this.#index, query));
  }

  async listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds: readonly number[] = [],
  ): Promise<readonly IndexRow[]> {
    return callStorage(() => listHeldRows(this.#index, endpointId, limit, after, rounds));
  }

  async countHeld(endpointId: string, most: number): Promise<number> {
    return callStorage(() => countHeldRows(this.#index, endpointId, most));
  }

  async listDue(query: DueQuery): Promise<readonly DueRow[]> {
    return callStorage(() => listDueRows(this.#index, query));
  }

  async due(shard: number, until: number, limit: number, from?: string): Promise<DuePage> {
    const { items, ...next } = await readDuePage(this.#index, dueShardKey(shard), until, limit, from);
    return { ids: items.map((row) => row.pk?.S ?? ""), ...next };
  }

  async ping(): Promise<void> {
    await this.#table.get({ pk: { S: "ping" }, sk: { S: "ping" } });
  }

  /**
   * One conditional write. A lost condition is an ordinary answer: if the item carries this write's token, it
   * was this very write, and the SDK repeated it after its answer was lost.
   */
  async #write(messageId: string, token: Token, write: () => Promise<Message>): Promise<WriteResult> {
    try {
      return { applied: true, message: await write() };
    } catch (error) {
      const item = this.#table.alive(await this.#table.metBy(error, messageKey(messageId)));
      const current = item && decodeMessage(readable(item));
      if (carriesToken(current, token)) return { applied: true, message: current };
      return { applied: false, ...(current ? { message: current } : {}) };
    }
  }

  async #put(item: Item, withinMs?: number): Promise<void> {
    const put = new PutItemCommand({ TableName: this.#table.tableName, Item: item });
    await callStorage(() => this.#table.client.send(put, endingWithin(withinMs)));
  }

  /** Backwards, from the message on: its attempts come before it, the latest first met, and no payload does. */
  async #latestItems(messageId: string): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await callStorage(() =>
        this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.tableName,
            KeyConditionExpression: "pk = :id AND sk <= :message",
            ExpressionAttributeValues: { ":id": { S: messageId }, ":message": { S: MESSAGE_KEY } },
            ConsistentRead: true,
            ScanIndexForward: false,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start && items.filter(isAttemptItem).length < LATEST_ATTEMPTS);
    return items.filter((item) => this.#table.alive(item));
  }
}
