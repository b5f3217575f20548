/** What the API answers to a stretch of a bulk operation, or of a replay. */
import * as v from "valibot";
import { count, nextCursor, told } from "./fields.ts";

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
