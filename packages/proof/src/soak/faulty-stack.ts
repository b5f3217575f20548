/**
 * The local stack with a fault proxy before each of its embedded servers, all in this one process, so that a
 * kill takes everything at once. Started by the soak; ends when its standard input does.
 */
import { join } from "node:path";
import { EMBEDDED_REGION } from "@homing/local/embedded/clients";
import { startDynamoDb } from "@homing/local/embedded/dynamodb";
import { randomAccessKeyId } from "@homing/local/embedded/guard";
import { startSqs } from "@homing/local/embedded/sqs";
import { loadLocalSettings } from "@homing/local/local-settings";
import { startStack } from "@homing/local/stack";
import { startFaultProxy } from "./fault-proxy.ts";

/** Enough to hit every kind of call many times a minute, and not so much that nothing gets through. */
const FAULT_RATE = 0.02;
/** Longer than an SDK client waits for an answer. */
const SLOW_MS = 3_500;

const dataDir = process.env.HOMING_DATA_DIR ?? "";
const accessKeyId = randomAccessKeyId();
// The folders that the stack itself would use: it is started without faults as well.
const [dynamodb, sqs] = await Promise.all([
  startDynamoDb({ dataDir: join(dataDir, "dynamodb"), accessKeyId }),
  startSqs({ dataDir: join(dataDir, "sqs"), accessKeyId }),
]);
// A stack whose servers fail while it starts says so and ends, as it should: faults begin once it runs.
let rate = 0;
const faults = { rate: () => rate, slowMs: SLOW_MS };
const [toDynamodb, toSqs] = await Promise.all([
  startFaultProxy({
    ...faults,
    target: dynamodb.endpoint,
    throttlingError: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
  }),
  startFaultProxy({ ...faults, target: sqs.endpoint, throttlingError: "com.amazonaws.sqs#RequestThrottled" }),
]);
Object.assign(process.env, {
  AWS_REGION: EMBEDDED_REGION,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: "unchecked",
  AWS_ENDPOINT_URL_DYNAMODB: toDynamodb.endpoint,
  AWS_ENDPOINT_URL_SQS: toSqs.endpoint,
});

const stack = await startStack(loadLocalSettings(process.env));
rate = FAULT_RATE;
process.stdout.write(`  API        ${stack.url}/v1\n`);
process.stdin.resume().once("end", () => process.exit(1));
