/**
 * The queue and its dead-letter queue, declared once for the SST definition and the local stack.
 * Times are in seconds because SQS counts in seconds.
 */

/** Longest run of the worker Lambda: one delivery timeout, its writes, and time to spare. */
export const WORKER_TIMEOUT_SECONDS = 30;

/** For an invocation's claims, outcomes and next sends, beside its requests. */
const TIME_BESIDE_REQUEST_SECONDS = 15;

/** How long a worker may run whose requests may take this long. */
export function workerTimeoutSeconds(deliveryTimeoutMs: number): number {
  return Math.max(WORKER_TIMEOUT_SECONDS, Math.ceil(deliveryTimeoutMs / 1_000) + TIME_BESIDE_REQUEST_SECONDS);
}

/** AWS's advice for Lambda consumers: the queue hides a copy for six times the function's timeout. */
export const VISIBILITY_FACTOR = 6;

export const queueDefinition = {
  visibilityTimeoutSeconds: VISIBILITY_FACTOR * WORKER_TIMEOUT_SECONDS,
  /** A copy that the workers could not take stays for the longest time SQS allows: 14 days. */
  retentionSeconds: 14 * 24 * 60 * 60,
  /** SQS's largest message, set explicitly: the default of some providers is a quarter of it. */
  maximumMessageSizeBytes: 1_048_576,
  /** Receives before SQS moves a copy to the dead-letter queue. */
  maxReceiveCount: 10,
} as const;

/** How the worker is fed; the local event source does the same. */
export const workerSubscription = {
  batchSize: 10,
  maximumConcurrency: 50,
} as const;

/** SQS delays a message by at most this long; whatever waits longer waits as PENDING. */
export const MAX_DELAY_SECONDS = 900;
