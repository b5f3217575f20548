/** One thing done to many: bounded in count and time, resumable at its cursor. */
import { SECOND } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { StorageError } from "../store/message-store.ts";
import { type ListDependencies, type ListFilter, listMessages, type Place } from "./list.ts";
import type { OperateDependencies } from "./operate.ts";

export type BulkFilter = Pick<
  ListFilter,
  | "senderId"
  | "since"
  | "until"
  | "target"
  | "failureReason"
  | "resolved"
  | "responseStatus"
  | "endpointId"
  | "eventId"
  | "eventType"
>;

export interface BulkRun<At = Place> {
  /** How many to look at, at most `MAX_BULK_LIMIT`. */
  readonly limit: number;
  /** Where the previous run ended. */
  readonly after?: At | undefined;
  /** Only counts, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  readonly correlationId: string;
}

export interface BulkResult<At = Place> {
  /** What it was done to; in a dry run all that match. */
  readonly done: number;
  /** Moved on meanwhile, unfit for it, or not taken by the storage: these are as they were. */
  readonly skipped: number;
  /** Absent once the last that matches has been looked at. */
  readonly next?: At;
}

export interface BulkPage<Item, At> {
  /** At most as many as asked for; none, if those that match are farther on. */
  readonly items: readonly Item[];
  /** Absent at the end. */
  readonly next?: At;
}

export type ReadPage<Item, At> = (limit: number, after: At | undefined) => Promise<BulkPage<Item, At>>;

export interface ChunkResult {
  readonly done: number;
  /** The others would only meet it too. */
  readonly metOutage: boolean;
}

export const MAX_BULK_LIMIT = 1_000;
/** The caller's own limit is API Gateway's 30 s, and one chunk may spend the whole send budget. */
export const LONGEST_RUN_MS = 10 * SECOND;
/** Those that are taken together. */
const CHUNK = 50;

/** The messages of a list, in its order. */
export function messagesOf(deps: ListDependencies, filter: ListFilter): ReadPage<Message, Place> {
  return async (limit, after) => {
    const { items, next } = await listMessages(deps, filter, limit, after);
    return { items: items.map(({ message }) => message), ...(next ? { next } : {}) };
  };
}

/**
 * Acts on what is read, in its order. Stops at the limit, after `LONGEST_RUN_MS`, and behind the first chunk that met
 * an outage.
 *
 * @throws HomingError SYSTEM_ERROR if the storage does not answer and nothing has been done yet. Otherwise what has
 * been done is told, and the next call goes on from there.
 */
export async function runInBulk<Item, At>(
  deps: Pick<OperateDependencies, "clock" | "observer">,
  readPage: ReadPage<Item, At>,
  { limit, after, dryRun = false, correlationId }: BulkRun<At>,
  act: (items: readonly Item[]) => Promise<ChunkResult>,
): Promise<BulkResult<At>> {
  const endsAt = deps.clock.monotonic() + LONGEST_RUN_MS;
  let done = 0;
  let seen = 0;
  let position = after;
  for (;;) {
    let page: BulkPage<Item, At>;
    let chunk: ChunkResult;
    try {
      page = await readPage(Math.min(CHUNK, limit - seen), position);
      chunk = dryRun ? { done: page.items.length, metOutage: false } : await act(page.items);
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

type Acted = Partial<Pick<Message, "messageId" | "eventId" | "senderId">>;

/**
 * Acts on each on its own: what the storage has against one is logged and decides over no other. Answers what came of
 * those that were fit for it.
 *
 * @throws StorageError if it took none of them: that is an outage.
 */
export async function actOnEach<Item extends Acted, T>(
  { observer }: Pick<OperateDependencies, "observer">,
  items: readonly Item[],
  correlationId: string,
  act: (item: Item) => Promise<T | undefined>,
): Promise<T[]> {
  const results = await Promise.allSettled(items.map(act));
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (errors.length === items.length && errors.some((error) => !isOwnFault(error, items.length)))
    throw errors[0];
  results.forEach((result, index) => {
    if (result.status === "fulfilled") return;
    const { messageId, eventId, senderId } = items[index] ?? {};
    const fields = { messageId, eventId, senderId, correlationId };
    observer.log.write("error", "bulk_skipped", fields, result.reason);
  });
  return results.flatMap((result) =>
    result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
  );
}

/** One alone may be what the storage refuses, for what it is; of several it is none. */
function isOwnFault(error: unknown, among: number): boolean {
  return among === 1 && error instanceof StorageError && !error.retryable;
}
