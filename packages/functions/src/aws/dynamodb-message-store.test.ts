import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { manualRetry } from "@homing/core/message/lifecycle";
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { DynamoDbMessageStore } from "./dynamodb-message-store.ts";
import { encodeMessage, type Item } from "./message-item.ts";

const TABLE = "homing";
const client = new DynamoDBClient({ region: "us-east-1" });
const aws = mockClient(client);
const store = new DynamoDbMessageStore(client, TABLE, new TestClock());
beforeEach(() => aws.reset());

const messages = Array.from({ length: 25 }, () => buildMessage());
const ids = messages.map(({ messageId }) => messageId);
const items = new Map(messages.map((message) => [message.messageId, encodeMessage(message, 4)]));
const keysOf = (input: BatchGetItemCommandInput) => input.RequestItems?.[TABLE]?.Keys ?? [];
const itemsFor = (keys: readonly Item[]) =>
  keys.map(({ pk }) => items.get(pk?.S ?? "")).filter((item) => item !== undefined);
const invalid = (name = "ValidationException") =>
  Object.assign(new Error("no"), { name, $metadata: { httpStatusCode: 400 } });

describe("many messages read at once", () => {
  it("are all there although DynamoDB leaves some out at first", async () => {
    let calls = 0;
    aws.on(BatchGetItemCommand).callsFake((input: BatchGetItemCommandInput) => {
      calls += 1;
      const keys = keysOf(input);
      const now = calls > 2 ? keys.length : 10;
      return {
        Responses: { [TABLE]: itemsFor(keys.slice(0, now)) },
        UnprocessedKeys: now < keys.length ? { [TABLE]: { Keys: keys.slice(now) } } : {},
      };
    });
    const read = await store.getMany(ids);
    expect(new Set(read.map(({ messageId }) => messageId))).toEqual(new Set(ids));
    expect(calls).toBe(3);
  });

  it("are read although one key among them has the whole request refused", async () => {
    aws.on(BatchGetItemCommand).callsFake((input: BatchGetItemCommandInput) => {
      const keys = keysOf(input);
      if (keys.some(({ pk }) => pk?.S === ids[7])) throw invalid();
      return { Responses: { [TABLE]: itemsFor(keys) } };
    });
    const read = await store.getMany(ids);
    expect(new Set(read.map(({ messageId }) => messageId))).toEqual(new Set(ids.toSpliced(7, 1)));
  });

  it.each(["ValidationException", "AccessDeniedException"])(
    "are not taken for absent where none is let through: %s",
    async (name) => {
      aws.on(BatchGetItemCommand).rejects(invalid(name));
      await expect(store.getMany(ids.slice(0, 4))).rejects.toMatchObject({ retryable: false });
    },
  );
});

// DynamoDB's time to live counts seconds since the epoch, and forgets what lies years ahead in no time of ours.
it("an item's time to live is in seconds", async () => {
  aws.on(PutItemCommand).resolves({});
  await store.putPayload(buildMessage(), buildPayload(), NOON);
  expect(aws.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.expiresAt).toEqual({
    N: String(Date.UTC(2026, 10, 22, 12) / 1_000),
  });
});

describe("a message past its time", () => {
  const finished = buildMessage({ status: "FAILED", expiresAt: NOON - 1_000, revision: 7 });
  const revival = manualRetry(finished, { now: NOON, correlationId: "call-2", token: "t" }, 10);

  it("is not revived: the write requires that it has not expired, by a clock in seconds", async () => {
    aws.on(UpdateItemCommand).rejects(
      new ConditionalCheckFailedException({
        message: "no",
        $metadata: {},
        Item: encodeMessage(finished, 4),
      }),
    );
    expect(await store.apply(finished.messageId, revival)).toEqual({ applied: false });
    const input = aws.commandCalls(UpdateItemCommand)[0]?.args[0].input;
    const [, name = "", value = ""] = /(#\d+) > (:\d+)/.exec(input?.ConditionExpression ?? "") ?? [];
    expect(input?.ExpressionAttributeNames?.[name]).toBe("expiresAt");
    expect(input?.ExpressionAttributeValues?.[value]).toEqual({ N: String(NOON / 1_000) });
  });

  it("is not read, although DynamoDB has yet to delete it", async () => {
    aws.on(GetItemCommand).resolves({ Item: encodeMessage(finished, 4) });
    expect(await store.get(finished.messageId)).toBeUndefined();
  });
});

describe("a call for which its process has little time", () => {
  const change = manualRetry(
    buildMessage({ status: "FAILED" }),
    { now: NOON, correlationId: "c", token: "t" },
    1,
  );
  const optionsOf = () =>
    aws.commandCalls(UpdateItemCommand).map(({ args }) => (args as readonly unknown[])[1]);

  it("is given up when that is over, and may have taken effect", async () => {
    aws.on(UpdateItemCommand).rejects(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    await expect(store.apply("msg_0", change, 0)).rejects.toMatchObject({
      retryable: true,
      mayHaveTakenEffect: true,
    });
    expect(optionsOf()).toEqual([{ abortSignal: expect.any(AbortSignal) }]);
  });

  it("is left to the client's own limits where those are shorter", async () => {
    aws.on(UpdateItemCommand).resolves({ Attributes: encodeMessage(buildMessage(), 4) });
    await store.apply("msg_0", change);
    await store.apply("msg_0", change, 12_000);
    expect(optionsOf()).toEqual([undefined, undefined]);
  });
});
