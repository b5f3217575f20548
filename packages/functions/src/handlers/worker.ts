/** The SQS side: records of a batch run concurrently, each answers for itself. */
import { consumeDeadLetter, type DeadLetterDependencies } from "@homing/core/dead-letter/dead-letter";
import { handleRecord, type WorkerDependencies } from "@homing/core/delivery/handle-record";
import type { QueueRecord, RecordResult } from "@homing/core/queue/queue-record";
import type { Counters } from "@homing/core/stats/counters";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { LONGEST_CALL_MS } from "../aws/clients.ts";

export type SqsHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/** With less than this left, counts wait in memory for the next invocation: writing them must not cost this one. */
const LONGEST_FLUSH_MS = LONGEST_CALL_MS;

/** Counts are kept in memory until an invocation ends. */
export interface Counting {
  readonly counters: Pick<Counters, "flush">;
}

/** Delivers, or expands, what the queue hands over. */
export function createWorkerHandler(services: WorkerDependencies & Counting): SqsHandler {
  return async (event, context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    const response = await answer(event, (record) => handleRecord(services, record, remainingMs));
    if (remainingMs() > LONGEST_FLUSH_MS) await services.counters.flush();
    return response;
  };
}

/** Asks the message what a dead letter was worth. */
export function createDeadLetterHandler(services: DeadLetterDependencies & Counting): SqsHandler {
  return async (event, context) => {
    const response = await answer(event, (record) => consumeDeadLetter(services, record));
    if (context.getRemainingTimeInMillis() > LONGEST_FLUSH_MS) await services.counters.flush();
    return response;
  };
}

/** A record that fails is returned alone; the others are done and stay done. */
async function answer(
  event: SQSEvent,
  handle: (record: QueueRecord) => Promise<RecordResult>,
): Promise<SQSBatchResponse> {
  const results = await Promise.allSettled(event.Records.map((record) => handle(toQueueRecord(record))));
  const failed = event.Records.filter((_, index) => {
    const result = results[index];
    return result?.status !== "fulfilled" || result.value === "return";
  });
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
}

function toQueueRecord(record: SQSRecord): QueueRecord {
  const text = (name: string) => record.messageAttributes[name]?.stringValue;
  const [messageId, eventId, correlationId, traceparent] = [
    text("messageId"),
    text("eventId"),
    text("correlationId"),
    text("traceparent"),
  ];
  return {
    body: record.body,
    ...(messageId === undefined ? {} : { messageId }),
    ...(eventId === undefined ? {} : { eventId }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
