/** The number of shards may be raised at any time, also while processes that know the old one still run. */

import { DAY } from "@homing/core/duration";
import type { Message } from "@homing/core/message/message";
import { newMessageId, shardOf } from "@homing/core/message/message-id";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { stepOf } from "@homing/core/testing/journey";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { createReconcilerHandler } from "@homing/functions/handlers/reconciler";
import { createServices } from "@homing/functions/services";
import { provisionTable } from "@homing/local/embedded/provision-table";
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
    due.push(...(await after.due(shard, clock.now() + 1_000, 100)).ids);
  expect(new Set(due)).toEqual(new Set(ids));

  for (const message of stored) await after.apply(message.messageId, stepOf("giveUp", message));
  expect(await after.list({ groups: ["LIVE"], limit: 100 })).toEqual([]);
  expect(await after.listDue({ limit: 100 })).toEqual([]);
  expect(await after.list({ groups: ["FAILED"], limit: 100 })).toHaveLength(24);
  expect(await after.list({ groups: [], senderId: "acme", failed: true, limit: 100 })).toHaveLength(24);
});

it("a number that was lowered, or rolled back, leaves nothing where the reconciler does not look, and is told of", async () => {
  const tableName = "lowered";
  await provisionTable(stack.dynamodb, tableName);
  const clock = new TestClock();
  const observer = new RecordingObserver();
  const servicesWith = (shards: number) =>
    createServices({
      dynamodb: stack.dynamodb,
      sqs: stack.sqs,
      tableName,
      urls: { queueUrl: stack.queueUrl, deadLetterQueueUrl: stack.deadLetterQueueUrl },
      settings: { ...DEFAULT_SETTINGS, shards },
      observer,
      clock,
    });
  const raised = servicesWith(64);
  await createReconcilerHandler(raised)();
  const message = buildMessage({ messageId: idInShard(63, 64), createdAt: clock.now(), dueAt: clock.now() });
  await raised.store.insert(message);
  const payload = buildPayload({});
  await raised.store.putPayload(message, payload, clock.now() + DAY);

  const summary = await createReconcilerHandler(servicesWith(4))();
  expect(summary).toMatchObject({ examined: 1, enqueued: 1 });
  const told = observer.lines.filter(({ event }) => event === "shards_lowered");
  expect(told).toEqual([{ level: "error", event: "shards_lowered", fields: { shards: 4, highest: 64 } }]);
});

function idInShard(shard: number, shards: number): string {
  let messageId = newMessageId(0);
  while (shardOf(messageId, shards) !== shard) messageId = newMessageId(0);
  return messageId;
}
