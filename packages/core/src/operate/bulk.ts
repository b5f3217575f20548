/** One thing done to many messages: bounded in count and time, resumable at its cursor. */
import { SECOND } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { StorageError } from "../store/message-store.ts";
import { type ListFilter, listMessages, type MessagePage, type Place } from "./list.ts";
import type { OperateDependencies } from "./operate.ts";

export type BulkFilter = Pick<
  ListFilter,
  | "senderId"
  | "since"
  | "until"
  | "target"
  | "failureReason"
  | "responseStatus"
  | "endpointId"
  | "eventId"
  | "eventType"
>;

export interface BulkRun {
  /** Messages to look at, at most `MAX_BULK_LIMIT`. */
  readonly limit: number;
  /** Where the previous run ended. */
  readonly after?: Place | undefined;
  /** Only counts, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  readonly correlationId: string;
}

export interface BulkResult {
  /** Messages that it was done to; in a dry run all that match. */
  readonly done: number;
  /** Moved on meanwhile, unfit for it, or not taken by the storage: these are as they were. */
  readonly skipped: number;
  /** Absent once the last matching message has been looked at. */
  readonly next?: Place;
}

export interface ChunkResult {
  readonly done: number;
  /** The others would only meet it too. */
  readonly metOutage: boolean;
}

export const MAX_BULK_LIMIT = 1_000;
/** The caller's own limit is API Gateway's 30 s, and one chunk may spend the whole send budget. */
export const LONGEST_RUN_MS = 10 * SECOND;
/** Messages that are taken together. */
const CHUNK = 50;

/**
 * Acts on the messages of a list, in its order. Stops at the limit, after `LONGEST_RUN_MS`, and behind the first
 * chunk that met an outage.
 *
 * @throws HomingError SYSTEM_ERROR if the storage does not answer and nothing has been done yet. Otherwise what has
 * been done is told, and the next call goes on from there.
 */
export async function runInBulk(
  deps: OperateDependencies,
  filter: ListFilter,
  { limit, after, dryRun = false, correlationId }: BulkRun,
  act: (messages: readonly Message[]) => Promise<ChunkResult>,
): Promise<BulkResult> {
  const endsAt = deps.clock.monotonic() + LONGEST_RUN_MS;
  let done = 0;
  let seen = 0;
  let position = after;
  for (;;) {
    let page: MessagePage;
    let chunk: ChunkResult;
    try {
      page = await listMessages(deps, filter, Math.min(CHUNK, limit - seen), position);
      const messages = page.items.map(({ message }) => message);
      chunk = dryRun ? { done: messages.length, metOutage: false } : await act(messages);
    } catch (error) {
      if (position === undefined || position === after) throw error;
      deps.observer.log.write("error", "bulk_interrupted", { correlationId }, error);
      return { done, skipped: seen - done, next: position };
    }
    done += chunk.done;
    seen += page.items.length;
    if (!page.next) return { done, skipped: seen - done };
    position = page.next;
    if (seen >= limit || deps.clock.monotonic() >= endsAt || chunk.metOutage)
      return { done, skipped: seen - done, next: position };
  }
}

/**
 * Acts on each message on its own: what the storage has against one is logged and decides over no other. Answers
 * what came of those that were fit for it.
 *
 * @throws StorageError if it took none of them: that is an outage.
 */
export async function actOnEach<T>(
  { observer }: Pick<OperateDependencies, "observer">,
  messages: readonly Message[],
  correlationId: string,
  act: (message: Message) => Promise<T | undefined>,
): Promise<T[]> {
  const results = await Promise.allSettled(messages.map(act));
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (errors.length === messages.length && errors.some((error) => !isOwnFault(error, messages.length)))
    throw errors[0];
  results.forEach((result, index) => {
    if (result.status === "fulfilled") return;
    const { messageId, senderId } = messages[index] ?? {};
    observer.log.write("error", "bulk_skipped", { messageId, senderId, correlationId }, result.reason);
  });
  return results.flatMap((result) =>
    result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
  );
}

/** One message alone may be what the storage refuses, for what it is; of several it is none. */
function isOwnFault(error: unknown, among: number): boolean {
  return among === 1 && error instanceof StorageError && !error.retryable;
}
