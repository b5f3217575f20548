/**
 * Keys and senders in the one table: items of their own, and rows that list the keys, newest first: one in the
 * partition of all keys, one in that of its sender.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import { newToken } from "@homing/core/message/message-id";
import {
  type KeyCount,
  type KeyListQuery,
  type KeyPage,
  type KeyRecord,
  type KeyStore,
  MAX_KEYS_LISTED,
  REVOKED_KEPT_MS,
  rotated,
  type SenderRecord,
  unknownSender,
} from "../keys/key-store.ts";
import {
  decodeKey,
  decodeSender,
  END_OF_TIMES,
  encodeExpiryOf,
  encodeKey,
  encodeSender,
  isRowInForce,
  keyIdAt,
  keyKey,
  LIST_PARTITION,
  rowsOf,
  senderKey,
  senderPartition,
} from "./key-item.ts";
import { encodeExpiry, type Item, isExpired } from "./message-item.ts";
import { callStorage, storageFailure } from "./storage-failure.ts";
import { Table } from "./table.ts";

/** Two rotations at once: the second finds out what the first has done and follows it. */
const ROTATION_TRIES = 10;

export class DynamoDbKeyStore implements KeyStore {
  readonly #table: Table;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, "now">) {
    this.#table = new Table(client, tableName, clock);
  }

  async create(key: KeyRecord): Promise<void> {
    // The rows first: a row without its key is passed over, a key without its row could not be found to be revoked.
    await Promise.all(rowsOf(key).map((row) => this.#put({ ...row, ...encodeExpiryOf(key) })));
    await this.#putNew(encodeKey(key));
  }

  async get(keyId: string): Promise<KeyRecord | undefined> {
    const item = await this.#table.get(keyKey(keyId));
    return item && decodeKey(item);
  }

  async list({ senderId, limit, after }: KeyListQuery): Promise<KeyPage> {
    const partition = senderId === undefined ? LIST_PARTITION : senderPartition(senderId);
    const places = await this.#places(partition, limit, after);
    if (senderId !== undefined && places.length < limit) {
      const before = after !== undefined && after < END_OF_TIMES ? after : END_OF_TIMES;
      places.push(...(await this.#places(LIST_PARTITION, limit - places.length, before)));
    }
    const found = await Promise.all(places.map((place) => this.get(keyIdAt(place))));
    const keys = found.filter(
      (key) => key !== undefined && (senderId === undefined || key.senderId === senderId),
    ) as KeyRecord[];
    const last = places.length === limit ? places.at(-1) : undefined;
    return { keys, ...(last === undefined ? {} : { next: last }) };
  }

  async count(senderId: string, now: number): Promise<KeyCount> {
    const rows = await this.#rows({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: senderPartition(senderId) } },
      // So many are too many, whatever they are.
      Limit: 2 * MAX_KEYS_LISTED,
    });
    const listed = rows.filter((row) => !isExpired(row, now));
    return { listed: listed.length, inForce: listed.filter((row) => isRowInForce(row, now)).length };
  }

  async revoke(keyId: string, at: number): Promise<KeyRecord | undefined> {
    const expiresAt = encodeExpiry(at + REVOKED_KEPT_MS);
    const revoked = await this.#update({
      Key: keyKey(keyId),
      UpdateExpression:
        "SET revokedAt = if_not_exists(revokedAt, :at), expiresAt = if_not_exists(expiresAt, :expiresAt)",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":at": { N: String(at) }, ":expiresAt": expiresAt },
    });
    if (!revoked) return undefined;
    const key = decodeKey(revoked);
    const rows = [...rowsOf(key), { pk: { S: LIST_PARTITION }, sk: { S: keyId } }];
    await Promise.all(
      rows.map((row) =>
        this.#update({
          Key: row,
          UpdateExpression: "SET expiresAt = :expiresAt REMOVE validUntil",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":expiresAt": revoked.expiresAt ?? expiresAt },
        }),
      ),
    );
    return key;
  }

  async getSender(senderId: string): Promise<SenderRecord | undefined> {
    const item = await this.#table.get(senderKey(senderId));
    return item && decodeSender(item, senderId);
  }

  async introduceSender(senderId: string): Promise<boolean> {
    // The SDK repeats a put whose answer was lost: its own item is then in its way.
    const writeId = { S: newToken() };
    const sender = encodeSender(unknownSender(senderId));
    if (await this.#putNew({ ...senderKey(senderId), ...sender, writeId })) return true;
    return (await this.#table.get(senderKey(senderId)))?.writeId?.S === writeId.S;
  }

  async rotateSender(senderId: string, at: number): Promise<SenderRecord> {
    // Carried by every try of this call: a write whose answer was lost is recognised, not repeated.
    const writeId = newToken();
    for (let tries = 0; tries < ROTATION_TRIES; tries += 1) {
      const item = await this.#table.get(senderKey(senderId));
      if (item?.writeId?.S === writeId) return decodeSender(item, senderId);
      const current = item ? decodeSender(item, senderId) : undefined;
      const next = rotated(current ?? unknownSender(senderId), at);
      const { generation, rotatedAt } = encodeSender(next);
      const written = await this.#update({
        Key: senderKey(senderId),
        UpdateExpression: "SET generation = :next, rotatedAt = :rotatedAt, writeId = :writeId",
        ConditionExpression: current ? "generation = :current" : "attribute_not_exists(pk)",
        ExpressionAttributeValues: {
          ":next": generation,
          ":rotatedAt": rotatedAt,
          ":writeId": { S: writeId },
          ...(current ? { ":current": { N: String(current.generation) } } : {}),
        },
      });
      if (written) return decodeSender(written, senderId);
    }
    throw storageFailure(new Error("The sender was rotated by others again and again."));
  }

  /** The places in a partition before this one, the newest first. */
  async #places(partition: string, limit: number, before?: string): Promise<string[]> {
    const rows = await this.#rows({
      KeyConditionExpression: before === undefined ? "pk = :pk" : "pk = :pk AND sk < :before",
      ExpressionAttributeValues: {
        ":pk": { S: partition },
        ...(before === undefined ? {} : { ":before": { S: before } }),
      },
      ScanIndexForward: false,
      Limit: limit,
    });
    return rows.map((row) => row.sk?.S ?? "");
  }

  /** Rows are tiny: as many as are asked for fit into one answer of DynamoDB, which is 1 MB. */
  async #rows(query: Omit<ConstructorParameters<typeof QueryCommand>[0], "TableName">): Promise<Item[]> {
    const command = new QueryCommand({ ...query, TableName: this.#table.tableName, ConsistentRead: true });
    return (await callStorage(() => this.#table.client.send(command))).Items ?? [];
  }

  async #put(item: Item): Promise<void> {
    await callStorage(() =>
      this.#table.client.send(new PutItemCommand({ TableName: this.#table.tableName, Item: item })),
    );
  }

  /** False if there is an item already. */
  async #putNew(item: Item): Promise<boolean> {
    const put = new PutItemCommand({
      TableName: this.#table.tableName,
      Item: item,
      ConditionExpression: "attribute_not_exists(pk)",
    });
    return (await this.#unlessConditionFails(() => this.#table.client.send(put))) !== undefined;
  }

  /** The item as it is afterwards; undefined if the condition was lost. */
  async #update(
    input: Omit<ConstructorParameters<typeof UpdateItemCommand>[0], "TableName" | "ReturnValues">,
  ): Promise<Item | undefined> {
    const update = new UpdateItemCommand({
      ...input,
      TableName: this.#table.tableName,
      ReturnValues: "ALL_NEW",
    });
    const result = await this.#unlessConditionFails(() => this.#table.client.send(update));
    return result && (result.Attributes ?? {});
  }

  async #unlessConditionFails<T>(call: () => Promise<T>): Promise<T | undefined> {
    return callStorage(() =>
      call().catch((error: unknown) => {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }),
    );
  }
}
