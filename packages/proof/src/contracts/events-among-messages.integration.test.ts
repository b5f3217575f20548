/** Messages, events and endpoints share the indexes of one table: none is taken for another. */
import { buildEndpoint } from "@homing/core/testing/build-endpoint";
import { buildEvent } from "@homing/core/testing/build-event";
import { buildMessage } from "@homing/core/testing/build-message";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

const clock = new TestClock();
let stack: EmbeddedStack;
let store: DynamoDbMessageStore;
const messages = [1, 3, 5].map((at) =>
  buildMessage({ createdAt: clock.now() + at, dueAt: clock.now() + at }),
);
const ids = messages.map(({ messageId }) => messageId);

beforeAll(async () => {
  stack = await startEmbedded();
  const table = [stack.dynamodb, stack.tableName, clock] as const;
  store = new DynamoDbMessageStore(...table);
  const events = new DynamoDbEventStore(...table);
  for (const message of messages) await store.insert(message);
  for (const at of [0, 2, 4, 6])
    await events.insert(buildEvent({ createdAt: clock.now() + at, dueAt: clock.now() + at }));
  for (const state of ["ACTIVE", "DISABLED"] as const)
    await new DynamoDbEndpointStore(...table).insert(buildEndpoint({ state }));
});
afterAll(() => stack.close());

test("what waits is listed page by page without the events that wait", async () => {
  const listed: string[] = [];
  let page = await store.listDue({ limit: 1 });
  while (page.length > 0) {
    listed.push(...page.map(({ messageId }) => messageId));
    const after = page.at(-1);
    page = await store.listDue({ limit: 1, ...(after ? { after } : {}) });
  }
  expect(listed).toEqual(ids);
});

test("messages are listed without events and endpoints, of all senders and of one", async () => {
  for (const query of [{ groups: ["LIVE"] as const }, { groups: [], senderId: "acme" }]) {
    const rows = await store.list({ ...query, limit: 100 });
    expect(rows.map(({ messageId }) => messageId)).toEqual(ids.toReversed());
  }
  expect(await store.list({ groups: [], senderId: "acme", failed: true, limit: 100 })).toEqual([]);
});

test("the reconciler finds the messages that are due, and takes no event for one", async () => {
  const found: string[] = [];
  for (let shard = 0; shard < store.shards; shard += 1)
    found.push(...(await store.due(shard, clock.now() + 10, 100)).ids);
  expect((await store.getMany(found)).map(({ messageId }) => messageId).sort()).toEqual(ids.toSorted());
});
