/** Manual retry of many failed messages. */
import { readContents } from "../delivery/read-contents.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { HomingError } from "../error.ts";
import { takeTurns } from "../lane/take-turns.ts";
import { type DeliveryMessage, isDelivery, type Message } from "../message/message.ts";
import { type EnqueueEntry, type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import {
  actOnEach,
  type BulkFilter,
  type BulkResult,
  type BulkRun,
  type ChunkResult,
  messagesOf,
  runInBulk,
} from "./bulk.ts";
import { makePending, type OperateDependencies } from "./operate.ts";

/**
 * Retries FAILED messages that nobody has resolved, oldest first, as `runInBulk` says: those with one ordering key go in their order. Done with
 * is one that is back in PENDING or further; a send that failed is repeated by the reconciler, so a queue that is down is
 * not hammered.
 */
export function bulkRetry(deps: OperateDependencies, filter: BulkFilter, run: BulkRun): Promise<BulkResult> {
  // What somebody has dealt with is not brought back to life, unless it is asked for.
  const failed = {
    ...filter,
    resolved: filter.resolved ?? false,
    status: "FAILED",
    oldestFirst: true,
  } as const;
  return runInBulk(deps, messagesOf(deps, failed), run, (messages) =>
    retryEach(deps, messages, run.correlationId),
  );
}

/** FAILED, or waiting for another attempt. Within one send budget. @throws StorageError if it took none of them. */
export async function retryEach(
  deps: OperateDependencies,
  messages: readonly Message[],
  correlationId: string,
): Promise<ChunkResult> {
  // Each once: who has just activated an endpoint, and retries what failed there, means as it is now.
  const endpoints = new Map<string, Promise<KnownEndpoint | undefined>>();
  const endpointOf = (owner: DeliveryMessage) => {
    const known = endpoints.get(owner.endpointId) ?? deps.endpointReader.readNow(owner);
    endpoints.set(owner.endpointId, known);
    return known;
  };
  const entries = await actOnEach(deps, messages.toSorted(bySequence), correlationId, async (message) =>
    revive(deps, message, isDelivery(message) ? await endpointOf(message) : undefined, correlationId),
  );
  const results = await enqueueAll(deps, await takeTurns(deps, entries, correlationId));
  return { done: results.length, metOutage: results.some(metOutage) };
}

/** Within a lane its order: those that had their turn, then those that waited for it, the oldest first. */
function bySequence(a: Message, b: Message): number {
  return (a.sequence ?? Number.MAX_SAFE_INTEGER) - (b.sequence ?? Number.MAX_SAFE_INTEGER);
}

/** Undefined for a message without its payload, and for one that has moved on. */
async function revive(
  deps: OperateDependencies,
  message: Message,
  endpoint: KnownEndpoint | undefined,
  correlationId: string,
): Promise<EnqueueEntry | undefined> {
  const contents = await readContents(deps, message, endpoint);
  if (!contents) return undefined;
  try {
    return { message: await makePending(deps, message, contents, correlationId), contents, correlationId };
  } catch (error) {
    if (error instanceof HomingError && error.code === "CONFLICT") return undefined;
    throw error;
  }
}

export function metOutage({ outcome }: EnqueueResult): boolean {
  return outcome === "failed" || outcome === "unmarked";
}
