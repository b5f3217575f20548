import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import type { Clock } from "@homing/core/clock";
import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import type { OutgoingCopy, QueueDepth, SendError } from "@homing/core/queue/message-queue";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { SqsMessageQueue } from "@homing/functions/aws/sqs-message-queue";
import { provisionTable } from "@homing/local/embedded/provision-table";
import type { EmbeddedStack } from "@homing/local/testing/embedded-stack";
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_MS } from "./simulate/fixed-times.ts";
import type { InnerQueue } from "./simulate/simulated-queue.ts";
import { StepwiseDynamoDbEndpoints } from "./simulate/stepwise-endpoints.ts";
import type { Backend } from "./simulate/world.ts";

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
): (clock: Pick<Clock, "now">) => Promise<Backend & { readonly tableName: string }> {
  return async (clock) => {
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
      queue: new ThroughSqs(queue, timed, { sqs, queueUrl }),
    };
  };
}

/** Sends copies with the adapter, takes them out of SQS again, and hands them out when their time has come. */
class ThroughSqs implements InnerQueue {
  readonly #queue: SqsMessageQueue;
  readonly #timed: MemoryMessageQueue;
  readonly #source: { readonly sqs: SQSClient; readonly queueUrl: string };

  constructor(
    queue: SqsMessageQueue,
    timed: MemoryMessageQueue,
    source: { readonly sqs: SQSClient; readonly queueUrl: string },
  ) {
    this.#queue = queue;
    this.#timed = timed;
    this.#source = source;
  }

  async send(copies: readonly OutgoingCopy[]): Promise<ReadonlyArray<SendError | undefined>> {
    // Longer than any simulated timeout: the servers' time is not the simulation's.
    const answers = await this.#queue.send(
      copies.map((copy) => ({ ...copy, delaySeconds: 0 })),
      30_000,
    );
    const sent = copies.filter((_, index) => answers[index] === undefined);
    for (const { delaySeconds } of sent)
      await this.#timed.send([{ ...(await this.#take()), delaySeconds }], 1);
    return answers;
  }

  receive(limit: number) {
    return this.#timed.receive(limit);
  }

  delete(receipt: string): void {
    this.#timed.delete(receipt);
  }

  receiveDead() {
    return this.#timed.receiveDead();
  }

  deleteDead(receipt: string): void {
    this.#timed.deleteDead(receipt);
  }

  depth(): Promise<QueueDepth> {
    return this.#timed.depth();
  }

  deadLetters(): Promise<number> {
    return this.#timed.deadLetters();
  }

  async #take(): Promise<Omit<OutgoingCopy, "delaySeconds">> {
    const { sqs, queueUrl } = this.#source;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 1 }),
    );
    const [message] = Messages;
    if (!message) throw new Error("a copy that was sent is not in the queue");
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
    return toCopy(message);
  }
}

function toCopy({ Body = "", MessageAttributes = {} }: SqsMessage): Omit<OutgoingCopy, "delaySeconds"> {
  const text = (name: string) => MessageAttributes[name]?.StringValue;
  const traceparent = text("traceparent");
  return {
    body: Body,
    messageId: text("messageId") ?? "",
    senderId: text("senderId") ?? "",
    correlationId: text("correlationId") ?? "",
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
