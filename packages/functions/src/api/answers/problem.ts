/** What the API answers where it refuses or fails: RFC 9457. */
import type { ErrorCode } from "@homing/core/error";
import * as v from "valibot";
import { correlationId, count, statusSchema, told } from "./fields.ts";

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
