import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, test } from "vitest";
import { PutCollector } from "./put-collector.ts";

const client = new DynamoDBClient({ region: "us-east-1" });
const aws = mockClient(client);
beforeEach(() => {
  aws.reset();
});

const item = (id: number) => ({ pk: { S: `msg_${id}` }, sk: { S: "payload" } });
const puts = (count: number, collector = new PutCollector(client, "homing")) =>
  Array.from({ length: count }, (_, id) => collector.put(item(id)));
const batchSizes = () =>
  aws.commandCalls(BatchWriteItemCommand).map((call) => call.args[0].input.RequestItems?.homing?.length);

describe("puts that are asked for at the same time", () => {
  test("travel in batches of at most 25", async () => {
    aws.on(BatchWriteItemCommand).resolves({});
    await Promise.all(puts(60));
    expect(batchSizes()).toEqual([25, 25, 10]);
  });

  test("are a plain put where there is only one", async () => {
    aws.on(PutItemCommand).resolves({});
    await Promise.all(puts(1));
    expect(aws.commandCalls(PutItemCommand).map((call) => call.args[0].input)).toEqual([
      { TableName: "homing", Item: item(0) },
    ]);
  });

  test("never name one key twice in a batch, which DynamoDB refuses", async () => {
    aws.on(BatchWriteItemCommand).resolves({});
    aws.on(PutItemCommand).resolves({});
    const collector = new PutCollector(client, "homing");
    await Promise.all([collector.put(item(1)), collector.put(item(1)), collector.put(item(2))]);
    expect(batchSizes()).toEqual([2]);
    expect(aws.commandCalls(PutItemCommand)).toHaveLength(1);
  });

  test("are asked for again where DynamoDB left some out, those only", async () => {
    const left = { homing: [{ PutRequest: { Item: item(1) } }] };
    aws.on(BatchWriteItemCommand).resolvesOnce({ UnprocessedItems: left }).resolves({ UnprocessedItems: {} });
    await Promise.all(puts(3));
    expect(aws.commandCalls(BatchWriteItemCommand)[1]?.args[0].input.RequestItems).toEqual(left);
  });

  test("fail with their own batch, and with no other", async () => {
    const error = new Error("refused");
    aws.on(BatchWriteItemCommand).rejectsOnce(error).resolves({});
    const settled = await Promise.allSettled(puts(27));
    expect(settled.map(({ status }) => status)).toEqual([
      ...Array(25).fill("rejected"),
      ...Array(2).fill("fulfilled"),
    ]);
  });

  test("are judged one by one where one of them has the whole batch refused", async () => {
    const tooLarge = Object.assign(new Error("Item size has exceeded the maximum allowed size"), {
      name: "ValidationException",
      $metadata: { httpStatusCode: 400 },
    });
    aws.on(BatchWriteItemCommand).rejects(tooLarge);
    aws.on(PutItemCommand).resolves({});
    aws.on(PutItemCommand, { Item: item(3) }).rejects(tooLarge);
    const settled = await Promise.allSettled(puts(25));
    expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(settled[3]?.status).toBe("rejected");
  });

  test("do not wait for those that come later", async () => {
    aws.on(PutItemCommand).resolves({});
    const collector = new PutCollector(client, "homing");
    await collector.put(item(1));
    await collector.put(item(2));
    expect(aws.commandCalls(PutItemCommand)).toHaveLength(2);
  });
});
