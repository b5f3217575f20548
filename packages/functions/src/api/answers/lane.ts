/** What the API answers of lanes. */
import * as v from "valibot";
import { count, nextCursor, statusSchema, timestamp, told } from "./fields.ts";

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
