/** The query parameters of each route, and what they share with bodies. */
import { STATUSES } from "@homing/core/message/message";
import { idempotencyKeySchema, senderIdSchema, timestampSchema } from "@homing/core/message/message-input";
import { parseTimestamp } from "@homing/core/message/timestamp";
import * as v from "valibot";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

const limit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,3}$/, `must be a whole number from 1 to ${MAX_LIMIT}`),
    v.transform(Number),
    v.minValue(1, `must be a whole number from 1 to ${MAX_LIMIT}`),
    v.maxValue(MAX_LIMIT, `must be a whole number from 1 to ${MAX_LIMIT}`),
  ),
  String(DEFAULT_LIMIT),
);

/** An RFC 3339 time; comes out in milliseconds since the epoch. */
export const timeSchema = v.pipe(
  timestampSchema,
  v.transform((text) => parseTimestamp(text) ?? 0),
);

/** A host, with its port if it has one of its own. */
export const targetSchema = v.pipe(
  v.string(),
  v.regex(/^[^\s/]{1,255}$/, "must be a host such as example.com"),
  v.toLowerCase(),
);

export const cursorSchema = v.pipe(v.string(), v.maxLength(512, "was not made here"));

export const listQuerySchema = v.strictObject({
  status: v.optional(v.picklist(STATUSES, `must be one of ${STATUSES.join(", ")}`)),
  rolledBack: v.optional(
    v.pipe(
      v.picklist(["true", "false"], "must be true or false"),
      v.transform((text) => text === "true"),
    ),
  ),
  senderId: v.optional(senderIdSchema),
  since: v.optional(timeSchema),
  until: v.optional(timeSchema),
  target: v.optional(targetSchema),
  idempotencyKey: v.optional(idempotencyKeySchema),
  limit,
  cursor: v.optional(cursorSchema),
});

export const statsQuerySchema = v.strictObject({ senderId: v.optional(senderIdSchema) });
