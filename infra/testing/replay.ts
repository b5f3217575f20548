/** Makes the table and queues of a graph on a real server, with the calls that the AWS provider would make. */
import {
  type AttributeDefinition,
  CreateTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type ProjectionType,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type Graph, only } from "./graph.ts";

interface Keys {
  readonly hashKey: string;
  readonly rangeKey: string;
}

interface TableInputs extends Keys {
  readonly name: string;
  readonly billingMode: "PAY_PER_REQUEST";
  readonly attributes: { name: string; type: NonNullable<AttributeDefinition["AttributeType"]> }[];
  readonly globalSecondaryIndexes: (Keys & { name: string; projectionType: ProjectionType })[];
}

interface QueueInputs {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly maxMessageSize: number;
  readonly delaySeconds: number;
  readonly redrivePolicy?: string;
}

/** @returns the table's name. */
export async function replayTable(graph: Graph, client: DynamoDBClient): Promise<string> {
  const table = only(graph, "aws:dynamodb/table:Table").inputs as unknown as TableInputs;
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: table.billingMode,
      AttributeDefinitions: table.attributes.map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: keySchema(table),
      GlobalSecondaryIndexes: table.globalSecondaryIndexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection: { ProjectionType: index.projectionType },
      })),
    }),
  );
  await waitUntilTableExists(
    { client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 1 },
    { TableName: table.name },
  );
  return table.name;
}

/**
 * @param accountId in the ARNs of the server, which takes the place of the graph's.
 * @returns the queues' URLs on the server.
 */
export async function replayQueues(
  graph: Graph,
  client: SQSClient,
  accountId: string,
): Promise<{ readonly queueUrl: string; readonly deadLetterQueueUrl: string }> {
  const create = async (prefix: string): Promise<string> => {
    const queue = only(graph, "aws:sqs/queue:Queue", prefix).inputs as unknown as QueueInputs;
    const { QueueUrl = "" } = await client.send(
      new CreateQueueCommand({
        QueueName: queue.name,
        Attributes: {
          VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
          MessageRetentionPeriod: String(queue.messageRetentionSeconds),
          MaximumMessageSize: String(queue.maxMessageSize),
          DelaySeconds: String(queue.delaySeconds),
          ...(queue.redrivePolicy
            ? { RedrivePolicy: queue.redrivePolicy.replace(":123456789012:", `:${accountId}:`) }
            : {}),
        },
      }),
    );
    return QueueUrl;
  };
  const deadLetterQueueUrl = await create("DeadLetterQueueQueue");
  return { deadLetterQueueUrl, queueUrl: await create("QueueQueue") };
}

function keySchema({ hashKey, rangeKey }: Keys): KeySchemaElement[] {
  return [
    { AttributeName: hashKey, KeyType: "HASH" },
    { AttributeName: rangeKey, KeyType: "RANGE" },
  ];
}
