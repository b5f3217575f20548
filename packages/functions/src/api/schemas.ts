/** What the API answers, in valibot: types, OpenAPI and the clients' types come from here. */

import type { ErrorCode } from "@homing/core/error";
import {
  ATTEMPT_OUTCOMES,
  FAILURE_REASONS,
  HISTORY_REASONS,
  PENDING_REASONS,
  SEND_ERROR_CODES,
  STATUSES,
} from "@homing/core/message/message";
import * as v from "valibot";
import { SCOPES } from "./principal.ts";

const ERROR_CODES = [
  "VALIDATION_ERROR",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "CONFLICT",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "IDEMPOTENCY_KEY_REUSED",
  "RATE_LIMITED",
  "SYSTEM_ERROR",
] as const satisfies readonly ErrorCode[];

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());
const textRecord = v.record(v.string(), v.string());
const status = v.picklist(STATUSES);

export const acceptedSchema = v.object({
  messageId: v.string(),
  status,
  stored: v.literal(true),
  queued: v.boolean(),
  duplicate: v.boolean(),
  correlationId: v.string(),
  createdAt: timestamp,
});
export type Accepted = v.InferOutput<typeof acceptedSchema>;

export const movedSchema = v.object({
  messageId: v.string(),
  status,
  queued: v.boolean(),
  correlationId: v.string(),
});
export type Moved = v.InferOutput<typeof movedSchema>;

const decision = v.object({
  rule: v.string(),
  action: v.picklist(["COMPLETE", "RETRY", "FAIL"]),
  nextAttemptAt: v.optional(timestamp),
  explanation: v.string(),
});

export const attemptSchema = v.object({
  number: count,
  outcome: v.picklist(ATTEMPT_OUTCOMES),
  startedAt: v.optional(timestamp),
  durationMs: v.optional(count),
  responseStatus: v.optional(count),
  errorCode: v.optional(v.string()),
  responseHeaders: v.optional(textRecord),
  responseBody: v.optional(v.string()),
  responseTruncated: v.optional(v.boolean()),
  truncationReason: v.optional(v.string()),
  decision: v.optional(decision),
});
export type AttemptView = v.InferOutput<typeof attemptSchema>;

export const historyEntrySchema = v.object({
  at: timestamp,
  from: v.nullable(status),
  to: status,
  reason: v.picklist(HISTORY_REASONS),
  correlationId: v.string(),
});

const listItemEntries = {
  messageId: v.string(),
  status,
  pendingReason: v.optional(v.picklist(PENDING_REASONS)),
  failureReason: v.optional(v.picklist(FAILURE_REASONS)),
  senderId: v.string(),
  targetUrl: v.optional(v.string()),
  method: v.optional(v.string()),
  metadata: v.optional(textRecord),
  idempotencyKey: v.optional(v.string()),
  correlationId: v.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
  deliverAt: v.optional(timestamp),
  deliverBy: v.optional(timestamp),
  finishedAt: v.optional(timestamp),
  dueAt: v.optional(timestamp),
  nextAttemptAt: v.optional(timestamp),
  rolledBackAt: v.optional(timestamp),
  attemptCount: count,
  maxAttempts: count,
  sends: v.object({ count, rollbacks: count, lastErrorCode: v.optional(v.picklist(SEND_ERROR_CODES)) }),
};

export const listItemSchema = v.object(listItemEntries);
export type ListItem = v.InferOutput<typeof listItemSchema>;

export const messageSchema = v.object({
  ...listItemEntries,
  headers: v.optional(textRecord),
  body: v.optional(v.unknown()),
  history: v.array(historyEntrySchema),
  historyOmitted: v.optional(count),
  attempts: v.array(attemptSchema),
});
export type MessageView = v.InferOutput<typeof messageSchema>;

export const listSchema = v.object({ items: v.array(listItemSchema), nextCursor: v.optional(v.string()) });
export type MessageList = v.InferOutput<typeof listSchema>;

const minuteSchema = v.object({
  minute: timestamp,
  accepted: count,
  completed: count,
  failed: count,
  retried: count,
  rolledBack: count,
});

export const statsSchema = v.object({
  counts: v.object({
    PENDING: count,
    QUEUED: count,
    PROCESSING: count,
    COMPLETED: count,
    FAILED: count,
    CANCELLED: count,
  }),
  rolledBack: count,
  queue: v.object({ visible: count, inFlight: count, delayed: count }),
  deadLetters: count,
  oldestOverdueSeconds: count,
  capped: v.array(v.string()),
  approximate: v.array(v.string()),
  perMinute: v.array(minuteSchema),
});
export type StatsView = v.InferOutput<typeof statsSchema>;

export const problemSchema = v.object({
  type: v.literal("about:blank"),
  title: v.string(),
  status: count,
  detail: v.string(),
  code: v.picklist(ERROR_CODES),
  correlationId: v.string(),
  retryable: v.boolean(),
  stored: v.optional(v.literal(true)),
  messageId: v.optional(v.string()),
  messageStatus: v.optional(status),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
export type Problem = v.InferOutput<typeof problemSchema>;

export const batchResultSchema = v.object({
  results: v.array(
    v.union([
      v.object({ index: count, httpStatus: v.picklist([200, 202]), message: acceptedSchema }),
      v.object({ index: count, httpStatus: count, problem: problemSchema }),
    ]),
  ),
});
export type BatchResult = v.InferOutput<typeof batchResultSchema>;

export const bulkRetryResultSchema = v.object({
  retried: count,
  skipped: count,
  nextCursor: v.optional(v.string()),
});
export type BulkRetryResult = v.InferOutput<typeof bulkRetryResultSchema>;

const keyEntries = {
  keyId: v.string(),
  senderId: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  name: v.optional(v.string()),
  createdAt: timestamp,
};

export const keySchema = v.object({ ...keyEntries, revokedAt: v.optional(timestamp) });
export type KeyView = v.InferOutput<typeof keySchema>;

export const keyListSchema = v.object({ items: v.array(keySchema) });
export type KeyList = v.InferOutput<typeof keyListSchema>;

export const createdKeySchema = v.object({
  ...keyEntries,
  key: v.string(),
  signingSecret: v.optional(v.string()),
});
export type CreatedKey = v.InferOutput<typeof createdKeySchema>;

export const rotatedSenderSchema = v.object({
  senderId: v.string(),
  signingSecret: v.string(),
  previousValidUntil: timestamp,
});
export type RotatedSender = v.InferOutput<typeof rotatedSenderSchema>;

export const healthSchema = v.object({ status: v.literal("ok") });
export const readySchema = v.object({ status: v.literal("ready") });
