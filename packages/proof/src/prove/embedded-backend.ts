import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { DynamoDbLaneStore } from "@homing/functions/aws/dynamodb-lane-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { SqsMessageQueue } from "@homing/functions/aws/sqs-message-queue";
import { provisionTable } from "@homing/local/embedded/provision-table";
import type { EmbeddedStack } from "@homing/local/testing/embedded-stack";
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_MS } from "./simulate/fixed-times.ts";
import { StepwiseDynamoDbEndpoints } from "./simulate/stepwise-endpoints.ts";
import type { Backend, MakeBackend } from "./simulate/world.ts";
import { ThroughQueue } from "./through-queue.ts";

/** Over all backends: two on the same servers must not share a table. */
let tables = 0;

/**
 * The adapters that run on AWS, on the embedded servers: a table of its own for each simulation, and copies
 * that have been through SQS. Time is simulated, and the servers' is not, so delays and visibility are kept
 * by the queue in memory.
 */
export function embeddedBackend(
  { dynamodb, sqs, queueUrl, deadLetterQueueUrl }: EmbeddedStack,
  Store: typeof DynamoDbMessageStore = DynamoDbMessageStore,
): (...given: Parameters<MakeBackend>) => Promise<Backend & { readonly tableName: string }> {
  return async (clock, { linePlaces }) => {
    tables += 1;
    const tableName = `simulation-${tables}`;
    await provisionTable(dynamodb, tableName);
    const queue = new SqsMessageQueue(sqs, { queueUrl, deadLetterQueueUrl });
    const timed = new MemoryMessageQueue(clock, {
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    });
    return {
      tableName,
      store: new Store(dynamodb, tableName, clock),
      events: new DynamoDbEventStore(dynamodb, tableName, clock),
      endpoints: new StepwiseDynamoDbEndpoints(dynamodb, tableName, clock),
      lanes: new DynamoDbLaneStore(dynamodb, tableName, clock, undefined, linePlaces),
      queue: new ThroughQueue(
        { send: (copies) => queue.send(copies, SEND_TIMEOUT_MS), take: () => take(sqs, queueUrl) },
        timed,
      ),
    };
  };
}

/** Longer than any simulated timeout: the servers' time is not the simulation's. */
const SEND_TIMEOUT_MS = 30_000;

async function take(sqs: SQSClient, queueUrl: string): Promise<Omit<OutgoingCopy, "delaySeconds">> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 1 }),
  );
  const [message] = Messages;
  if (!message) throw new Error("a copy that was sent is not in the queue");
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
  return toCopy(message);
}

function toCopy({ Body = "", MessageAttributes = {} }: SqsMessage): Omit<OutgoingCopy, "delaySeconds"> {
  const text = (name: string) => MessageAttributes[name]?.StringValue;
  const [messageId, eventId, traceparent] = [text("messageId"), text("eventId"), text("traceparent")];
  return {
    body: Body,
    ...(messageId === undefined ? {} : { messageId }),
    ...(eventId === undefined ? {} : { eventId }),
    senderId: text("senderId") ?? "",
    correlationId: text("correlationId") ?? "",
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
