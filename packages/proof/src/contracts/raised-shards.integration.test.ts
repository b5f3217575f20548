/** The number of shards may be raised at any time, also while processes that know the old one still run. */
import type { Message } from "@homing/core/message/message";
import { shardOf } from "@homing/core/message/message-id";
import { buildMessage } from "@homing/core/testing/build-message";
import { stepOf } from "@homing/core/testing/journey";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, it } from "vitest";

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

it("the new number of shards finds what either number has written, and moves it on", async () => {
  const clock = new TestClock();
  const [before, after] = [4, 16].map(
    (shards) => new DynamoDbMessageStore(stack.dynamodb, stack.tableName, clock, shards),
  );
  if (!before || !after) throw new Error("there are two");
  const stored: Message[] = [];
  for (let count = 0; count < 24; count += 1) {
    const message = buildMessage({
      senderId: "acme",
      createdAt: clock.now() + count,
      dueAt: clock.now() + count,
    });
    await (count % 2 === 0 ? before : after).insert(message);
    stored.push(message);
  }
  expect(new Set(stored.map(({ messageId }) => shardOf(messageId, 16))).size).toBeGreaterThan(4);
  const ids = stored.map(({ messageId }) => messageId);

  const listed = await after.list({ groups: ["LIVE"], limit: 100 });
  expect(listed.map(({ messageId }) => messageId)).toEqual([...ids].reverse());
  const ofSender = await after.list({ groups: [], senderId: "acme", limit: 100 });
  expect(ofSender.map(({ messageId }) => messageId)).toEqual([...ids].reverse());
  expect((await after.listDue({ limit: 100 })).map(({ messageId }) => messageId)).toEqual(ids);
  const due: string[] = [];
  for (let shard = 0; shard < after.shards; shard += 1)
    due.push(...(await after.due(shard, clock.now() + 1_000, 100)).messageIds);
  expect(new Set(due)).toEqual(new Set(ids));

  for (const message of stored) await after.apply(message.messageId, stepOf("giveUp", message));
  expect(await after.list({ groups: ["LIVE"], limit: 100 })).toEqual([]);
  expect(await after.listDue({ limit: 100 })).toEqual([]);
  expect(await after.list({ groups: ["FAILED"], limit: 100 })).toHaveLength(24);
  expect(await after.list({ groups: [], senderId: "acme", failed: true, limit: 100 })).toHaveLength(24);
});
