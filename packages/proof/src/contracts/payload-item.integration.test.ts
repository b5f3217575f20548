/** Payloads as items of a table: what lies beside them, and what others have written into them. */
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { HOUR } from "@homing/core/duration";
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { payloadKey } from "@homing/functions/aws/message-item";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const clock = new TestClock();
let stack: EmbeddedStack;
let store: DynamoDbMessageStore;
beforeAll(async () => {
  stack = await startEmbedded();
  store = new DynamoDbMessageStore(stack.dynamodb, stack.tableName, clock);
});
afterAll(() => stack.close());

const later = () => clock.now() + 48 * HOUR;

test("a payload keeps what a newer version has added to it, whatever this one puts or prolongs", async () => {
  const message = buildMessage();
  const item = { TableName: stack.tableName, Key: payloadKey(message) };
  await store.putPayloadIfAbsent(message, buildPayload(), later());
  await stack.dynamodb.send(
    new UpdateItemCommand({
      ...item,
      UpdateExpression: "SET addedLater = :value",
      ExpressionAttributeValues: { ":value": { S: "kept" } },
    }),
  );
  await store.putPayloadIfAbsent(message, buildPayload(), later() + HOUR);
  await store.keepPayload(message, later() + 2 * HOUR);
  const { Item } = await stack.dynamodb.send(new GetItemCommand(item));
  expect(Item).toMatchObject({
    addedLater: { S: "kept" },
    expiresAt: { N: String((later() + 2 * HOUR) / 1_000) },
    body: { S: buildPayload().body },
  });
});

test("a message is shown in two reads, however many payloads of others lie under its id", async () => {
  const message = buildMessage();
  await store.insert(message);
  await store.putPayloadIfAbsent(message, buildPayload(), later());
  // More than three pages of a query.
  const foreign = buildPayload({ body: JSON.stringify("x".repeat(250_000)) });
  for (let count = 0; count < 15; count += 1)
    await store.putPayloadIfAbsent({ ...message, requestHash: `foreign-${count}` }, foreign, later());
  const send = vi.spyOn(stack.dynamodb, "send");
  expect(await store.getDetail(message.messageId)).toEqual({
    message,
    payload: buildPayload(),
    attempts: [],
  });
  expect(send).toHaveBeenCalledTimes(2);
  send.mockRestore();
});
