/** The embedded servers in a process of their own, in memory, with as many messages as asked for. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { HOUR, MINUTE } from "@homing/core/duration";
import { buildPayload } from "@homing/core/testing/build-message";
import { MEMORY, openDataDir } from "@homing/functions/machine/data-dir";
import { dynamoDbClientConfig, type ServerConnection, sqsClientConfig } from "@homing/local/embedded/clients";
import { provisionQueues } from "@homing/local/embedded/provision-queues";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { startServers } from "@homing/local/servers";
import { seedTable } from "./seed.ts";

export interface Seeded {
  readonly dynamodb: ServerConnection;
  readonly sqs: ServerConnection;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export const TABLE = "homing";
/** Few, and the oldest of all: a list finds them behind everything else. */
const RARE = 20;

const [, , finished = "0", queued = "0", due = "0"] = process.argv;
const servers = await startServers({}, openDataDir(MEMORY));
const client = new DynamoDBClient(dynamoDbClientConfig(servers.dynamodb));
const sqs = new SQSClient(sqsClientConfig(servers.sqs));
const [, { queue, deadLetterQueue }] = await Promise.all([
  provisionTable(client, TABLE),
  provisionQueues(sqs, "homing"),
]);

const now = Date.now();
const payload = buildPayload();
const notDue = { dueAt: now + HOUR };
const seeds = [
  { count: RARE, steps: ["claim", "fail"], acceptedAt: now - 50 * MINUTE, payload },
  { count: RARE, steps: [], acceptedAt: now - 50 * MINUTE, payload, over: notDue },
  { count: Number(finished), steps: ["enqueue", "claim", "completeFirst"], acceptedAt: now - 40 * MINUTE },
  { count: Number(queued), steps: ["enqueue"], acceptedAt: now - 30 * MINUTE, over: notDue },
  { count: Number(due), steps: [], acceptedAt: now - 20 * MINUTE, payload, over: { dueAt: now - MINUTE } },
] as const;
for (const seed of seeds) await seedTable(client, TABLE, seed);

const seeded: Seeded = {
  dynamodb: servers.dynamodb,
  sqs: servers.sqs,
  queueUrl: queue.url,
  deadLetterQueueUrl: deadLetterQueue.url,
};
process.send?.(seeded);
process.once("disconnect", () => process.exit());
