/** What a newer version marks as not for older readers is refused, left alone, and in nobody's way. */
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { MINUTE } from "@homing/core/duration";
import type { Message } from "@homing/core/message/message";
import { buildEndpoint } from "@homing/core/testing/build-endpoint";
import { buildMessage } from "@homing/core/testing/build-message";
import { stepOf } from "@homing/core/testing/journey";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { encodeEndpoint } from "@homing/functions/aws/endpoint-item";
import { READABLE_FORMAT } from "@homing/functions/aws/item-format";
import { encodeMessage, messageKey } from "@homing/functions/aws/message-item";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let stack: EmbeddedStack;
let store: DynamoDbMessageStore;
const clock = new TestClock();
beforeAll(async () => {
  stack = await startEmbedded();
  store = new DynamoDbMessageStore(stack.dynamodb, stack.tableName, clock);
});
afterAll(() => stack.close());

/** Stored as a version would that reads the next format and needs its readers to. */
async function putNewer(over: Partial<Message> = {}): Promise<Message> {
  const message = buildMessage({ createdAt: clock.now(), dueAt: clock.now(), ...over });
  const Item = { ...encodeMessage(message, store.shards), format: { N: String(READABLE_FORMAT + 1) } };
  await stack.dynamodb.send(new PutItemCommand({ TableName: stack.tableName, Item }));
  return message;
}

const rawItem = async ({ messageId }: Message) =>
  (
    await stack.dynamodb.send(
      new GetItemCommand({ TableName: stack.tableName, Key: messageKey(messageId), ConsistentRead: true }),
    )
  ).Item;

const REFUSED = { name: "StorageError", retryable: true, mayHaveTakenEffect: false };

describe("an item of a newer format", () => {
  it("is refused when it is asked for, as something that may be asked for again", async () => {
    const { messageId } = await putNewer();
    await expect(store.get(messageId)).rejects.toMatchObject(REFUSED);
    await expect(store.getDetail(messageId)).rejects.toMatchObject(REFUSED);
  });

  it.each(["enqueue", "cancel", "giveUp", "claim"] as const)("is not changed by %s", async (step) => {
    const message = await putNewer();
    const before = await rawItem(message);
    await expect(store.apply(message.messageId, stepOf(step, message))).rejects.toMatchObject(REFUSED);
    expect(await rawItem(message)).toEqual(before);
  });

  it("is not taken for an absent one by a call with its idempotency key", async () => {
    const message = await putNewer();
    await expect(store.insert({ ...message, writeId: "another" })).rejects.toMatchObject(REFUSED);
  });

  it("is left out of lists and of what is due, and keeps nothing else out", async () => {
    clock.advance(MINUTE);
    const newer = await putNewer();
    const plain = buildMessage({ createdAt: clock.now(), dueAt: clock.now() });
    await store.insert(plain);
    const ids = [newer.messageId, plain.messageId];
    expect((await store.getMany(ids)).map(({ messageId }) => messageId)).toEqual([plain.messageId]);
  });

  it("keeps no other endpoint out of the list of all senders", async () => {
    const endpoints = new DynamoDbEndpointStore(stack.dynamodb, stack.tableName, clock);
    const [known, newer] = [buildEndpoint(), buildEndpoint()];
    await endpoints.insert(known);
    await endpoints.insert(newer);
    const Item = { ...encodeEndpoint(newer, store.shards), format: { N: String(READABLE_FORMAT + 1) } };
    await stack.dynamodb.send(new PutItemCommand({ TableName: stack.tableName, Item }));
    await expect(endpoints.get(newer.senderId, newer.endpointId)).rejects.toMatchObject(REFUSED);
    expect((await endpoints.list({ attention: false, limit: 10 })).endpoints).toEqual([known]);
  });
});
