/** Sending with explicit retries: what is transient again and again within a budget, each copy judged for itself. */
import pRetry, { type Options as RetryOptions } from "p-retry";
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import type { LogFields, Observer } from "../observe/observe.ts";
import { copyBytes } from "../queue/copy-attributes.ts";
import {
  type MessageQueue,
  type OutgoingCopy,
  SEND_BATCH_BYTES,
  SEND_BATCH_ENTRIES,
  SendError,
} from "../queue/message-queue.ts";
import { classifyRequest } from "./classify.ts";

/** Waits between the tries, for p-retry; a budget over all of them comes from the settings. */
export type Backoff = Pick<RetryOptions, "retries" | "factor" | "minTimeout" | "maxTimeout" | "randomize">;

/** 100 ms, 200, 400, 800, 1 s …, each stretched by up to 2: some six tries in the default budget of 5 s. */
export const SEND_BACKOFF: Backoff = {
  retries: 10,
  factor: 2,
  minTimeout: 100,
  maxTimeout: SECOND,
  randomize: true,
};

/** SQS answers in tens of milliseconds; a try that takes longer than this is worth repeating. */
const LONGEST_TRY_MS = 2 * SECOND;

/** p-retry begins its last try when the time is up: the budget must leave that one the time to be answered. */
const LAST_TRY_MS = 250;

export interface SendDependencies {
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly sendBackoff?: Backoff;
}

/** Something to send: its copy as it is to be sent at a time, and what a log line calls it. */
export interface Sendable {
  readonly copyAt: (now: number) => OutgoingCopy;
  readonly fields: LogFields;
}

/**
 * Sends the copies, transient failures again and again within the budget. Answers the errors of those that
 * could not be sent. A failure that may have been another copy's makes each go alone from then on, so that no
 * message is ever judged by the company it was sent in.
 */
export async function sendWithRetry<T extends Sendable>(
  deps: SendDependencies,
  all: readonly T[],
  budgetMs: number,
): Promise<Map<T, SendError>> {
  const errors = new Map<T, SendError>();
  if (all.length === 0) return errors;
  const copyOf = (one: T) => one.copyAt(deps.clock.now());
  const deadline = deps.clock.monotonic() + budgetMs;
  const alone = new Set<T>();
  let remaining = all;

  const send = async (batch: readonly T[]): Promise<void> => {
    const leftMs = Math.ceil(deadline - deps.clock.monotonic());
    const timeoutMs = Math.max(1, Math.min(LONGEST_TRY_MS, leftMs));
    const answers = await sendOnce(deps.queue, batch.map(copyOf), timeoutMs);
    batch.forEach((one, index) => {
      const error = answers[index];
      if (error) errors.set(one, error);
      else errors.delete(one);
    });
    const unclear = batch.filter((one) => errors.get(one)?.blames === "unknown");
    if (batch.length === 1 || unclear.length === 0) return;
    for (const one of unclear) alone.add(one);
    if (deps.clock.monotonic() < deadline) await Promise.all(unclear.map((one) => send([one])));
  };

  const tryOnce = async (tryNumber: number): Promise<void> => {
    if (tryNumber > 1) deps.observer.metrics.add("SendRetries", remaining.length);
    for (const batch of batches(remaining, alone, copyOf)) await send(batch);
    remaining = remaining.filter((one) => errors.get(one)?.retryable === true);
    const [first] = remaining;
    const error = first && errors.get(first);
    if (!error) return;
    deps.observer.log.write("warn", "send_try_failed", {
      ...first.fields,
      copies: remaining.length,
      tryNumber,
      errorCode: error.code,
      errorName: error.errorName,
    });
    throw error;
  };

  try {
    await pRetry(tryOnce, {
      ...(deps.sendBackoff ?? SEND_BACKOFF),
      maxRetryTime: Math.max(0, budgetMs - LAST_TRY_MS),
      shouldRetry: () => deps.clock.monotonic() < deadline,
    });
  } catch (error) {
    // The errors of all entries are in the map; anything else would be a bug and must not look like a send.
    if (!(error instanceof SendError)) throw error;
  }
  return errors;
}

/** A queue that rejects, against its contract, has failed for every copy: nothing may escape unclassified. */
async function sendOnce(
  queue: MessageQueue,
  copies: readonly OutgoingCopy[],
  timeoutMs: number,
): Promise<ReadonlyArray<SendError | undefined>> {
  try {
    return await queue.send(copies, timeoutMs);
  } catch (error) {
    const classified = classifyRequest(error, copies.length);
    return copies.map(() => classified);
  }
}

/** At most ten copies and 1 MiB a batch; one copy always fits. */
function batches<T extends Sendable>(
  all: readonly T[],
  alone: ReadonlySet<T>,
  copyOf: (one: T) => OutgoingCopy,
): T[][] {
  if (all.length === 1) return [[...all]];
  const result = all.filter((one) => alone.has(one)).map((one) => [one]);
  let open: T[] = [];
  let bytes = 0;
  for (const one of all) {
    if (alone.has(one)) continue;
    const size = copyBytes(copyOf(one));
    if (open.length === 0 || open.length >= SEND_BATCH_ENTRIES || bytes + size > SEND_BATCH_BYTES) {
      open = [];
      bytes = 0;
      result.push(open);
    }
    open.push(one);
    bytes += size;
  }
  return result;
}
