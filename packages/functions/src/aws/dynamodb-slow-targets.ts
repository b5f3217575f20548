import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { SlowTargetMarks } from "@homing/core/delivery/slow-targets";
import { callStorage } from "./storage-failure.ts";

const KEY = { pk: { S: "table" }, sk: { S: "slowTargets" } };
/** An origin's attribute begins so: none is a key of the item. */
const PREFIX = "@";

/** One small item for all processes: an attribute for each origin, until when it is marked. */
export class DynamoDbSlowTargets implements SlowTargetMarks {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async read(): Promise<ReadonlyMap<string, number>> {
    const { Item = {} } = await callStorage(() =>
      this.#client.send(new GetItemCommand({ TableName: this.#tableName, Key: KEY })),
    );
    return new Map(
      Object.entries(Item).flatMap(([name, { N }]) =>
        name.startsWith(PREFIX) && N !== undefined ? [[name.slice(PREFIX.length), Number(N)]] : [],
      ),
    );
  }

  async mark(origin: string, until: number, over: readonly string[]): Promise<void> {
    const removed = over.slice(0, MOST_REMOVED);
    const removes = removed.map((_, at) => `#${at}`).join(", ");
    await callStorage(() =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: KEY,
          UpdateExpression: `SET #origin = :until${removes === "" ? "" : ` REMOVE ${removes}`}`,
          ExpressionAttributeNames: {
            "#origin": `${PREFIX}${origin}`,
            ...Object.fromEntries(removed.map((name, at) => [`#${at}`, `${PREFIX}${name}`])),
          },
          ExpressionAttributeValues: { ":until": { N: String(until) } },
        }),
      ),
    );
  }
}

/** In one write; DynamoDB's longest expression is 4 KB. */
const MOST_REMOVED = 100;
