/** Keys that an earlier version has made are listed by a row of the key's id alone, in the one partition of all keys. */
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbKeyStore } from "@homing/functions/aws/dynamodb-key-store";
import { newApiKey } from "@homing/functions/keys/api-key";
import type { KeyRecord } from "@homing/functions/keys/key-store";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, it } from "vitest";

let stack: EmbeddedStack;
let store: DynamoDbKeyStore;

beforeAll(async () => {
  stack = await startEmbedded();
  store = new DynamoDbKeyStore(stack.dynamodb, stack.tableName, new TestClock());
});
afterAll(() => stack.close());

async function makeAsBefore(senderId: string): Promise<string> {
  const { keyId, hash } = newApiKey();
  const put = async (item: Record<string, { S: string } | { N: string } | { L: { S: string }[] }>) =>
    stack.dynamodb.send(new PutItemCommand({ TableName: stack.tableName, Item: item }));
  await put({ pk: { S: "keys" }, sk: { S: keyId } });
  await put({
    pk: { S: `key#${keyId}` },
    sk: { S: "key" },
    hash: { S: hash },
    senderId: { S: senderId },
    scopes: { L: [{ S: "read" }] },
    createdAt: { N: String(NOON) },
  });
  return keyId;
}

async function makeNow(senderId: string): Promise<string> {
  const { keyId, hash } = newApiKey();
  const key: KeyRecord = { keyId, hash, senderId, scopes: ["read"], createdAt: NOON + 1 };
  await store.create(key);
  return keyId;
}

async function listed(senderId: string | undefined, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list({ limit, ...(senderId ? { senderId } : {}), ...(after ? { after } : {}) });
    ids.push(...page.keys.map(({ keyId }) => keyId));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

it("are found behind the newer ones, by their sender and by whoever sees all, and can be revoked", async () => {
  const before = [await makeAsBefore("acme"), await makeAsBefore("acme"), await makeAsBefore("acme")];
  const foreign = await makeAsBefore("globex");
  const now = [await makeNow("acme"), await makeNow("acme")];
  for (const limit of [1, 2, 100]) {
    const ofAcme = await listed("acme", limit);
    expect(new Set(ofAcme.slice(0, 2))).toEqual(new Set(now));
    expect(new Set(ofAcme.slice(2))).toEqual(new Set(before));
    expect(ofAcme).toHaveLength(5);
    expect((await listed(undefined, limit)).toSorted()).toEqual([...now, ...before, foreign].toSorted());
  }
  const [first = ""] = before;
  expect((await store.revoke(first, NOON))?.revokedAt).toBe(NOON);
  expect(await listed("acme", 100)).toContain(first);
});
