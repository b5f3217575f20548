/** The one table as its adapters see it: what has expired is absent, and whatever fails is a StorageError. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "@homing/core/clock";
import { StorageError } from "@homing/core/store/message-store";
import { endingWithin } from "./ending-within.ts";
import { encodeExpiry, type Item, isExpired } from "./message-item.ts";
import { callStorage, storageFailure } from "./storage-failure.ts";

/** Past its expiry an item counts as absent, however long DynamoDB takes to delete it. */
export const ABSENT = "attribute_not_exists(pk) OR expiresAt <= :now";

export type Update = Omit<UpdateItemCommandInput, "TableName" | "Key"> & { readonly Key: Item };

export class Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.tableName = tableName;
    this.clock = clock;
  }

  async get(key: Item, withinMs?: number): Promise<Item | undefined> {
    return this.alive(await this.read(key, withinMs));
  }

  /** Also if it has expired. */
  async read(key: Item, withinMs?: number): Promise<Item | undefined> {
    const get = new GetItemCommand({ TableName: this.tableName, Key: key, ConsistentRead: true });
    const { Item: item } = await callStorage(() => this.client.send(get, endingWithin(withinMs)));
    return item;
  }

  alive(item: Item | undefined): Item | undefined {
    return item && !isExpired(item, this.clock.now()) ? item : undefined;
  }

  /** Stores it, unless there is one: then that is the answer. */
  async putNew(item: Item): Promise<Item | undefined> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.tableName,
          Item: item,
          ConditionExpression: ABSENT,
          ExpressionAttributeValues: { ":now": this.nowSeconds() },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      const { pk, sk } = item;
      const existing = this.alive(await this.metBy(error, { pk, sk } as Item));
      // It expired between the two: nothing is stored, and the call may be repeated.
      if (!existing) throw new StorageError(false, true, error);
      return existing;
    }
  }

  /** The item as it is now, also if it has expired, and whether the condition held. */
  async update(input: Update, withinMs?: number): Promise<{ applied: boolean; item: Item | undefined }> {
    const command = new UpdateItemCommand({
      ...input,
      TableName: this.tableName,
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      const { Attributes } = await this.client.send(command, endingWithin(withinMs));
      if (!Attributes) throw new Error("UpdateItem answers ALL_NEW");
      return { applied: true, item: Attributes };
    } catch (error) {
      return { applied: false, item: await this.metBy(error, input.Key) };
    }
  }

  /** False if it has expired. */
  async keepUntil(key: Item, expiresAt: number): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: key,
          UpdateExpression: "SET expiresAt = :expiresAt",
          ConditionExpression: "expiresAt > :now",
          ExpressionAttributeValues: { ":expiresAt": encodeExpiry(expiresAt), ":now": this.nowSeconds() },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storageFailure(error);
    }
  }

  /** What a lost condition has met. @throws StorageError if it was none. */
  async metBy(error: unknown, key: Item): Promise<Item | undefined> {
    if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
    // Not every server that speaks the protocol returns the item.
    return error.Item ?? (await this.read(key));
  }

  /** As `expiresAt` is stored. */
  nowSeconds(): AttributeValue {
    return { N: String(this.clock.now() / 1_000) };
  }
}
