/** What the API answers of messages. */

import {
  ATTEMPT_OUTCOMES,
  FAILURE_REASONS,
  HISTORY_REASONS,
  PENDING_REASONS,
  SEND_ERROR_CODES,
} from "@homing/core/message/message";
import * as v from "valibot";
import {
  correlationId,
  count,
  nextCursor,
  searchedSince,
  statusSchema,
  textRecord,
  timestamp,
  told,
} from "./fields.ts";

const messageId = told(
  v.string(),
  "Stable: also the `webhook-id` of every request, but for one that brings an event.",
);
const queued = told(v.boolean(), "In the queue, or already with a worker.");

export const acceptedSchema = v.object({
  messageId,
  status: statusSchema,
  stored: told(v.literal(true), "Always true: the message is kept."),
  queued,
  duplicate: told(v.boolean(), "An earlier call with the same idempotency key had stored it."),
  correlationId,
  createdAt: timestamp,
});
export type Accepted = v.InferOutput<typeof acceptedSchema>;

export const movedSchema = v.object({
  messageId,
  status: statusSchema,
  queued,
  correlationId,
  place: v.optional(
    told(
      v.picklist(["KEPT", "END_OF_LINE"]),
      "Of a retried message with an ordering key. END_OF_LINE: others have passed it, it comes after those that wait.",
    ),
  ),
});
export type Moved = v.InferOutput<typeof movedSchema>;

const decision = v.object({
  rule: v.string(),
  action: v.picklist(["COMPLETE", "RETRY", "FAIL"]),
  nextAttemptAt: v.optional(told(timestamp, "The next attempt does not start before.")),
  explanation: v.string(),
});

export const attemptSchema = v.object({
  number: count,
  targetUrl: v.optional(told(v.string(), "Where it went, if that was an endpoint's URL of the time.")),
  outcome: v.picklist(ATTEMPT_OUTCOMES),
  startedAt: v.optional(timestamp),
  durationMs: v.optional(told(count, "From the start to the end of the answer's body, or to the failure.")),
  responseStatus: v.optional(count),
  errorCode: v.optional(told(v.string(), "What went wrong where there was no answer.")),
  responseHeaders: v.optional(textRecord),
  responseBody: v.optional(
    told(v.string(), "At most 4 KiB of it; 256 bytes of a first attempt that succeeded."),
  ),
  responseTruncated: v.optional(v.boolean()),
  truncationReason: v.optional(v.string()),
  decision: v.optional(decision),
});
export type AttemptView = v.InferOutput<typeof attemptSchema>;

export const historyEntrySchema = v.object({
  at: timestamp,
  from: v.nullable(statusSchema),
  to: statusSchema,
  reason: v.picklist(HISTORY_REASONS),
  correlationId: v.string(),
});

const listItemEntries = {
  messageId,
  status: statusSchema,
  pendingReason: v.optional(told(v.picklist(PENDING_REASONS), "Why it waits; only while PENDING.")),
  failureReason: v.optional(told(v.picklist(FAILURE_REASONS), "Why it failed; only once FAILED.")),
  responseStatus: v.optional(
    told(count, "What the target answered to the latest attempt; absent if it did not answer."),
  ),
  senderId: v.string(),
  eventId: v.optional(told(v.string(), "The event that it brings: the `webhook-id` of its requests.")),
  endpointId: v.optional(told(v.string(), "The endpoint that it brings the event to.")),
  eventType: v.optional(v.string()),
  targetUrl: v.optional(
    told(
      v.string(),
      "Of an endpoint where it is now; absent once that is deleted. Else absent, like method and metadata, only if the payload was lost.",
    ),
  ),
  method: v.optional(v.string()),
  metadata: v.optional(textRecord),
  idempotencyKey: v.optional(v.string()),
  orderingKey: v.optional(told(v.string(), "It is delivered in order with the sender's others of this key.")),
  afterFailure: v.optional(
    told(v.picklist(["block"]), "While it is FAILED those behind it wait, until it is retried or skipped."),
  ),
  sequence: v.optional(
    told(
      count,
      "Its number in its order, once its turn has come: increasing, with gaps; `webhook-sequence`.",
    ),
  ),
  skippedAt: v.optional(told(timestamp, "Since when those behind it no longer wait for it.")),
  resolvedAt: v.optional(
    told(
      timestamp,
      "Since when somebody has dealt with its failure: it is still FAILED, and counts as one no more.",
    ),
  ),
  correlationId: told(v.string(), "Of the call that sent it: the same in logs and deliveries."),
  createdAt: timestamp,
  updatedAt: timestamp,
  deliverAt: v.optional(timestamp),
  deliverBy: v.optional(timestamp),
  finishedAt: v.optional(timestamp),
  dueAt: v.optional(told(timestamp, "By this time something happens to it; absent once it is finished.")),
  nextAttemptAt: v.optional(timestamp),
  rolledBackAt: v.optional(told(timestamp, "When a send to the queue last failed and was undone.")),
  attemptCount: count,
  maxAttempts: told(count, "Number of the last attempt this round may make."),
  sends: v.object({ count, rollbacks: count, lastErrorCode: v.optional(v.picklist(SEND_ERROR_CODES)) }),
};

export const listItemSchema = v.object(listItemEntries);
export type ListItem = v.InferOutput<typeof listItemSchema>;

export const messageSchema = v.object({
  ...listItemEntries,
  headers: v.optional(told(textRecord, "Values that may be secrets are `***`.")),
  body: v.optional(told(v.unknown(), "As it was written, without insignificant white space.")),
  history: told(v.array(historyEntrySchema), "Oldest first."),
  historyOmitted: v.optional(told(count, "Entries left out between the first ten and the rest.")),
  attempts: told(v.array(attemptSchema), "Oldest first; the latest 100."),
  attemptsOmitted: v.optional(told(count, "Earlier attempts that are left out.")),
  waitsFor: v.optional(
    told(
      v.object({
        messageId: told(v.string(), "The first in line: what holds it up."),
        ahead: told(count, "How many go before it; if `capped`, at least."),
        capped: v.optional(v.boolean()),
      }),
      "What it waits for, while it waits for its turn.",
    ),
  ),
});
export type MessageView = v.InferOutput<typeof messageSchema>;

export const listSchema = v.object({ items: v.array(listItemSchema), nextCursor, searchedSince });
export type MessageList = v.InferOutput<typeof listSchema>;
