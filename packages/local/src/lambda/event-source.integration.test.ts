import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { sqsClientConfig } from "../embedded/clients.ts";
import type { ProvisionedQueues } from "../embedded/provision-queues.ts";
import { type EmbeddedStack, startEmbedded } from "../testing/embedded-stack.ts";
import { type EventSource, type EventSourceOptions, startEventSource } from "./event-source.ts";

let stack: EmbeddedStack;
let pollClient: SQSClient;
let queues: ProvisionedQueues;
let source: EventSource | undefined;
let round = 0;

beforeAll(async () => {
  stack = await startEmbedded();
  pollClient = new SQSClient(sqsClientConfig(stack.connections.sqs));
});
afterAll(async () => {
  pollClient.destroy();
  await stack.close();
});
/** Queues of its own for each test, so that the leftovers of one cannot reach another. */
async function useQueues({ visibilityTimeoutSeconds }: { visibilityTimeoutSeconds: number }): Promise<void> {
  queues = await stack.createQueues(`events-${++round}`, {
    visibilityTimeoutSeconds,
    retentionSeconds: 3_600,
    maximumMessageSizeBytes: 1_048_576,
    maxReceiveCount: 2,
  });
}
afterEach(async () => {
  await source?.stop();
  source = undefined;
});

function feed(handler: EventSourceOptions["handler"], changes: Partial<EventSourceOptions> = {}): void {
  source = startEventSource({
    sqs: pollClient,
    queueUrl: queues.queue.url,
    queueArn: queues.queue.arn,
    functionName: "worker",
    handler,
    batchSize: 10,
    concurrency: 5,
    partialResponses: true,
    timeoutMs: 30_000,
    onProblem: () => undefined,
    ...changes,
  });
}

async function send(...bodies: string[]): Promise<void> {
  await stack.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: queues.queue.url,
      Entries: bodies.map((body, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageAttributes: { messageId: { DataType: "String", StringValue: `msg_${body}` } },
      })),
    }),
  );
}

/** Messages in the queue, visible or not. */
async function remaining(): Promise<number> {
  const { Attributes } = await stack.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queues.queue.url, AttributeNames: ["All"] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
}

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 10_000, interval: 20 });
const bodiesOf = (event: SQSEvent) => event.Records.map((record) => record.body);

describe("on a queue", () => {
  test("what succeeded is delivered as one batch, with all that Lambda tells, and deleted", async () => {
    await useQueues({ visibilityTimeoutSeconds: 30 });
    await send("a", "b", "c");
    const batches: SQSRecord[][] = [];
    feed(async (event) => {
      batches.push(event.Records);
    });
    await eventually(async () => expect(await remaining()).toBe(0));
    expect(batches.map((batch) => batch.map((record) => record.body))).toEqual([["a", "b", "c"]]);
    expect(batches[0]?.[0]).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      md5OfBody: "0cc175b9c0f1b6a831c399e269772661",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
      },
      messageAttributes: { messageId: { stringValue: "msg_a", dataType: "String" } },
      eventSource: "aws:sqs",
      eventSourceARN: queues.queue.arn,
      awsRegion: "us-east-1",
    });
  });

  test("a message that failed comes back alone after its visibility timeout, then counted twice", async () => {
    await useQueues({ visibilityTimeoutSeconds: 1 });
    await send("good", "bad");
    const seen: string[] = [];
    feed(async (event) => {
      seen.push(
        ...event.Records.map((record) => `${record.body} ${record.attributes.ApproximateReceiveCount}`),
      );
      const failed = event.Records.filter(
        (record) => record.body === "bad" && record.attributes.ApproximateReceiveCount === "1",
      );
      return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
    });
    await eventually(async () => expect(await remaining()).toBe(0));
    expect(seen.sort()).toEqual(["bad 1", "bad 2", "good 1"]);
  });

  test("a handler that throws gets its whole batch again, and after maxReceiveCount it is a dead letter", async () => {
    await useQueues({ visibilityTimeoutSeconds: 1 });
    await send("a", "b");
    const receives: string[] = [];
    feed(async (event) => {
      receives.push(...bodiesOf(event));
      throw new Error("boom");
    });
    const dead = new Set<string>();
    await eventually(async () => {
      const { Messages = [] } = await stack.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queues.deadLetterQueue.url,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
        }),
      );
      for (const message of Messages) dead.add(message.MessageAttributes?.messageId?.StringValue ?? "");
      expect([...dead].sort()).toEqual(["msg_a", "msg_b"]);
    });
    expect(receives.sort()).toEqual(["a", "a", "b", "b"]);
    expect(await remaining()).toBe(0);
  });

  test("stopping lets the batch in flight finish and be deleted, and receives nothing more", async () => {
    await useQueues({ visibilityTimeoutSeconds: 30 });
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const seen: string[] = [];
    feed(async (event) => {
      seen.push(...bodiesOf(event));
      started.resolve();
      await finish.promise;
    });
    await send("first");
    await started.promise;
    let stopped = false;
    const stopping = source?.stop().then(() => {
      stopped = true;
    });
    expect(stopped).toBe(false);
    finish.resolve();
    await stopping;
    expect(seen).toEqual(["first"]);
    expect(await remaining()).toBe(0);

    await send("after the end");
    expect(await remaining()).toBe(1);
  });

  test("a slow batch does not hold up the next", async () => {
    await useQueues({ visibilityTimeoutSeconds: 30 });
    const finish = Promise.withResolvers<void>();
    const seen: string[] = [];
    feed(async (event) => {
      seen.push(...bodiesOf(event));
      if (bodiesOf(event).includes("slow")) await finish.promise;
    });
    await send("slow");
    await eventually(() => expect(seen).toEqual(["slow"]));
    await send("quick");
    await eventually(() => expect(seen).toEqual(["slow", "quick"]));
    finish.resolve();
  });
});
