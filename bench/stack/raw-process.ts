/**
 * The raw loop: the embedded servers and, in the same process, nothing but the SDK calls of a message's life,
 * from the first put to the delete of its copy, and a bare request to the target. Clients as the SDK makes them.
 */
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { accept } from "@homing/core/accept/accept";
import { deliverRecord } from "@homing/core/delivery/deliver";
import { newMessageId } from "@homing/core/message/message-id";
import { LOCAL_DEFAULTS } from "@homing/core/settings";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { openDataDir } from "@homing/functions/machine/data-dir";
import { createServices } from "@homing/functions/services";
import { dynamoDbClientConfig, sqsClientConfig } from "@homing/local/embedded/clients";
import { provisionQueues } from "@homing/local/embedded/provision-queues";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { startEventSource } from "@homing/local/lambda/event-source";
import { startServers } from "@homing/local/servers";
import type { SQSEvent } from "aws-lambda";
import { Pool } from "undici";
import { messageOf } from "../lambda/events.ts";
import { closedLoop } from "./closed-loop.ts";

const SECRET = `whsec_${Buffer.alloc(32).toString("base64")}`;

export interface RawRun {
  readonly inFlight: number;
  readonly total: number;
}

export interface RawResult {
  readonly seconds: number;
  readonly acceptMs: readonly number[];
  readonly endToEndMs: readonly number[];
}

const TABLE = "homing";
const KIB = 1_024;
const [, , dataDir = "memory", targetUrl = ""] = process.argv;
const servers = await startServers({}, openDataDir(dataDir));
const dynamodb = new DynamoDBClient(dynamoDbClientConfig(servers.dynamodb));
const sqs = new SQSClient(sqsClientConfig(servers.sqs));
const polling = new SQSClient(sqsClientConfig(servers.sqs));
const target = new Pool(targetUrl, { connections: 64 });
const [, { queue, deadLetterQueue }] = await Promise.all([
  provisionTable(dynamodb, TABLE),
  provisionQueues(sqs, "homing"),
]);

/** The inputs of every call of one message, recorded from Homing's own; only the id is put in anew. */
const recorded = await recordInputs();

const delivered = new Map<string, () => void>();
const source = startEventSource({
  sqs: polling,
  queueUrl: queue.url,
  queueArn: queue.arn,
  functionName: "raw",
  batchSize: 10,
  concurrency: 8,
  partialResponses: true,
  timeoutMs: 30_000,
  onProblem: ({ error }) => process.stderr.write(`${String(error)}\n`),
  handler: async (event: SQSEvent) => {
    await Promise.all(
      event.Records.map(async ({ body, messageAttributes }) => {
        const messageId = messageAttributes.messageId?.stringValue ?? "";
        // The copy of the recorded message itself.
        if (!delivered.has(messageId)) return;
        const copy = JSON.parse(body);
        await update(recorded.claim, messageId);
        const response = await target.request({
          method: "POST",
          path: `/${messageId}`,
          headers: { "content-type": "application/json", "webhook-id": messageId },
          body: JSON.stringify(copy.body),
        });
        await response.body.text();
        delivered.get(messageId)?.();
        delivered.delete(messageId);
        await update(recorded.complete, messageId);
      }),
    );
    return { batchItemFailures: [] };
  },
});

function update(input: Record<string, unknown>, messageId: string) {
  const Key = { ...(input.Key as object), pk: { S: messageId } };
  return dynamodb.send(new UpdateItemCommand({ ...input, Key } as never));
}

function put(input: Record<string, unknown>, messageId: string) {
  const Item = { ...(input.Item as object), pk: { S: messageId } };
  return dynamodb.send(new PutItemCommand({ ...input, Item } as never));
}

async function acceptOne(messageId: string): Promise<void> {
  await Promise.all([put(recorded.message, messageId), put(recorded.payload, messageId)]);
  await update(recorded.enqueue, messageId);
  const attributes = recorded.copy.MessageAttributes as object;
  const MessageAttributes = { ...attributes, messageId: { DataType: "String", StringValue: messageId } };
  await sqs.send(new SendMessageCommand({ ...recorded.copy, MessageAttributes } as never));
}

async function run({ inFlight, total }: RawRun): Promise<RawResult> {
  const acceptMs: number[] = [];
  const endToEndMs: number[] = [];
  const seconds = await closedLoop(inFlight, total, async () => {
    const messageId = newMessageId(Date.now());
    const arrival = new Promise<void>((resolve) => delivered.set(messageId, resolve));
    const startedAt = performance.now();
    await acceptOne(messageId);
    acceptMs.push(performance.now() - startedAt);
    await arrival;
    endToEndMs.push(performance.now() - startedAt);
  });
  return { seconds, acceptMs, endToEndMs };
}

async function recordInputs() {
  const calls: Array<{ name: string; input: Record<string, unknown> }> = [];
  const recorder = {
    dynamodb: new DynamoDBClient(dynamoDbClientConfig(servers.dynamodb)),
    sqs: new SQSClient(sqsClientConfig(servers.sqs)),
  };
  for (const client of [recorder.dynamodb, recorder.sqs]) {
    (client.middlewareStack as DynamoDBClient["middlewareStack"]).add(
      (next, context) => (args) => {
        calls.push({ name: context.commandName ?? "", input: args.input as never });
        return next(args);
      },
      { step: "initialize" },
    );
  }
  const services = createServices({
    ...recorder,
    tableName: TABLE,
    urls: { queueUrl: queue.url, deadLetterQueueUrl: deadLetterQueue.url },
    settings: LOCAL_DEFAULTS,
    observer: new RecordingObserver(),
  });
  const { body, senderId, ...rest } = messageOf(KIB, `${targetUrl}/recorded`);
  const payload = { ...rest, method: "POST", body: JSON.stringify(body) };
  const { message } = await accept(services, { input: { senderId, payload }, correlationId: "bench" });
  const copy = calls.find(({ name }) => name === "SendMessageCommand")?.input ?? {};
  const http = {
    request: async () =>
      ({
        kind: "response",
        status: 200,
        headers: { "content-type": "text/plain" },
        body: "thanks",
        durationMs: 1,
      }) as const,
  };
  const signingSecrets = { forSender: async () => [SECRET], forEndpoint: () => [SECRET] };
  const record = { messageId: message.messageId, correlationId: "bench", body: String(copy.MessageBody) };
  await deliverRecord({ ...services, http, signingSecrets }, record, () => 30_000);
  const inputs = (name: string) => calls.filter((call) => call.name === name).map((call) => call.input);
  const [first, second] = inputs("PutItemCommand");
  const [enqueue, claim, complete] = inputs("UpdateItemCommand");
  if (!first || !second || !enqueue || !claim || !complete)
    throw new Error("A delivered message makes six calls.");
  return { message: first, payload: second, enqueue, copy, claim, complete };
}

process.on("message", async (order: RawRun) => process.send?.(await run(order)));
process.once("disconnect", async () => {
  await source.stop();
  process.exit();
});
process.send?.({ ready: true });
