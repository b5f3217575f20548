/** What the API answers, in valibot: types, OpenAPI and the clients' types come from here. */

import { ENDPOINT_HEALTHS, ENDPOINT_STATES, STATE_REASONS } from "@homing/core/endpoint/endpoint";
import { NOT_MATCHED_REASONS } from "@homing/core/endpoint/explain";
import type { ErrorCode } from "@homing/core/error";
import { EVENT_STATUSES } from "@homing/core/event/event";
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

export const PROBLEM_CODES = [
  "VALIDATION_ERROR",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "CONFLICT",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "IDEMPOTENCY_KEY_REUSED",
  "PREVIOUS_NOT_ACCEPTED",
  "RATE_LIMITED",
  "SYSTEM_ERROR",
] as const satisfies readonly ErrorCode[];

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());
const textRecord = v.record(v.string(), v.string());
export const statusSchema = v.picklist(STATUSES);
/** A field with a word about it, for the document. */
const told = <const S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));
const messageId = told(
  v.string(),
  "Stable: also the `webhook-id` of every request, but for one that brings an event.",
);
const queued = told(v.boolean(), "In the queue, or already with a worker.");
const correlationId = told(v.string(), "Of the call that is answered.");

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

const nextCursor = v.optional(told(v.string(), "Where to go on; absent at the end."));

export const laneSchema = v.object({
  senderId: v.string(),
  orderingKey: v.string(),
  state: told(
    v.picklist(["FLOWING", "HELD_UP", "BLOCKED"]),
    "HELD_UP: the same message is first for longer than the queue deadline. BLOCKED: it has FAILED, and somebody has to retry or skip it.",
  ),
  head: v.optional(
    told(
      v.object({
        messageId: v.string(),
        status: statusSchema,
        attemptCount: count,
        nextAttemptAt: v.optional(timestamp),
      }),
      "The first in line; absent if nobody is.",
    ),
  ),
  since: v.optional(told(timestamp, "When it came to be the first; of a blocked lane, when it failed.")),
  waiting: told(count, "Messages behind it."),
  capped: told(v.boolean(), "More wait than were counted."),
});
export type LaneView = v.InferOutput<typeof laneSchema>;

export const laneListSchema = v.object({ items: v.array(laneSchema), nextCursor });
export type LaneList = v.InferOutput<typeof laneListSchema>;

const searchedSince = v.optional(
  told(
    timestamp,
    "With `idPart`, beside `nextCursor`: all that was accepted since then has been looked at. Absent while the time that the part stands for is not looked through.",
  ),
);

export const listSchema = v.object({ items: v.array(listItemSchema), nextCursor, searchedSince });
export type MessageList = v.InferOutput<typeof listSchema>;

const minuteSchema = v.object({
  minute: timestamp,
  accepted: count,
  completed: count,
  failed: count,
  retried: count,
  rolledBack: count,
});

const countsOfStatuses = {
  PENDING: count,
  QUEUED: count,
  PROCESSING: count,
  COMPLETED: count,
  FAILED: count,
  CANCELLED: count,
};

export const statsSchema = v.object({
  counts: told(v.object(countsOfStatuses), "FAILED without those that somebody has resolved."),
  rolledBack: told(count, "Rolled back after a failed send, and neither claimed nor finished since."),
  queue: v.optional(
    told(
      v.object({ visible: count, inFlight: count, delayed: count }),
      "Absent, like deadLetters, of one sender or endpoint, and while the queue does not answer.",
    ),
  ),
  deadLetters: v.optional(count),
  oldestOverdueSeconds: told(count, "How late the message is that is most overdue; 0 if none is."),
  heldUpLanes: told(count, "Ordering keys whose first message has not moved for long, or blocks the others."),
  oldestHeldUpSeconds: told(count, "For how long the longest of them has been; 0 if none is."),
  capped: told(
    v.array(v.string()),
    "What is not all: counts that stopped at 10,000, or of one sender or endpoint at its 1,000 newest messages.",
  ),
  approximate: told(v.array(v.string()), "Counts that may be off by a little."),
  perMinute: told(v.array(minuteSchema), "The last 60 minutes, oldest first."),
  firstAttempt: v.optional(
    told(
      v.object({ p50Ms: count, p95Ms: count }),
      "Of one endpoint: how long first attempts took that succeeded, half of them and 95 of a hundred at most. Absent if none did.",
    ),
  ),
});
export type StatsView = v.InferOutput<typeof statsSchema>;

const pointSchema = v.object({
  at: told(timestamp, "Start of the step."),
  accepted: count,
  completed: count,
  failed: count,
  retried: count,
  rolledBack: count,
});

export const seriesSchema = v.object({
  stepSeconds: told(count, "60 of an hour, 900 of a day, 3,600 of a week."),
  from: told(timestamp, "Where the period begins."),
  points: told(
    v.array(pointSchema),
    "Oldest first, the present step last. Steps of which nothing is known are left out.",
  ),
  basis: v.optional(
    told(
      v.object({
        messages: told(count, "The newest messages that were read, at most 1,000."),
        since: told(timestamp, "They are all that were accepted since then, within the period."),
      }),
      "Of one sender, endpoint or target: of what it is told. Absent of everything, which is counted as it happens.",
    ),
  ),
});
export type SeriesView = v.InferOutput<typeof seriesSchema>;

const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const targetHealthSchema = v.object({
  target: v.optional(
    told(v.string(), "Host, with its port if it has one of its own. Absent of an endpoint that is deleted."),
  ),
  endpointId: v.optional(
    told(
      v.string(),
      "Of what brings events: the endpoint. Absent of messages with a `targetUrl` of their own.",
    ),
  ),
  senderId: v.optional(told(v.string(), "Whose endpoint it is.")),
  health: told(
    v.picklist(ENDPOINT_HEALTHS),
    "`FAILING`: every attempt for a minute or longer has failed, of those that are known.",
  ),
  failingSince: v.optional(told(timestamp, "While it is `FAILING`.")),
  failures: told(count, "Attempts that have failed since the last that succeeded."),
  lastAttempt: v.optional(
    told(
      v.object({
        at: timestamp,
        outcome: v.picklist(["SUCCEEDED", "FAILED"]),
        messageId: v.string(),
        responseStatus: v.optional(count),
        errorCode: v.optional(v.string()),
      }),
      "The latest that ended: when, of which message, and what was answered, or what went wrong instead.",
    ),
  ),
  attempts: told(
    v.object({ succeeded: count, failed: count }),
    "Of the newest messages: attempts that ended.",
  ),
  successRate: v.optional(told(rate, "Of these attempts. Absent if there were none.")),
  firstAttempt: v.optional(
    told(
      v.object({ p50Ms: count, p95Ms: count }),
      "How long first attempts took that succeeded, half of them and 95 of a hundred at most.",
    ),
  ),
  messages: told(count, "How many of the newest messages go there."),
  failed: told(count, "Of all that were read: FAILED, and nobody has resolved them."),
  retrying: told(count, "Of all that were read: an attempt has failed, and another follows."),
});
export type TargetView = v.InferOutput<typeof targetHealthSchema>;

export const targetListSchema = v.object({
  items: told(
    v.array(targetHealthSchema),
    "The failing ones first, then those where most attempts fail; at most 100.",
  ),
  omitted: told(count, "How many more there are, none of them worse."),
  basis: told(
    v.object({
      messages: told(count, "The newest messages that were read, at most 1,000."),
      since: told(timestamp, "They are all that were accepted since then."),
      failed: told(count, "Older ones that have failed within 24 hours, at most 200."),
      retrying: told(count, "Others that wait for another attempt, at most 200; none for one sender."),
      capped: told(v.array(v.string()), "Of which of these there are more."),
    }),
    "What all of this is told of: not of every message there is.",
  ),
});
export type TargetList = v.InferOutput<typeof targetListSchema>;

export const problemSchema = v.object({
  type: v.literal("about:blank"),
  title: v.string(),
  status: count,
  detail: v.string(),
  code: v.picklist(PROBLEM_CODES),
  correlationId,
  retryable: told(v.boolean(), "Repeating this very call is safe and useful."),
  stored: v.optional(
    told(
      v.literal(true),
      "True if there: the message, or the event, is kept, whatever went wrong afterwards.",
    ),
  ),
  messageId: v.optional(v.string()),
  messageStatus: v.optional(statusSchema),
  eventId: v.optional(v.string()),
  errors: v.optional(
    told(
      v.array(v.object({ path: v.string(), message: v.string() })),
      "What is wrong, at most 50 of it; the path of the document itself is empty. Paths are cut at 200 characters.",
    ),
  ),
  errorsOmitted: v.optional(told(count, "How many more errors there are than `errors` lists.")),
});
export type Problem = v.InferOutput<typeof problemSchema>;

export const batchAcceptedSchema = v.object({
  index: count,
  httpStatus: v.picklist([200, 202]),
  message: acceptedSchema,
});
export const batchRefusedSchema = v.object({ index: count, httpStatus: count, problem: problemSchema });

export const batchResultSchema = v.object({
  results: v.array(v.union([batchAcceptedSchema, batchRefusedSchema])),
});
export type BatchResult = v.InferOutput<typeof batchResultSchema>;

const skipped = told(
  count,
  "As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.",
);

export const bulkRetryResultSchema = v.object({ retried: count, skipped, nextCursor });
export type BulkRetryResult = v.InferOutput<typeof bulkRetryResultSchema>;

export const bulkResolveResultSchema = v.object({ resolved: count, skipped, nextCursor });
export type BulkResolveResult = v.InferOutput<typeof bulkResolveResultSchema>;

export const bulkCancelResultSchema = v.object({ cancelled: count, skipped, nextCursor });
export type BulkCancelResult = v.InferOutput<typeof bulkCancelResultSchema>;

export const dryRunResultSchema = v.object({ matching: count, skipped, nextCursor });
export type DryRunResult = v.InferOutput<typeof dryRunResultSchema>;

export const replayResultSchema = v.object({
  replayed: told(count, "On its way, also if the send failed; with `dryRun` what would be."),
  skipped,
  nextCursor,
});
export type ReplayResult = v.InferOutput<typeof replayResultSchema>;

export const bulkRetryAnswerSchema = v.union([bulkRetryResultSchema, dryRunResultSchema]);
export const bulkResolveAnswerSchema = v.union([bulkResolveResultSchema, dryRunResultSchema]);
export const bulkCancelAnswerSchema = v.union([bulkCancelResultSchema, dryRunResultSchema]);

export const endpointSchema = v.object({
  endpointId: v.string(),
  senderId: v.string(),
  url: v.string(),
  description: v.optional(v.string()),
  eventTypes: v.optional(told(v.array(v.string()), "Absent: events of all types.")),
  channels: v.optional(told(v.array(v.string()), "Absent: all events, with or without channels.")),
  headers: told(textRecord, "Values that may be secrets are `***`."),
  metadata: v.optional(textRecord),
  svixHeaders: v.boolean(),
  retrySchedule: v.optional(told(v.array(v.string()), "Delays between attempts. Absent: as everywhere.")),
  rateLimit: v.optional(
    told(v.object({ count, period: v.string() }), "So many requests in a period, at most. Absent: no limit."),
  ),
  state: v.picklist(ENDPOINT_STATES),
  stateReason: told(v.picklist(STATE_REASONS), "Why it is in this state."),
  stateSince: timestamp,
  health: told(
    v.picklist(ENDPOINT_HEALTHS),
    "FAILING: every attempt has failed for a minute or longer, as far as has been told.",
  ),
  failingSince: v.optional(timestamp),
  failures: v.optional(told(count, "Attempts that failed since then; told once a minute.")),
  lastFailure: v.optional(
    v.object({
      at: timestamp,
      messageId: v.string(),
      responseStatus: v.optional(count),
      errorCode: v.optional(v.string()),
    }),
  ),
  gate: v.optional(
    told(
      v.object({
        since: timestamp,
        probes: told(count, "How many messages it was tried with so far."),
        nextProbeAt: told(timestamp, "When the next one is let through, or a little later."),
        probe: v.optional(
          told(v.object({ messageId: v.string(), attempt: count }), "The latest that was let through."),
        ),
      }),
      "Since the endpoint fails its deliveries are held (`pendingReason` ENDPOINT_FAILING), and one at a time is let through, to see whether it is well again.",
    ),
  ),
  held: v.optional(
    told(
      v.object({
        count: told(count, "May be off by a little."),
        capped: told(v.boolean(), "There are more: 10,000 are counted."),
        oldest: v.optional(told(timestamp, "When the oldest of them was accepted.")),
      }),
      "Deliveries that wait for the endpoint to be activated, or to be well again. Not in lists.",
    ),
  ),
  secret: v.object({
    generation: told(count, "Which of its secrets signs now."),
    imported: told(v.boolean(), "It was brought along."),
    previousValidUntil: v.optional(
      told(timestamp, "Until then deliveries are signed with an earlier secret as well."),
    ),
  }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type EndpointView = v.InferOutput<typeof endpointSchema>;

export const endpointListSchema = v.object({ items: v.array(endpointSchema), nextCursor });
export type EndpointList = v.InferOutput<typeof endpointListSchema>;

export const deletedEndpointSchema = v.object({ endpointId: v.string(), state: v.literal("DELETED") });
export type DeletedEndpoint = v.InferOutput<typeof deletedEndpointSchema>;

export const endpointTestedSchema = v.object({
  eventId: told(v.string(), "Also the `webhook-id` of the delivery."),
  messageId: v.string(),
});
export type EndpointTested = v.InferOutput<typeof endpointTestedSchema>;

export const takenDeliveriesSchema = v.object({
  deliveries: v.array(
    v.object({
      messageId: v.string(),
      eventId: v.string(),
      attempt: told(count, "Which attempt this request is."),
      claimId: told(v.string(), "Shows that this delivery was given to you: it goes with the answer."),
      request: told(
        v.object({
          method: v.string(),
          headers: told(
            v.array(v.object({ name: v.string(), value: v.string() })),
            "All that a delivery has, in this order, signatures included.",
          ),
          body: v.optional(told(v.string(), "To be sent as its UTF-8 bytes.")),
        }),
        "What a worker would send.",
      ),
    }),
  ),
  leaseSeconds: told(
    v.number(),
    "So long they are yours, counted from before this call; without an answer by then the attempt is UNKNOWN.",
  ),
  timeoutSeconds: told(v.number(), "How long the target has to answer."),
});
export type TakenDeliveries = v.InferOutput<typeof takenDeliveriesSchema>;

export const answeredDeliverySchema = v.object({
  messageId: v.string(),
  status: statusSchema,
  failureReason: v.optional(v.string()),
  nextAttemptAt: v.optional(timestamp),
});
export type AnsweredDelivery = v.InferOutput<typeof answeredDeliverySchema>;

export const endpointSecretSchema = v.object({
  secret: told(v.string(), "What the endpoint's receiver verifies with."),
  previous: told(
    v.array(v.object({ secret: v.string(), validUntil: timestamp })),
    "Those that deliveries are signed with as well, until then.",
  ),
});
export type EndpointSecret = v.InferOutput<typeof endpointSecretSchema>;

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

export const eventBatchAcceptedSchema = v.object({
  index: count,
  httpStatus: v.picklist([200, 202]),
  event: acceptedEventSchema,
});

export const eventBatchResultSchema = v.object({
  results: v.array(v.union([eventBatchAcceptedSchema, batchRefusedSchema])),
});
export type EventBatchResult = v.InferOutput<typeof eventBatchResultSchema>;

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

export const eventListSchema = v.object({ items: v.array(eventListItemSchema), nextCursor });
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

const expiresAt = v.optional(told(timestamp, "From then on it is refused."));

const keyEntries = {
  keyId: v.string(),
  senderId: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  name: v.optional(v.string()),
  createdAt: timestamp,
  expiresAt,
};

export const keySchema = v.object({ ...keyEntries, revokedAt: v.optional(timestamp) });
export type KeyView = v.InferOutput<typeof keySchema>;

/** What a key is told about itself. */
export const ownKeySchema = v.object({
  keyId: told(v.string(), "Not secret; `operator` for the operator key."),
  senderId: told(v.string(), "The one sender it speaks for, or `*` for all."),
  scopes: told(v.array(v.picklist(SCOPES)), "What it may do; `operate` implies the others."),
  name: v.optional(v.string()),
  expiresAt,
});
export type OwnKey = v.InferOutput<typeof ownKeySchema>;

export const keyListSchema = v.object({ items: v.array(keySchema), nextCursor });
export type KeyList = v.InferOutput<typeof keyListSchema>;

export const createdKeySchema = v.object({
  ...keyEntries,
  key: told(v.string(), "Shown here and never again."),
  signingSecret: v.optional(
    told(v.string(), "With the first key of a sender: what its receivers verify with."),
  ),
});
export type CreatedKey = v.InferOutput<typeof createdKeySchema>;

export const portalLinkSchema = v.object({
  url: told(v.string(), "Opens the portal of the sender, for whoever has it. Shown here and never again."),
  expiresAt: told(timestamp, "From then on it opens nothing."),
});
export type PortalLink = v.InferOutput<typeof portalLinkSchema>;

export const rotatedSenderSchema = v.object({
  senderId: v.string(),
  signingSecret: told(v.string(), "Shown here and never again."),
  previousValidUntil: told(timestamp, "Until then deliveries carry the old signature too."),
});
export type RotatedSender = v.InferOutput<typeof rotatedSenderSchema>;

export const healthSchema = v.object({ status: v.literal("ok") });
export const readySchema = v.object({ status: v.literal("ready") });
