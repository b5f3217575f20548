import { expect, test } from "vitest";
import { sqsEvent } from "./sqs-event.ts";

test("received messages become the event that AWS documents", () => {
  const attributes = {
    ApproximateReceiveCount: "2",
    SentTimestamp: "1545082649183",
    SenderId: "AIDAIENQZJOLO23YVJ4VO",
    ApproximateFirstReceiveTimestamp: "1545082649185",
    MessageGroupId: "acme",
  };
  const event = sqsEvent(
    [
      {
        MessageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
        ReceiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        Body: "Test message.",
        Attributes: attributes,
        MessageAttributes: {
          messageId: { StringValue: "msg_1", DataType: "String" },
          raw: { BinaryValue: new Uint8Array([1, 2, 255]), DataType: "Binary" },
        },
        MD5OfMessageAttributes: "0a0b",
        MD5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      },
    ],
    "arn:aws:sqs:us-east-2:123456789012:my-queue",
  );
  expect(event).toEqual({
    Records: [
      {
        messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
        receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        body: "Test message.",
        attributes,
        messageAttributes: {
          messageId: { stringValue: "msg_1", stringListValues: [], binaryListValues: [], dataType: "String" },
          raw: { binaryValue: "AQL/", stringListValues: [], binaryListValues: [], dataType: "Binary" },
        },
        md5OfMessageAttributes: "0a0b",
        md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:my-queue",
        awsRegion: "us-east-2",
      },
    ],
  });
});

test("a message without attributes has an empty record of them", () => {
  const [record] = sqsEvent(
    [{ MessageId: "m", ReceiptHandle: "r", Body: "b", MD5OfBody: "5" }],
    "arn:aws:sqs:x:1:q",
  ).Records;
  expect(record?.messageAttributes).toEqual({});
  expect(record).not.toHaveProperty("md5OfMessageAttributes");
});
