/** What several answers of the API have, in valibot. */
import { STATUSES } from "@homing/core/message/message";
import * as v from "valibot";

export const timestamp = v.pipe(v.string(), v.isoTimestamp());
export const count = v.pipe(v.number(), v.integer());
export const textRecord = v.record(v.string(), v.string());
export const statusSchema = v.picklist(STATUSES);

/** A field with a word about it, for the document. */
export const told = <const S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

export const correlationId = told(v.string(), "Of the call that is answered.");
export const nextCursor = v.optional(told(v.string(), "Where to go on; absent at the end."));

export const searchedSince = v.optional(
  told(
    timestamp,
    "With `idPart`, beside `nextCursor`: all that was accepted since then has been looked at. Absent while the time that the part stands for is not looked through.",
  ),
);

export const attemptEndEntries = {
  at: timestamp,
  outcome: v.picklist(["SUCCEEDED", "FAILED"]),
  messageId: v.string(),
  responseStatus: v.optional(count),
};

export const countsOfStatuses = {
  PENDING: count,
  QUEUED: count,
  PROCESSING: count,
  COMPLETED: count,
  FAILED: count,
  CANCELLED: count,
};
