/** Failures that somebody has dealt with: they stay FAILED and findable, and call for attention no more. */
import { HomingError } from "../error.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import type { Occasion } from "../message/step.ts";
import { actOnEach, type BulkFilter, type BulkResult, type BulkRun, messagesOf, runInBulk } from "./bulk.ts";
import type { OperateDependencies } from "./operate.ts";

/** @throws HomingError CONFLICT unless it is FAILED, was not resolved before, and holds up nobody. */
export async function resolve(
  deps: OperateDependencies,
  message: Message,
  correlationId: string,
): Promise<Message> {
  const transition = Lifecycle.resolve(message, occasionOf(deps, correlationId));
  const written = transition && (await deps.store.apply(message.messageId, transition));
  if (written?.applied) return written.message;
  const current = written?.message ?? message;
  throw new HomingError("CONFLICT", written ? "The message has moved on meanwhile." : whyNot(current), {
    stored: { messageId: current.messageId, messageStatus: current.status },
  });
}

function whyNot({ status, resolvedAt }: Message): string {
  if (status !== "FAILED") return `A message that is ${status} cannot be resolved; only a failed one can.`;
  return resolvedAt === undefined
    ? "Others of its ordering key wait for it: retry or skip it."
    : "It has been resolved already.";
}

/** Resolves FAILED messages, newest first, as `runInBulk` says. What others wait for stays as it is. */
export function bulkResolve(
  deps: OperateDependencies,
  filter: Omit<BulkFilter, "resolved">,
  run: BulkRun,
): Promise<BulkResult> {
  const { correlationId } = run;
  const open = messagesOf(deps, { ...filter, status: "FAILED", resolved: false });
  return runInBulk(deps, open, run, async (messages) => {
    const resolved = await actOnEach(deps, messages, correlationId, async (message) => {
      const transition = Lifecycle.resolve(message, occasionOf(deps, correlationId));
      const written = transition && (await deps.store.apply(message.messageId, transition));
      return written?.applied ? written.message : undefined;
    });
    return { done: resolved.length, metOutage: false };
  });
}

function occasionOf(
  { clock, newToken }: Pick<OperateDependencies, "clock" | "newToken">,
  correlationId: string,
): Occasion {
  return { now: clock.now(), correlationId, token: newToken() };
}
