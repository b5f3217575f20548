import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createSqsServer } from "local-aws-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedStack, startEmbedded } from "../testing/embedded-stack.ts";
import { sqsClientConfig } from "./clients.ts";
import { describeQueue, provisionQueues } from "./provision-queues.ts";
import { describeTable, provisionTable } from "./provision-table.ts";

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

const key = (name: string, type: "HASH" | "RANGE") => ({ AttributeName: name, KeyType: type });

describe("the table", () => {
  test("comes out as declared: on demand, with five indexes that project keys only", async () => {
    expect(await describeTable(stack.dynamodb, stack.tableName)).toEqual({
      onDemand: true,
      keyAttributes: {
        pk: "S",
        sk: "S",
        listKey: "S",
        createdAt: "N",
        dueShard: "S",
        dueAt: "N",
        senderKey: "S",
        endpointKey: "S",
        attentionKey: "S",
      },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      indexes: {
        list: { hashKey: "listKey", rangeKey: "createdAt" },
        due: { hashKey: "dueShard", rangeKey: "dueAt" },
        sender: { hashKey: "senderKey", rangeKey: "createdAt" },
        endpoint: { hashKey: "endpointKey", rangeKey: "createdAt" },
        attention: { hashKey: "attentionKey", rangeKey: "createdAt" },
      },
      projection: "keys-only",
    });
  });

  test("is left alone when it exists, also by two that create it at once", async () => {
    await provisionTable(stack.dynamodb, stack.tableName);
    await Promise.all([provisionTable(stack.dynamodb, "twice"), provisionTable(stack.dynamodb, "twice")]);
    expect((await describeTable(stack.dynamodb, "twice")).primaryIndex).toEqual({
      hashKey: "pk",
      rangeKey: "sk",
    });
  });

  test("of somebody else under the same name is refused in one line", async () => {
    await stack.dynamodb.send(
      new CreateTableCommand({
        TableName: "foreign",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
        KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      }),
    );
    await expect(provisionTable(stack.dynamodb, "foreign")).rejects.toThrow(
      /^The table "foreign" exists with other keys or indexes than Homing's; delete or rename it\.$/,
    );
  });

  test("is refused at once where no server answers", async () => {
    const client = new DynamoDBClient({
      ...stack.connections.dynamodb,
      endpoint: "http://127.0.0.1:1",
      maxAttempts: 1,
    });
    await expect(provisionTable(client, "homing")).rejects.toThrow(/ECONNREFUSED/);
    client.destroy();
  });
});

const DECLARED = {
  visibilityTimeoutSeconds: 180,
  retentionSeconds: 1_209_600,
  maximumMessageSizeBytes: 1_048_576,
};

/** fauxqs as the embedded server, local-aws-sqs as one that somebody else runs. */
describe.each(["embedded", "external"])("the queues of the %s server", (kind) => {
  let client: SQSClient;
  let close: () => unknown = () => undefined;

  beforeAll(async () => {
    if (kind === "embedded") {
      client = stack.sqs;
      return;
    }
    const server = await createSqsServer({ port: 0, hostname: "127.0.0.1" });
    const { port } = server.address() as { port: number };
    client = new SQSClient(
      sqsClientConfig({ ...stack.connections.sqs, endpoint: `http://127.0.0.1:${port}` }),
    );
    close = () => {
      client.destroy();
      server.close();
    };
  });
  afterAll(() => close());

  test("come out as declared, the one redriving to the other", async () => {
    const { queue, deadLetterQueue, refusedAttributes } = await provisionQueues(client, "declared");
    expect(refusedAttributes).toEqual([]);
    expect(await describeQueue(client, queue.url)).toEqual({
      ...DECLARED,
      maxReceiveCount: 10,
      deadLetterQueueArn: deadLetterQueue.arn,
    });
    expect(await describeQueue(client, deadLetterQueue.url)).toEqual(DECLARED);
    expect([queue.arn, deadLetterQueue.arn].map((arn) => arn.split(":").at(-1))).toEqual([
      "declared",
      "declared-dead-letter",
    ]);
  });

  test("are brought to the declaration when they exist with other attributes", async () => {
    await client.send(
      new CreateQueueCommand({ QueueName: "older", Attributes: { VisibilityTimeout: "30" } }),
    );
    const first = await provisionQueues(client, "older");
    const second = await provisionQueues(client, "older");
    expect(second).toEqual(first);
    expect((await describeQueue(client, second.queue.url)).visibilityTimeoutSeconds).toBe(180);
  });

  test("take a message of a megabyte", async () => {
    const { queue } = await provisionQueues(client, "large");
    const sent = await client.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: "x".repeat(1_048_576) }),
    );
    expect(sent.MessageId).toBeDefined();
  });
});
