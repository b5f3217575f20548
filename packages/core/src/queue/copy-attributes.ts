/** What travels beside the body of a copy, so that tools find it without reading that: at most ten on SQS. */
import type { OutgoingCopy } from "./message-queue.ts";

/** SQS's name for text; it counts, too. */
export const ATTRIBUTE_TYPE = "String";

export function copyAttributes(copy: OutgoingCopy): Readonly<Record<string, string>> {
  const { messageId, eventId, senderId, groupId, correlationId, traceparent } = copy;
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(eventId === undefined ? {} : { eventId }),
    senderId,
    correlationId,
    ...(groupId === undefined ? {} : { groupId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/**
 * The bytes that SQS counts towards its limits: the body, and of each attribute the name, the type and the value.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function copyBytes(copy: OutgoingCopy): number {
  const attributes = Object.entries(copyAttributes(copy)).map(
    ([name, value]) => Buffer.byteLength(name) + ATTRIBUTE_TYPE.length + Buffer.byteLength(value),
  );
  return attributes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(copy.body));
}
