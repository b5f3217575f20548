/** Messages, in the examples of the document. */
import { correlationId, messageId } from "./ids.ts";

export const accepted = {
  messageId,
  status: "QUEUED",
  stored: true,
  queued: true,
  duplicate: false,
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
};

export const listItem = {
  messageId,
  status: "COMPLETED",
  responseStatus: 200,
  senderId: "acme",
  targetUrl: "https://example.com/hook",
  method: "POST",
  metadata: { order: "42" },
  idempotencyKey: "order-42-paid",
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
  updatedAt: "2026-11-22T01:30:00.140Z",
  finishedAt: "2026-11-22T01:30:00.140Z",
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
};

export const MESSAGE_EXAMPLES = {
  messageInput: {
    targetUrl: "https://example.com/hook",
    headers: { "content-type": "application/json" },
    body: { order: 42, paid: true },
    metadata: { order: "42" },
  },
  accepted,
  duplicate: { ...accepted, status: "COMPLETED", queued: false, duplicate: true },
  moved: { messageId, status: "QUEUED", queued: true, correlationId },
  cancelled: { messageId, status: "CANCELLED", queued: false, correlationId },
  messageList: {
    items: [listItem],
    nextCursor:
      "3aqWYFsOdUGevTG0ybYmoDYfmVgk0tmROhCPft9_Y6uDYDGkoQj1l4hGB2MAEJCoHEXRkIwKMyJeWxVJz96S3-z9lwaaZo9kfugTkm1Gvw",
  },
  message: {
    ...listItem,
    headers: { "content-type": "application/json" },
    body: { order: 42, paid: true },
    history: [
      { at: "2026-11-22T01:30:00.000Z", from: null, to: "PENDING", reason: "ACCEPTED", correlationId },
      { at: "2026-11-22T01:30:00.010Z", from: "PENDING", to: "QUEUED", reason: "ENQUEUED", correlationId },
      { at: "2026-11-22T01:30:00.032Z", from: "QUEUED", to: "PROCESSING", reason: "CLAIMED", correlationId },
      {
        at: "2026-11-22T01:30:00.140Z",
        from: "PROCESSING",
        to: "COMPLETED",
        reason: "DELIVERED",
        correlationId,
      },
    ],
    attempts: [
      {
        number: 1,
        outcome: "SUCCEEDED",
        startedAt: "2026-11-22T01:30:00.034Z",
        durationMs: 102,
        responseStatus: 200,
        responseHeaders: { "content-type": "text/plain" },
        responseBody: "ok",
        responseTruncated: false,
        decision: { rule: "STATUS_2XX", action: "COMPLETE", explanation: "The target answered 200." },
      },
    ],
  },
  resolvedMessage: { messageId, status: "FAILED", queued: false, correlationId },
  skippedMessage: { messageId, status: "FAILED", queued: false, correlationId },
};
