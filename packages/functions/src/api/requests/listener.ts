/** What a listener sends: how many deliveries it takes, and what became of one. */
import type { RequestErrorCode } from "@homing/core/delivery/http-client";
import { HOUR } from "@homing/core/duration";
import { MOST_TAKEN } from "@homing/core/listen/take-held";
import * as v from "valibot";

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
export type TakeInput = v.InferInput<typeof takeSchema>;

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
export type DeliveryAnswer = v.InferInput<typeof deliveryAnswerSchema>;
