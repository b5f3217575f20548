/** CPU time of one accepted message: Homing's Lambda handler and a bare one take turns in one process. */
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { compare, cpuMicroseconds } from "../measure.ts";
import { AwsStub } from "./aws-stub.ts";
import { acceptEvent, messageOf } from "./events.ts";

const KIB = 1_024;
const WARM_UP_CALLS = 1_000;
const CALLS_A_ROUND = 50;

const stub = new AwsStub();
stub.install();
const { handler } = await import("../../packages/functions/src/lambda/api.ts");

const body = JSON.stringify(messageOf(KIB));
let keys = 0;
const nextEvent = () => acceptEvent(body, `order-${++keys}`);
const context = { awsRequestId: "request", functionName: "api", getRemainingTimeInMillis: () => 30_000 };

async function homing(): Promise<void> {
  const response = (await handler(nextEvent() as never, context as never)) as { statusCode: number };
  if (response.statusCode !== 202) throw new Error(`The API answered ${response.statusCode}.`);
}

await homing();
// Not the first call: that one may also write counters.
const calls = await stub.record(homing);
const inputs = (operation: string) =>
  calls.filter((call) => call.operation === operation).map((call) => call.input as never);
const [message, payload] = inputs("PutItem");
const [update] = inputs("UpdateItem");
const [copy] = inputs("SendMessage");
if (!message || !payload || !update || !copy) throw new Error("An accepted message makes four calls.");

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});

/** The very same calls, inputs ready-made, by clients as the SDK sets them up. */
async function bare(): Promise<void> {
  JSON.parse(nextEvent().body ?? "");
  await Promise.all([
    dynamodb.send(new PutItemCommand(message as never)),
    dynamodb.send(new PutItemCommand(payload as never)),
  ]);
  await dynamodb.send(new UpdateItemCommand(update as never));
  await sqs.send(new SendMessageCommand(copy as never));
}

await cpuMicroseconds(homing, WARM_UP_CALLS);
await cpuMicroseconds(bare, WARM_UP_CALLS);
const comparison = await compare(
  async () => {
    // Homing admits 1,000 messages a second from one sender: the round's share is waited for, at no cost.
    await wait(CALLS_A_ROUND);
    return cpuMicroseconds(homing, CALLS_A_ROUND);
  },
  () => cpuMicroseconds(bare, CALLS_A_ROUND),
  Number(process.argv[2]),
);
const result = { ...comparison, calls: calls.map((call) => call.operation) };
process.send?.(result, () => process.exit());
