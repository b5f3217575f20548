import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { create } from "dynalite/db/index.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbClientConfig, embeddedConnection } from "./clients.ts";
import { OPEN_MARKER, STORE_FOLDER, startDynamoDb } from "./dynamodb.ts";
import { describeTable, provisionTable } from "./provision-table.ts";

const TABLE = "homing";
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "homing-rebuild-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function withServer<T>(use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const accessKeyId = "HOMINGTEST";
  const server = await startDynamoDb({ dataDir, accessKeyId });
  const client = new DynamoDBClient(dynamoDbClientConfig(embeddedConnection(server.endpoint, accessKeyId)));
  try {
    await provisionTable(client, TABLE);
    return await use(client);
  } finally {
    client.destroy();
    await server.close();
  }
}

/** A message that waits (in all three indexes), or one that is finished (not in the sparse due index). */
const message = (id: string, dueAt?: number) => ({
  pk: { S: id },
  sk: { S: "message" },
  listKey: { S: dueAt === undefined ? "DONE#0" : "OPEN#0" },
  senderKey: { S: "acme#0" },
  createdAt: { N: "1000" },
  ...(dueAt === undefined ? {} : { dueShard: { S: "DUE#0" }, dueAt: { N: String(dueAt) } }),
});

/** Ids found through an index, in its order. */
async function idsIn(client: DynamoDBClient, index: string, keyName: string, key: string): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: index,
      KeyConditionExpression: "#key = :key",
      ExpressionAttributeNames: { "#key": keyName },
      ExpressionAttributeValues: { ":key": { S: key } },
    }),
  );
  return Items.map((item) => item.pk?.S ?? "");
}

async function allIndexes(client: DynamoDBClient) {
  return {
    due: await idsIn(client, "due", "dueShard", "DUE#0"),
    open: (await idsIn(client, "list", "listKey", "OPEN#0")).sort(),
    done: await idsIn(client, "list", "listKey", "DONE#0"),
    sender: (await idsIn(client, "sender", "senderKey", "acme#0")).sort(),
  };
}

async function inStore(change: (db: ReturnType<typeof create>["db"]) => Promise<void>): Promise<void> {
  const { db } = create({ path: join(dataDir, STORE_FOLDER) });
  await db.open();
  await change(db);
  await db.close();
}

const rowsOf = (index: string) => {
  const prefix = `index-global~${TABLE}~${index}~`;
  return { gte: prefix, lt: `${prefix}\xff` };
};

/** What a kill in the middle of writes was seen to leave: items without rows, rows without items, old rows. */
async function damageIndexes(): Promise<void> {
  await inStore(async (db) => {
    for await (const key of db.keys(rowsOf("list"))) await db.del(key);
    const [first = ""] = await Array.fromAsync(db.keys(rowsOf("due")));
    await db.del(first);
    await db.put(`${first}0`, message("gone", 5));
    const [sender = ""] = await Array.fromAsync(db.keys(rowsOf("sender")));
    await db.put(`${sender}0`, message("older state", 7));
  });
}

const COMPLETE = { due: ["a", "b"], open: ["a", "b"], done: ["c"], sender: ["a", "b", "c"] };

describe("indexes that disagree with the table", () => {
  beforeEach(async () => {
    await withServer(async (client) => {
      for (const item of [message("b", 20), message("a", 10), message("c")]) {
        await client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
      }
      expect(await allIndexes(client)).toEqual(COMPLETE);
    });
    await damageIndexes();
  });

  test("are made anew from the items when the last run was killed", async () => {
    writeFileSync(join(dataDir, OPEN_MARKER), "");
    expect(await withServer(allIndexes)).toEqual(COMPLETE);
  });

  test("stay as they are after a clean end, when nothing can have happened to them", async () => {
    expect(await withServer(allIndexes)).toEqual({
      due: ["gone", "b"],
      open: [],
      done: [],
      sender: ["a", "b", "c", "older state"],
    });
  });
});

test("the marker of an open store is there while it is open and gone after a clean end", async () => {
  await withServer(async () => expect(existsSync(join(dataDir, OPEN_MARKER))).toBe(true));
  expect(existsSync(join(dataDir, OPEN_MARKER))).toBe(false);
});

test("a table whose creation was cut off by a kill can be used", async () => {
  await withServer(async () => undefined);
  await inStore(async (db) => {
    const [table] = await Array.fromAsync(db.values<object>({ gte: "table~", lt: "table\x7f" }));
    await db.put(`table~${TABLE}`, { ...table, TableStatus: "CREATING" });
  });
  writeFileSync(join(dataDir, OPEN_MARKER), "");
  const found = await withServer((client) => describeTable(client, TABLE));
  expect(Object.keys(found.indexes).sort()).toEqual(["attention", "due", "endpoint", "list", "sender"]);
});
