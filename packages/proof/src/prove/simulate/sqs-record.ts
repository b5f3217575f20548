import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import type { SQSRecord } from "aws-lambda";

/** As Lambda's event source mapping hands a record over. */
export function toSqsRecord(record: ReceivedCopy): SQSRecord {
  const { receipt, receiveCount, body, messageId, eventId, senderId, correlationId, traceparent } = record;
  const attributes = { messageId, eventId, senderId, correlationId, traceparent };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    messageId: receipt,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: "0",
      SenderId: "",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: Object.fromEntries(
      given.map(([name, value = ""]) => [name, { dataType: "String", stringValue: value }]),
    ),
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "",
    awsRegion: "",
  };
}
