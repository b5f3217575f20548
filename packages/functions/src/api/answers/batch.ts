/** What the API answers to a batch of messages, or of events: a result for each. */
import * as v from "valibot";
import { acceptedEventSchema } from "./event.ts";
import { count } from "./fields.ts";
import { acceptedSchema } from "./message.ts";
import { problemSchema } from "./problem.ts";

export const batchAcceptedSchema = v.object({
  index: count,
  httpStatus: v.picklist([200, 202]),
  message: acceptedSchema,
});
export const batchRefusedSchema = v.object({ index: count, httpStatus: count, problem: problemSchema });

export const batchResultSchema = v.object({
  results: v.array(v.union([batchAcceptedSchema, batchRefusedSchema])),
});
export type BatchResult = v.InferOutput<typeof batchResultSchema>;

export const eventBatchAcceptedSchema = v.object({
  index: count,
  httpStatus: v.picklist([200, 202]),
  event: acceptedEventSchema,
});

export const eventBatchResultSchema = v.object({
  results: v.array(v.union([eventBatchAcceptedSchema, batchRefusedSchema])),
});
export type EventBatchResult = v.InferOutput<typeof eventBatchResultSchema>;
