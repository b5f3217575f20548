import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { callStorage, storageFailure } from "./storage-failure.ts";

const KEY = { pk: { S: "table" }, sk: { S: "shards" } };

/**
 * The table remembers the most shards that anybody has written: whoever looks after all messages must look into every
 * one of them, also if the setting has been lowered since, or a deployment that raised it was rolled back.
 */
export class ShardMark {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #shards: number;
  #highest: number | undefined;

  constructor(client: DynamoDBClient, tableName: string, shards: number) {
    this.#client = client;
    this.#tableName = tableName;
    this.#shards = shards;
  }

  /**
   * The setting, or what it once was if that was more. One write in the life of a process.
   *
   * @throws StorageError
   */
  async highest(): Promise<number> {
    this.#highest ??= await this.#raise();
    return this.#highest;
  }

  async #raise(): Promise<number> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: KEY,
          UpdateExpression: "SET shards = :shards",
          ConditionExpression: "attribute_not_exists(shards) OR shards <= :shards",
          ExpressionAttributeValues: { ":shards": { N: String(this.#shards) } },
        }),
      );
      return this.#shards;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storageFailure(error);
      return this.#read();
    }
  }

  async #read(): Promise<number> {
    const { Item } = await callStorage(() =>
      this.#client.send(new GetItemCommand({ TableName: this.#tableName, Key: KEY, ConsistentRead: true })),
    );
    return Math.max(this.#shards, Number(Item?.shards?.N ?? 0));
  }
}
