/** The message queue on SQS. */
import {
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { ATTRIBUTE_TYPE, copyAttributes } from "@homing/core/queue/copy-attributes";
import {
  type MessageQueue,
  type OutgoingCopy,
  type QueueDepth,
  SendError,
} from "@homing/core/queue/message-queue";
import { classifyBatchEntry, classifyRequest } from "@homing/core/send/classify";

export interface QueueUrls {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

interface SendOptions {
  readonly abortSignal: AbortSignal;
}

export class SqsMessageQueue implements MessageQueue {
  readonly #client: SQSClient;
  readonly #urls: QueueUrls;

  constructor(client: SQSClient, urls: QueueUrls) {
    this.#client = client;
    this.#urls = urls;
  }

  async send(
    copies: readonly OutgoingCopy[],
    timeoutMs: number,
  ): Promise<ReadonlyArray<SendError | undefined>> {
    try {
      const options = this.#optionsFor(timeoutMs);
      const [only] = copies;
      if (only && copies.length === 1) {
        await this.#client.send(
          new SendMessageCommand({ QueueUrl: this.#urls.queueUrl, ...toRequest(only) }),
          options,
        );
        return [undefined];
      }
      return await this.#sendBatch(copies, options);
    } catch (error) {
      const classified = classifyRequest(error, copies.length);
      return copies.map(() => classified);
    }
  }

  /**
   * Options make the SDK set up its whole middleware anew, a fifth of the cost of a send: none are given where
   * the client's own timeout is as short. A client knows it from its first call on.
   */
  #optionsFor(timeoutMs: number): SendOptions | undefined {
    const handler = this.#client.config.requestHandler as {
      httpHandlerConfigs?(): { requestTimeout?: number };
    };
    const { requestTimeout = Number.POSITIVE_INFINITY } = handler.httpHandlerConfigs?.() ?? {};
    return requestTimeout <= timeoutMs ? undefined : { abortSignal: AbortSignal.timeout(timeoutMs) };
  }

  async depth(): Promise<QueueDepth> {
    const attributes = await this.#attributes(this.#urls.queueUrl);
    return {
      visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  }

  async deadLetters(): Promise<number> {
    const attributes = await this.#attributes(this.#urls.deadLetterQueueUrl);
    return (
      Number(attributes.ApproximateNumberOfMessages ?? 0) +
      Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0)
    );
  }

  async #sendBatch(
    copies: readonly OutgoingCopy[],
    options: SendOptions | undefined,
  ): Promise<Array<SendError | undefined>> {
    const { Successful = [], Failed = [] } = await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: this.#urls.queueUrl,
        Entries: copies.map((copy, index) => ({ Id: String(index), ...toRequest(copy) })),
      }),
      options,
    );
    const sent = new Set(Successful.map((entry) => entry.Id));
    const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
    return copies.map((_, index) => {
      const id = String(index);
      if (sent.has(id)) return undefined;
      const entry = failed.get(id);
      // An entry that the answer does not name may or may not have been taken.
      return entry
        ? classifyBatchEntry(entry.Code ?? "unknown")
        : new SendError("UNCLASSIFIED", true, "MissingBatchEntry");
    });
  }

  async #attributes(queueUrl: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
        ],
      }),
    );
    return Attributes;
  }
}

function toRequest(copy: OutgoingCopy) {
  return {
    MessageBody: copy.body,
    ...(copy.delaySeconds > 0 ? { DelaySeconds: copy.delaySeconds } : {}),
    // On a standard queue: fair queues keep one group's backlog from delaying the others.
    MessageGroupId: copy.groupId ?? copy.senderId,
    MessageAttributes: Object.fromEntries(
      Object.entries(copyAttributes(copy)).map(([name, value]): [string, MessageAttributeValue] => [
        name,
        { DataType: ATTRIBUTE_TYPE, StringValue: value },
      ]),
    ),
  };
}
