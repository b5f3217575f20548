/** What the API takes, in valibot: the bodies of its routes, but for the message itself, which is the core's. */

import type { RequestErrorCode } from "@homing/core/delivery/http-client";
import { DAY, formatDuration, HOUR, MINUTE, parseDuration } from "@homing/core/duration";
import type {
  endpointInputSchema,
  endpointPatchSchema,
  endpointTestSchema,
  rotationInputSchema,
} from "@homing/core/endpoint/endpoint-input";
import { eventTypeSchema } from "@homing/core/endpoint/event-type";
import { eventInputSchema } from "@homing/core/event/event-input";
import { MOST_TAKEN } from "@homing/core/listen/take-held";
import {
  idempotencyKeySchema,
  messageInputEntries,
  senderIdSchema,
} from "@homing/core/message/message-input";
import { MAX_BULK_LIMIT } from "@homing/core/operate/bulk";
import * as v from "valibot";
import { SCOPES } from "./principal.ts";
import { filterEntries, responseStatusEntry, timeSchema } from "./queries.ts";

export const MAX_BATCH_MESSAGES = 100;
export const MAX_BATCH_BYTES = 4_194_304;
/** Of every other body: none of them needs more. */
export const MAX_SMALL_BYTES = 16_384;

export type EndpointInput = v.InferInput<typeof endpointInputSchema>;
export type EndpointPatch = v.InferInput<typeof endpointPatchSchema>;
export type EndpointTest = v.InferInput<typeof endpointTestSchema>;
export type RotationInput = v.InferInput<typeof rotationInputSchema>;
export type TakeInput = v.InferInput<typeof takeSchema>;
export type DeliveryAnswer = v.InferInput<typeof deliveryAnswerSchema>;
export type EventInput = v.InferInput<typeof eventInputSchema>;

/** Of an endpoint: 100 event types of 256 characters, headers and metadata. */
export const MAX_ENDPOINT_BYTES = 65_536;

export const batchEntrySchema = v.strictObject(
  {
    ...messageInputEntries,
    idempotencyKey: v.optional(
      v.pipe(idempotencyKeySchema, v.description("As the header of the same name, for this message.")),
    ),
  },
  "must be a JSON object",
);
export type BatchEntry = v.InferInput<typeof batchEntrySchema>;

export const eventBatchEntrySchema = v.strictObject(
  {
    ...eventInputSchema.entries,
    idempotencyKey: v.optional(
      v.pipe(idempotencyKeySchema, v.description("As the header of the same name, for this event.")),
    ),
  },
  "must be a JSON object",
);
export type EventBatchEntry = v.InferInput<typeof eventBatchEntrySchema>;

const messagesMessage = `must be an array of 1 to ${MAX_BATCH_MESSAGES} messages`;

/** The envelope alone: what is wrong with one message is that message's own result. */
export const batchEnvelopeSchema = v.strictObject({
  messages: v.pipe(
    v.array(v.unknown(), messagesMessage),
    v.minLength(1, messagesMessage),
    v.maxLength(MAX_BATCH_MESSAGES, messagesMessage),
  ),
});

/** The same with its messages, for the documentation and the types of clients. */
export const batchSchema = v.strictObject({
  messages: v.pipe(v.array(batchEntrySchema), v.minLength(1), v.maxLength(MAX_BATCH_MESSAGES)),
});

const eventsMessage = `must be an array of 1 to ${MAX_BATCH_MESSAGES} events`;

/** The envelope alone, as of messages. */
export const eventBatchEnvelopeSchema = v.strictObject({
  events: v.pipe(
    v.array(v.unknown(), eventsMessage),
    v.minLength(1, eventsMessage),
    v.maxLength(MAX_BATCH_MESSAGES, eventsMessage),
  ),
});

/** The same with its events, for the documentation and the types of clients. */
export const eventBatchSchema = v.strictObject({
  events: v.pipe(v.array(eventBatchEntrySchema), v.minLength(1), v.maxLength(MAX_BATCH_MESSAGES)),
});

const limitMessage = `must be a whole number from 1 to ${MAX_BULK_LIMIT}`;

const stretchEntries = {
  cursor: filterEntries.cursor,
  dryRun: v.optional(
    v.pipe(v.boolean(), v.description("Only counts what matches, up to `limit`, and changes nothing.")),
  ),
  limit: v.optional(
    v.pipe(
      v.number(limitMessage),
      v.integer(limitMessage),
      v.minValue(1, limitMessage),
      v.maxValue(MAX_BULK_LIMIT, limitMessage),
      v.description("So many to look at in this call."),
    ),
    MAX_BULK_LIMIT,
  ),
};

const bulkEntries = { ...filterEntries, responseStatus: responseStatusEntry, ...stretchEntries };

export const replaySchema = v.strictObject({
  include: v.pipe(
    v.picklist(["failed", "missing"], "must be failed or missing"),
    v.description(
      "failed: its FAILED messages, a new round each. missing: events of its sender that match it now and never went there.",
    ),
  ),
  since: v.pipe(timeSchema, v.description("Accepted at or after this time.")),
  until: filterEntries.until,
  eventType: v.optional(v.pipe(eventTypeSchema, v.description("Only events of exactly this type."))),
  ...stretchEntries,
});

export type Replay = v.InferInput<typeof replaySchema>;

export const bulkRetrySchema = v.strictObject({
  status: v.literal("FAILED", "must be FAILED"),
  resolved: v.optional(
    v.pipe(
      v.boolean("must be true or false"),
      v.description("`true`: those that somebody has resolved, instead of those that nobody has."),
    ),
    false,
  ),
  ...bulkEntries,
});

export const bulkResolveSchema = v.strictObject({
  status: v.literal("FAILED", "must be FAILED"),
  ...bulkEntries,
});

export const bulkCancelSchema = v.strictObject({
  status: v.picklist(["PENDING", "QUEUED"], "must be PENDING or QUEUED"),
  ...bulkEntries,
});

const takeLimitMessage = `must be a whole number from 1 to ${MOST_TAKEN}`;

export const takeSchema = v.strictObject(
  {
    limit: v.optional(
      v.pipe(
        v.number(takeLimitMessage),
        v.integer(takeLimitMessage),
        v.minValue(1, takeLimitMessage),
        v.maxValue(MOST_TAKEN, takeLimitMessage),
        v.description("So many at most."),
      ),
      MOST_TAKEN,
    ),
  },
  "must be a JSON object",
);

/** Of an answer to a delivery: what is kept of it, and escapes. */
export const MAX_ANSWER_BYTES = 65_536;

const LISTENER_ERRORS = [
  "TIMEOUT",
  "DNS_FAILED",
  "CONNECTION_REFUSED",
  "CONNECTION_RESET",
  "TLS_FAILED",
  "INVALID_RESPONSE",
  "NETWORK_ERROR",
] as const satisfies readonly RequestErrorCode[];

const claimIdMessage = "must be the claimId that came with the delivery";
const durationMessage = "must be a whole number of milliseconds";
const statusMessage = "must be a status from 200 to 599";
const detailMessage = "must be a text of at most 256 characters";

export const deliveryAnswerSchema = v.strictObject(
  {
    messageId: v.string(),
    claimId: v.pipe(
      v.string(claimIdMessage),
      v.minLength(1, claimIdMessage),
      v.maxLength(100, claimIdMessage),
    ),
    durationMs: v.pipe(
      v.number(durationMessage),
      v.integer(durationMessage),
      v.minValue(0, durationMessage),
      v.maxValue(HOUR, durationMessage),
    ),
    responseStatus: v.optional(
      v.pipe(
        v.number(statusMessage),
        v.integer(statusMessage),
        v.minValue(200, statusMessage),
        v.maxValue(599, statusMessage),
        v.description("What the target answered; in place of `errorCode`."),
      ),
    ),
    responseHeaders: v.optional(v.record(v.string(), v.string())),
    responseBody: v.optional(v.pipe(v.string(), v.description("4 KiB of it are kept."))),
    responseTruncated: v.optional(
      v.pipe(v.boolean(), v.description("The target sent more than `responseBody`.")),
    ),
    errorCode: v.optional(
      v.pipe(
        v.picklist(LISTENER_ERRORS, `must be one of ${LISTENER_ERRORS.join(", ")}`),
        v.description("Why there is no answer; in place of `responseStatus`."),
      ),
    ),
    errorDetail: v.optional(
      v.pipe(v.string(), v.maxLength(256, detailMessage), v.description("The same, for people.")),
    ),
  },
  "must be a JSON object",
);

const MAX_KEY_NAME_LENGTH = 100;
const nameMessage = `must be 1 to ${MAX_KEY_NAME_LENGTH} characters`;

/** A duration within bounds; what comes out is milliseconds. */
const durationSchema = (shortestMs: number, longestMs: number, description: string) => {
  const message = `must be a duration from ${formatDuration(shortestMs)} to ${formatDuration(longestMs)}, such as 12h`;
  return v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,9}(?:ms|s|m|h|d)$/, message),
    v.description(description),
    v.transform((text) => parseDuration(text) ?? 0),
    v.minValue(shortestMs, message),
    v.maxValue(longestMs, message),
  );
};

export const createKeySchema = v.strictObject({
  senderId: v.pipe(
    v.union([v.literal("*"), senderIdSchema], "must be a sender's id, or * for all senders"),
    v.description("The one sender that the key speaks for, or `*` for all of them."),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be an array of scopes"),
    v.minLength(1, "must hold at least one scope"),
    v.check((scopes) => new Set(scopes).size === scopes.length, "must not repeat a scope"),
    v.metadata({ uniqueItems: true }),
    v.description(
      "send: send, and retry or cancel what it may see. read: see messages, endpoints and counts. endpoints: manage endpoints, see their secrets, and retry and replay what goes to them. operate: all of them, bulk retry and cancel, resolving failures, and keys.",
    ),
  ),
  name: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1, nameMessage),
      v.maxLength(MAX_KEY_NAME_LENGTH, nameMessage),
      v.description("For you, to tell keys apart."),
    ),
  ),
  expiresIn: v.optional(
    durationSchema(
      MINUTE,
      90 * DAY,
      "How long it is valid, such as `12h`: 1 minute to 90 days. Absent: until it is revoked.",
    ),
  ),
});

/** Long enough for a visit; the page that embeds the portal asks for another with each. */
export const PORTAL_EXPIRES_IN = "1h";
const LONGEST_PORTAL_MS = 7 * DAY;

export const portalSchema = v.strictObject({
  senderId: v.pipe(senderIdSchema, v.description("The one sender whose portal it opens.")),
  expiresIn: v.optional(
    durationSchema(
      MINUTE,
      LONGEST_PORTAL_MS,
      `How long the link works, such as \`12h\`: 1 minute to 7 days. Absent: ${PORTAL_EXPIRES_IN}.`,
    ),
    PORTAL_EXPIRES_IN,
  ),
});
