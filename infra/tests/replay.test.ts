/** What SST would create on AWS is what the local stack creates: both made on the same servers, and compared. */
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { replayQueues, replayTable } from "../testing/replay.ts";

let local: EmbeddedStack;

beforeAll(async () => {
  local = await startEmbedded();
});
afterAll(() => local.close());

describe.each(["personal", "production"] as const)("%s", (label) => {
  const { graph } = evaluated(label);

  test("the table is accepted, and has the local table's keys, indexes, projections and billing", async () => {
    const tableName = await replayTable(graph, local.dynamodb);
    expect(await describeTable(tableName)).toEqual(await describeTable(local.tableName));
  });

  test("the queues are accepted, and have the local queues' attributes", async () => {
    const account = local.queues.queue.arn.split(":")[4] ?? "";
    const { queueUrl, deadLetterQueueUrl } = await replayQueues(graph, local.sqs, account);
    expect(await describeQueue(queueUrl)).toEqual(await describeQueue(local.queueUrl));
    expect(await describeQueue(deadLetterQueueUrl)).toEqual(await describeQueue(local.deadLetterQueueUrl));
    expect((await describeQueue(queueUrl)).maxReceiveCount).toBe(10);
  });
});

/** All that the server says, but for names and times. */
async function describeTable(TableName: string): Promise<unknown> {
  const { Table } = await local.dynamodb.send(new DescribeTableCommand({ TableName }));
  const byName = <T>(items: readonly T[] = [], name: (item: T) => string | undefined) =>
    Object.fromEntries(items.map((item) => [name(item), item]));
  return {
    attributes: byName(Table?.AttributeDefinitions, ({ AttributeName }) => AttributeName),
    keys: Table?.KeySchema,
    indexes: Object.fromEntries(
      (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => [
        IndexName,
        { KeySchema, Projection },
      ]),
    ),
    billing: Table?.BillingModeSummary?.BillingMode,
  };
}

/** All that the server says, but for names, times and counts. */
async function describeQueue(QueueUrl: string) {
  const { Attributes = {} } = await local.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
  );
  const { QueueArn, CreatedTimestamp, LastModifiedTimestamp, RedrivePolicy, ...rest } = Attributes;
  const settings = Object.entries(rest).filter(([name]) => !name.startsWith("ApproximateNumberOf"));
  const { maxReceiveCount } = JSON.parse(RedrivePolicy ?? "{}") as { maxReceiveCount?: number };
  return { ...Object.fromEntries(settings), maxReceiveCount };
}
