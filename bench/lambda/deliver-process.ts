/** CPU time of one delivered message, and how a batch's records share their time: worker and bare in turns. */
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { SQSEvent } from "aws-lambda";
import { request } from "undici";
import { compare, cpuMicroseconds, median } from "../measure.ts";
import { AwsStub, type StubbedItem } from "./aws-stub.ts";
import { acceptEvent, messageOf } from "./events.ts";

const KIB = 1_024;
const BATCH = 10;
const WARM_UP_BATCHES = 100;
const BATCHES_A_ROUND = 5;
const SLOW_MS = 100;
const WALL_ROUNDS = 9;
const [, , rounds, targetUrl = ""] = process.argv;

const stub = new AwsStub();
stub.install();
const api = await import("../../packages/functions/src/lambda/api.ts");
const worker = await import("../../packages/functions/src/lambda/worker.ts");
const context = { awsRequestId: "request", functionName: "worker", getRemainingTimeInMillis: () => 30_000 };

interface Record {
  readonly record: SQSEvent["Records"][number];
  /** The message as it is stored when its copy arrives. */
  readonly item: StubbedItem;
}

/** Accepts messages to the target, and answers them as they then lie in queue and table. */
async function accepted(url: string): Promise<Record[]> {
  const body = JSON.stringify(messageOf(KIB, url));
  const records: Record[] = [];
  for (let index = 0; index < BATCH; index += 1) {
    const calls = await stub.record(() =>
      api.handler(acceptEvent(body, `order-${url}-${index}`) as never, context as never),
    );
    const copy = calls.find((call) => call.operation === "SendMessage")?.input as unknown as {
      MessageBody: string;
      MessageAttributes: SQSEvent["Records"][number]["messageAttributes"];
    };
    const attributes = Object.entries(copy.MessageAttributes).map(([name, value]) => [
      name,
      { dataType: "String", stringValue: (value as unknown as { StringValue: string }).StringValue },
    ]);
    const messageAttributes = Object.fromEntries(attributes);
    records.push({
      record: { messageId: `sqs-${index}`, body: copy.MessageBody, messageAttributes } as never,
      item: stub.item(messageAttributes.messageId.stringValue),
    });
  }
  return records;
}

async function homing(records: readonly Record[]): Promise<void> {
  for (const { item } of records) stub.store(item);
  const response = await worker.handler({ Records: records.map((one) => one.record) }, context as never);
  if (response.batchItemFailures.length > 0) throw new Error("A record was not delivered.");
}

const batch = await accepted(`${targetUrl}/hook`);
await homing(batch);
const [first] = batch;
if (!first) throw new Error("There is no record.");
const calls = await stub.record(() => homing([first]));
const [claim, complete] = calls.map((call) => call.input as never);
/** As many as Homing sends, and as long. */
const headers = {
  "content-type": "application/json",
  "user-agent": "Homing/1.0",
  "webhook-id": "msg_01JDB0A1B2C3D4E5F6G7H8J9K0",
  "webhook-timestamp": "1795312800",
  "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "x-correlation-id": "3f0c9d2e-8a57-4b53-9d0e-0f3b1c5a7e21",
  "accept-encoding": "identity",
};
const dynamodb = new DynamoDBClient({});

/** The very same calls and request, inputs ready-made, by clients as SDK and undici set them up. */
async function bare(records: readonly Record[]): Promise<void> {
  await Promise.all(
    records.map(async ({ record, item }) => {
      stub.store(item);
      const copy = JSON.parse(record.body);
      await dynamodb.send(new UpdateItemCommand(claim as never));
      const { statusCode, body } = await request(copy.targetUrl, {
        method: "POST",
        headers,
        body: JSON.stringify(copy.body),
      });
      await body.text();
      if (statusCode !== 200) throw new Error(`The target answered ${statusCode}.`);
      await dynamodb.send(new UpdateItemCommand(complete as never));
    }),
  );
}

const perMessage = async (work: () => Promise<void>) =>
  (await cpuMicroseconds(work, BATCHES_A_ROUND)) / BATCH;
const ours = () => perMessage(() => homing(batch));
const theirs = () => perMessage(() => bare(batch));
for (let warmUp = 0; warmUp < WARM_UP_BATCHES / BATCHES_A_ROUND; warmUp += 1) {
  await ours();
  await theirs();
}
const cpu = await compare(ours, theirs, Number(rounds));

const slow = await accepted(`${targetUrl}/hook?delay=${SLOW_MS}`);
const wallOf = async (work: typeof homing, records: readonly Record[]) => {
  const startedAt = performance.now();
  await work(records);
  return performance.now() - startedAt;
};
/** A batch of ten against one of its records. */
async function wallRatio(work: typeof homing) {
  const walls = { ten: [] as number[], one: [] as number[] };
  await wallOf(work, slow);
  for (let round = 0; round < WALL_ROUNDS; round += 1) {
    walls.ten.push(await wallOf(work, slow));
    walls.one.push(await wallOf(work, slow.slice(0, 1)));
  }
  const [ten, one] = [median(walls.ten), median(walls.one)];
  return { ten, one, ratio: ten / one };
}
const wall = await wallRatio(homing);
const bareWall = await wallRatio(bare);
const result = { cpu, wall, bareWall, calls: calls.map((call) => call.operation) };
process.send?.(result, () => process.exit());
