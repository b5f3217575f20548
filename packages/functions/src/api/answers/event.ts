/** What the API answers of events. */
import { NOT_MATCHED_REASONS } from "@homing/core/endpoint/explain";
import { EVENT_STATUSES } from "@homing/core/event/event";
import * as v from "valibot";
import {
  correlationId,
  count,
  countsOfStatuses,
  nextCursor,
  searchedSince,
  statusSchema,
  textRecord,
  timestamp,
  told,
} from "./fields.ts";
import { listItemSchema } from "./message.ts";

const matchedCount = told(count, "Endpoints that it goes to.");

export const acceptedEventSchema = v.object({
  eventId: told(v.string(), "Stable: also the `webhook-id` of every delivery."),
  status: told(v.picklist(EVENT_STATUSES), "EXPANDED once a message is there for each endpoint."),
  stored: told(v.literal(true), "Always true: the event is kept."),
  duplicate: told(v.boolean(), "An earlier call with the same idempotency key had stored it."),
  matched: matchedCount,
  skipped: told(count, "Endpoints that it would go to if they were not disabled."),
  queued: told(count, "Of `messages`: in the queue, or already with a worker."),
  messages: v.optional(
    told(
      v.array(v.object({ messageId: v.string(), endpointId: v.string(), status: statusSchema })),
      "Its deliveries, the first 10. Absent if more than 10 endpoints matched: they are made in the background.",
    ),
  ),
  correlationId,
  createdAt: timestamp,
});
export type AcceptedEvent = v.InferOutput<typeof acceptedEventSchema>;

export const eventDryRunSchema = v.object({
  matched: matchedCount,
  skipped: count,
  endpointIds: told(v.array(v.string()), "Where it would go, the first 100."),
  correlationId,
});
export type EventDryRun = v.InferOutput<typeof eventDryRunSchema>;

export const sendEventAnswerSchema = v.union([acceptedEventSchema, eventDryRunSchema]);

export const cancelledEventSchema = v.object({
  cancelled: told(count, "Messages of the event that were cancelled."),
  skipped: told(count, "Those that are finished, or are being delivered."),
});
export type CancelledEvent = v.InferOutput<typeof cancelledEventSchema>;

const skippedEndpoints = told(
  v.array(v.object({ endpointId: v.string(), reason: v.literal("ENDPOINT_DISABLED") })),
  "Endpoints that it would have gone to if they had not been disabled, the first 20.",
);

const eventListItemEntries = {
  eventId: v.string(),
  status: told(v.picklist(EVENT_STATUSES), "PENDING until a message is there for each endpoint."),
  failureReason: v.optional(v.literal("EXPANSION_EXHAUSTED")),
  senderId: v.string(),
  eventType: v.string(),
  channels: v.optional(v.array(v.string())),
  endpointId: v.optional(told(v.string(), "It was for this endpoint alone.")),
  idempotencyKey: v.optional(v.string()),
  correlationId: told(v.string(), "Of the call that sent it."),
  createdAt: timestamp,
  deliverBy: v.optional(timestamp),
  expandedAt: v.optional(timestamp),
  dueAt: v.optional(told(timestamp, "By then somebody makes the messages that are missing.")),
  matched: matchedCount,
  skipped: skippedEndpoints,
  skippedCount: told(count, "How many there were in all."),
};

export const eventListItemSchema = v.object(eventListItemEntries);
export type EventListItem = v.InferOutput<typeof eventListItemSchema>;

export const eventListSchema = v.object({ items: v.array(eventListItemSchema), nextCursor, searchedSince });
export type EventList = v.InferOutput<typeof eventListSchema>;

export const eventSchema = v.object({
  ...eventListItemEntries,
  headers: told(textRecord, "Values that may be secrets are `***`."),
  body: v.optional(told(v.unknown(), "As it was sent.")),
  metadata: v.optional(textRecord),
  counts: told(v.partial(v.object(countsOfStatuses)), "Its messages by status."),
  messages: told(v.array(listItemSchema), "The first 100; all by GET /v1/messages?eventId=."),
  notMatched: v.optional(
    told(
      v.array(
        v.object({
          endpointId: v.string(),
          reason: v.picklist(NOT_MATCHED_REASONS),
          changedSince: told(v.boolean(), "It was changed after the event was accepted."),
        }),
      ),
      "With `explain`: why not the others, by what they are now.",
    ),
  ),
});
export type EventView = v.InferOutput<typeof eventSchema>;
