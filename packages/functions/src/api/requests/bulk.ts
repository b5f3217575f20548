/** The bodies of bulk operations and of a replay: which ones, and how many in this call. */
import { eventTypeSchema } from "@homing/core/endpoint/event-type";
import { MAX_BULK_LIMIT } from "@homing/core/operate/bulk";
import * as v from "valibot";
import { filterEntries, responseStatusEntry, timeSchema } from "../queries.ts";

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
    v.picklist(["failed", "undelivered", "missing"], "must be failed, undelivered or missing"),
    v.description(
      "failed: its FAILED messages, a new round each. undelivered: these, and what waits for another attempt, which is made now. missing: events of its sender that match it now and never went there.",
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
