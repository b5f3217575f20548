import {
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
} from "@aws-sdk/client-sqs";
import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, describe, expect, it } from "vitest";
import { SqsMessageQueue } from "./sqs-message-queue.ts";

const URLS = {
  queueUrl: "https://sqs.test/1/homing",
  deadLetterQueueUrl: "https://sqs.test/1/homing-dead-letter",
};

const sqs = mockClient(SQSClient);
const queue = new SqsMessageQueue(new SQSClient({ region: "us-east-1" }), URLS);
afterEach(() => sqs.reset());

const copies = (count: number): OutgoingCopy[] =>
  Array.from({ length: count }, (_, index) => ({
    messageId: `msg_${index}`,
    senderId: "acme",
    correlationId: "call-1",
    body: `{"n":${index}}`,
    delaySeconds: index,
  }));

const failure = (name: string) =>
  new SQSServiceException({ name, $fault: "client", $metadata: {}, message: "arn:aws:sqs:secret" });

describe("a batch that SQS takes in part", () => {
  it("answers each copy by itself, in the order of the copies whatever the order of the answer", async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [
        { Id: "3", MessageId: "d", MD5OfMessageBody: "" },
        { Id: "0", MessageId: "a", MD5OfMessageBody: "" },
      ],
      Failed: [
        { Id: "2", Code: "InvalidMessageContents", SenderFault: true },
        { Id: "1", Code: "InternalError", SenderFault: false },
        { Id: "4", Code: "SomethingNew", SenderFault: true },
      ],
    });
    const answers = await queue.send(copies(5), 1_000);
    expect(answers.map((error) => error && [error.code, error.retryable])).toEqual([
      undefined,
      ["QUEUE_UNAVAILABLE", true],
      ["QUEUE_REJECTED_CONTENT", false],
      undefined,
      ["UNCLASSIFIED", true],
    ]);
  });

  it("counts a copy that the answer does not name as one to be tried again", async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Successful: [{ Id: "0", MessageId: "a", MD5OfMessageBody: "" }], Failed: [] });
    const [first, second] = await queue.send(copies(2), 1_000);
    expect([first, second?.code, second?.retryable]).toEqual([undefined, "UNCLASSIFIED", true]);
  });

  it("that fails as a whole fails for every copy, and rejects for none", async () => {
    sqs.on(SendMessageBatchCommand).rejects(failure("AccessDenied"));
    const answers = await queue.send(copies(3), 1_000);
    expect(answers.map((error) => [error?.code, error?.retryable])).toEqual(
      Array(3).fill(["QUEUE_DENIED", false]),
    );
  });

  it.each(["BatchRequestTooLong", "InvalidMessageContents", "InvalidParameterValue"])(
    "that is refused as a whole with %s blames none of its copies; one that is refused alone is to blame",
    async (name) => {
      sqs.on(SendMessageBatchCommand).rejects(failure(name));
      sqs.on(SendMessageCommand).rejects(failure("InvalidMessageContents"));
      const answers = await queue.send(copies(3), 1_000);
      expect(answers.map((error) => [error?.code, error?.retryable, error?.blames])).toEqual(
        Array(3).fill(["UNCLASSIFIED", true, "unknown"]),
      );
      expect((await queue.send(copies(1), 1_000))[0]).toMatchObject({
        code: "QUEUE_REJECTED_CONTENT",
        blames: "copy",
      });
    },
  );
});

describe("what is sent", () => {
  it("goes by SendMessageBatch for several and by SendMessage for one, to the queue of the deployment", async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    sqs.on(SendMessageCommand).resolves({ MessageId: "a" });
    await queue.send(copies(2), 1_000);
    await queue.send(copies(1), 1_000);
    const [batch] = sqs.commandCalls(SendMessageBatchCommand);
    const [single] = sqs.commandCalls(SendMessageCommand);
    expect(batch?.args[0].input.QueueUrl).toBe(URLS.queueUrl);
    expect(batch?.args[0].input.Entries?.map(({ Id, DelaySeconds }) => [Id, DelaySeconds])).toEqual([
      ["0", undefined],
      ["1", 1],
    ]);
    expect(single?.args[0].input).toEqual({
      QueueUrl: URLS.queueUrl,
      MessageBody: '{"n":0}',
      MessageGroupId: "acme",
      MessageAttributes: {
        messageId: { DataType: "String", StringValue: "msg_0" },
        senderId: { DataType: "String", StringValue: "acme" },
        correlationId: { DataType: "String", StringValue: "call-1" },
      },
    });
  });
});
