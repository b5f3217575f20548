/**
 * Drains a backlog: the embedded servers in memory, a queue full of copies, and the real worker fed from it as
 * by Lambda. Sends when each window of deliveries ended, and the memory then.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { encodeCopy } from "@homing/core/message/copy";
import { LOCAL_DEFAULTS } from "@homing/core/settings";
import { createDynamoDbClient, createSqsClient } from "@homing/functions/aws/clients";
import { createHttpClient } from "@homing/functions/egress/http-client";
import { createWorkerHandler } from "@homing/functions/handlers/worker";
import { MEMORY, openDataDir } from "@homing/functions/machine/data-dir";
import { createServices } from "@homing/functions/services";
import { dynamoDbClientConfig, sqsClientConfig } from "@homing/local/embedded/clients";
import { provisionQueues } from "@homing/local/embedded/provision-queues";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { startEventSource } from "@homing/local/lambda/event-source";
import { startServers } from "@homing/local/servers";
import { messageOf } from "../lambda/events.ts";
import { messagesOf, next, seedMessages } from "./seed.ts";

const SECRET = `whsec_${Buffer.alloc(32).toString("base64")}`;

export interface Drained {
  /** Seconds since the first delivery, at the end of each window. */
  readonly endedAt: readonly number[];
  readonly rssMb: readonly number[];
}

const TABLE = "homing";
const SEND_BATCH = 10;
const BODY_BYTES = 200;
const [, , count = "0", window = "0", targetUrl = ""] = process.argv;

const servers = await startServers({}, openDataDir(MEMORY));
const dynamodb = createDynamoDbClient(dynamoDbClientConfig(servers.dynamodb));
const sqs = createSqsClient(sqsClientConfig(servers.sqs));
const [, { queue, deadLetterQueue }] = await Promise.all([
  provisionTable(dynamodb, TABLE),
  provisionQueues(sqs, "homing"),
]);

const { body, senderId: _, ...rest } = messageOf(BODY_BYTES, `${targetUrl}/hook`);
const payload = { ...rest, method: "POST", body: JSON.stringify(body) };
await fill();

const delivered = { count: 0, startedAt: 0, endedAt: [] as number[], rssMb: [] as number[] };
const finished = Promise.withResolvers<void>();
const services = createServices({
  dynamodb,
  sqs,
  tableName: TABLE,
  urls: { queueUrl: queue.url, deadLetterQueueUrl: deadLetterQueue.url },
  settings: LOCAL_DEFAULTS,
  observer: { log: { write: () => undefined }, metrics: { add: countDeliveries } },
});
const work = createWorkerHandler({
  ...services,
  http: createHttpClient({ allowPrivateTargets: LOCAL_DEFAULTS.allowPrivateTargets }),
  signingSecrets: { forSender: async () => [SECRET], forEndpoint: () => [SECRET] },
});
const source = startEventSource({
  sqs: new SQSClient(sqsClientConfig(servers.sqs)),
  queueUrl: queue.url,
  queueArn: queue.arn,
  functionName: "worker",
  handler: work,
  batchSize: 10,
  concurrency: 8,
  partialResponses: true,
  timeoutMs: 30_000,
  onProblem: ({ error }) => process.stderr.write(`${String(error)}\n`),
});
await finished.promise;
await source.stop();
const drained: Drained = { endedAt: delivered.endedAt, rssMb: delivered.rssMb };
process.send?.(drained, () => process.exit());

/** Queued messages and their copies, as acceptance would have left them. */
async function fill(): Promise<void> {
  const seeding = new DynamoDBClient(dynamoDbClientConfig(servers.dynamodb));
  const messages = messagesOf({
    count: Number(count),
    steps: ["enqueue"],
    acceptedAt: Date.now() - Number(count),
  });
  for (;;) {
    const batch = next(messages, SEND_BATCH);
    if (batch.length === 0) return;
    await seedMessages(seeding, TABLE, batch);
    const Entries = batch.map((message, index) => ({
      Id: String(index),
      MessageBody: encodeCopy(message, payload),
      MessageAttributes: {
        messageId: { DataType: "String", StringValue: message.messageId },
        senderId: { DataType: "String", StringValue: message.senderId },
        correlationId: { DataType: "String", StringValue: message.correlationId },
      },
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
}

function countDeliveries(name: string): void {
  if (name !== "EndToEndLatency") return;
  delivered.startedAt ||= performance.now();
  delivered.count += 1;
  if (delivered.count % Number(window) === 0) {
    delivered.endedAt.push((performance.now() - delivered.startedAt) / 1_000);
    delivered.rssMb.push(process.memoryUsage.rss() / 1_048_576);
  }
  if (delivered.count === Number(count)) finished.resolve();
}
