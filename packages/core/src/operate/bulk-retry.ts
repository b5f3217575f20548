/** Manual retry of many failed messages: bounded in count and time, resumable at its cursor. */
import { SECOND } from "../duration.ts";
import { HomingError } from "../error.ts";
import { type EnqueueEntry, type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import { StorageError } from "../store/message-store.ts";
import { type ListedMessage, type ListFilter, listMessages, type Place } from "./list.ts";
import { makePending, type OperateDependencies } from "./operate.ts";

export type BulkRetryFilter = Pick<ListFilter, "senderId" | "since" | "until" | "target">;

export interface BulkRetryRun {
  /** Messages to look at, at most `MAX_RETRY_LIMIT`. */
  readonly limit: number;
  /** Where the previous run ended. */
  readonly after?: Place | undefined;
  readonly correlationId: string;
}

export interface BulkRetryResult {
  /** Back in PENDING or further; a send that failed is repeated by the reconciler. */
  readonly retried: number;
  /** Moved on meanwhile, or without its payload. */
  readonly skipped: number;
  /** Absent once the last matching message has been looked at. */
  readonly next?: Place;
}

export const MAX_RETRY_LIMIT = 1_000;
/** The caller's own limit is API Gateway's 30 s, and one chunk may spend the whole send budget. */
export const LONGEST_RUN_MS = 10 * SECOND;
/** Messages that are brought back and sent together. */
const CHUNK = 50;

/**
 * Retries FAILED messages, newest first. Stops at the limit, after `LONGEST_RUN_MS`, and behind the first chunk
 * whose sends met an outage: what would be retried then only waits for the reconciler.
 *
 * @throws HomingError SYSTEM_ERROR if the storage does not answer; repeating the call is safe.
 */
export async function bulkRetry(
  deps: OperateDependencies,
  filter: BulkRetryFilter,
  { limit, after, correlationId }: BulkRetryRun,
): Promise<BulkRetryResult> {
  const endsAt = deps.clock.monotonic() + LONGEST_RUN_MS;
  let retried = 0;
  let seen = 0;
  let position = after;
  for (;;) {
    const page = await listMessages(
      deps.store,
      { ...filter, status: "FAILED" },
      Math.min(CHUNK, limit - seen),
      position,
    );
    const results = await retryAll(deps, page.items, correlationId);
    retried += results.length;
    seen += page.items.length;
    if (!page.next) return { retried, skipped: seen - retried };
    position = page.next;
    if (seen >= limit || deps.clock.monotonic() >= endsAt || results.some(metOutage)) {
      return { retried, skipped: seen - retried, next: position };
    }
  }
}

/** The results of those that could be brought back. */
async function retryAll(
  deps: OperateDependencies,
  items: readonly ListedMessage[],
  correlationId: string,
): Promise<EnqueueResult[]> {
  const revived = await Promise.allSettled(items.map((item) => revive(deps, item, correlationId)));
  const entries = revived.flatMap((result) =>
    result.status === "fulfilled" && result.value ? [result.value] : [],
  );
  // Those that are back are sent whatever befell the others.
  const results = await enqueueAll(deps, entries);
  const failures = revived.filter((result) => result.status === "rejected").map(({ reason }) => reason);
  const outage = failures.find((error) => !(error instanceof StorageError) || error.retryable);
  if (outage !== undefined) throw outage;
  // One that the storage refuses for what it is stays FAILED and is passed over; a storage that takes none is denied.
  if (failures.length > 1 && failures.length === items.length) throw failures[0];
  for (const error of failures) deps.observer.log.write("error", "not_retried", { correlationId }, error);
  return results;
}

async function revive(
  deps: OperateDependencies,
  { message }: ListedMessage,
  correlationId: string,
): Promise<EnqueueEntry | undefined> {
  const payload = await deps.store.getPayload(message.messageId, message.requestHash);
  if (!payload) return undefined;
  try {
    return { message: await makePending(deps, message, payload, correlationId), payload, correlationId };
  } catch (error) {
    if (error instanceof HomingError && error.code === "CONFLICT") return undefined;
    throw error;
  }
}

function metOutage({ outcome }: EnqueueResult): boolean {
  return outcome === "failed" || outcome === "unmarked";
}
