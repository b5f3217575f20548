/** Cancellation of many messages that wait. */
import { advanceBehind } from "../lane/advance.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import { actOnEach, type BulkFilter, type BulkResult, type BulkRun, messagesOf, runInBulk } from "./bulk.ts";
import type { OperateDependencies } from "./operate.ts";

export interface BulkCancelFilter extends BulkFilter {
  readonly status: "PENDING" | "QUEUED";
}

/** Cancels messages of one status, soonest due first, as `runInBulk` says. */
export function bulkCancel(
  deps: OperateDependencies,
  filter: BulkCancelFilter,
  run: BulkRun,
): Promise<BulkResult> {
  return runInBulk(deps, messagesOf(deps, filter), run, async (messages) => {
    const cancelled = await actOnEach(deps, messages, run.correlationId, (message) =>
      cancelAsRead(deps, message, run.correlationId),
    );
    return { done: cancelled.length, metOutage: false };
  });
}

/** Undefined for a message that has moved on: what the filter asks of it may hold no more. */
async function cancelAsRead(
  deps: OperateDependencies,
  { messageId, revision }: Message,
  correlationId: string,
): Promise<Message | undefined> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const transition = Lifecycle.cancel(occasion, deps.settings.retentionMs, revision);
  const written = await deps.store.apply(messageId, transition);
  if (!written.applied) return undefined;
  await advanceBehind(deps, written.message, { by: "cancel", correlationId });
  return written.message;
}
