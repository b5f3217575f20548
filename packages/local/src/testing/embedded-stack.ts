import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { MEMORY, openDataDir } from "@homing/functions/machine/data-dir";
import { dynamoDbClientConfig, type ServerConnection, sqsClientConfig } from "../embedded/clients.ts";
import { type ProvisionedQueues, provisionQueues, type QueueSettings } from "../embedded/provision-queues.ts";
import { provisionTable } from "../embedded/provision-table.ts";
import { startServers } from "../servers.ts";

/** Both embedded servers in memory with table and queues, for integration tests. */
export interface EmbeddedStack {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly queues: ProvisionedQueues;
  /** For tests that make clients of their own. */
  readonly connections: { readonly dynamodb: ServerConnection; readonly sqs: ServerConnection };
  readonly ownPorts: readonly number[];
  /** A further pair of queues with other settings, for example a visibility timeout of 1 s. */
  createQueues(name: string, settings: QueueSettings): Promise<ProvisionedQueues>;
  close(): Promise<void>;
}

/** Takes about a third of a second; `close` leaves nothing behind. */
export async function startEmbedded(): Promise<EmbeddedStack> {
  const servers = await startServers({}, openDataDir(MEMORY));
  const dynamodb = new DynamoDBClient(dynamoDbClientConfig(servers.dynamodb));
  const sqs = new SQSClient(sqsClientConfig(servers.sqs));
  const tableName = "homing";
  const [, queues] = await Promise.all([provisionTable(dynamodb, tableName), provisionQueues(sqs, "homing")]);

  return {
    dynamodb,
    sqs,
    tableName,
    queueUrl: queues.queue.url,
    deadLetterQueueUrl: queues.deadLetterQueue.url,
    queues,
    connections: { dynamodb: servers.dynamodb, sqs: servers.sqs },
    ownPorts: servers.ownPorts,
    createQueues: (name, settings) => provisionQueues(sqs, name, settings),
    close: async () => {
      dynamodb.destroy();
      sqs.destroy();
      await servers.close();
    },
  };
}
