/** The body of a batch, of messages or of events. */
import { eventInputSchema } from "@homing/core/event/event-input";
import { idempotencyKeySchema, messageInputEntries } from "@homing/core/message/message-input";
import * as v from "valibot";

export const MAX_BATCH_MESSAGES = 100;

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
