/** What a worker does with a record of the queue: deliver the message that it names, or expand a part of the event. */

import { type ExpandSliceDependencies, expandSlice } from "../event/expand-slice.ts";
import { decodeExpandCopy } from "../event/slice.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import { type DeliverDependencies, deliverRecord } from "./deliver.ts";

export type WorkerDependencies = DeliverDependencies & ExpandSliceDependencies;

/** `remainingMs` tells how long this process may still run. */
export function handleRecord(
  deps: WorkerDependencies,
  record: QueueRecord,
  remainingMs: () => number,
): Promise<RecordResult> {
  const expansion = record.eventId === undefined ? undefined : decodeExpandCopy(record.body);
  return expansion === undefined
    ? deliverRecord(deps, record, remainingMs)
    : expandSlice(deps, expansion, record, remainingMs);
}
