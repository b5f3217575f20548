/** What the API answers to a listener. */
import * as v from "valibot";
import { count, statusSchema, timestamp, told } from "./fields.ts";

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
