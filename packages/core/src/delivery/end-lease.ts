import * as Claims from "../message/claims.ts";
import type { Message } from "../message/message.ts";
import type { EnqueueDependencies } from "../send/enqueue.ts";
import type { Settings } from "../settings.ts";
import { nextDelayMs } from "./schedule.ts";

export interface EndLeaseDependencies
  extends Pick<EnqueueDependencies, "store" | "clock" | "observer" | "newToken"> {
  readonly random: () => number;
  readonly settings: Pick<Settings, "retryScheduleMs" | "retentionMs">;
}

/**
 * Takes a message away from a claim that outlived its lease; the attempt counts as UNKNOWN. Answers the
 * message as it is then (PENDING, or FAILED once its attempts are spent), or undefined if there was nothing
 * to take away.
 */
export async function endLease(
  deps: EndLeaseDependencies,
  message: Message,
  correlationId: string,
  withinMs?: number,
): Promise<Message | undefined> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const position = { ...message, scheduleMs: deps.settings.retryScheduleMs };
  const delayMs = nextDelayMs(position, deps.random) ?? 0;
  const transition = Claims.leaseOver(message, occasion, deps.settings.retentionMs, delayMs);
  if (!transition) return undefined;
  const written = await deps.store.apply(message.messageId, transition, withinMs);
  if (!written.applied) return undefined;
  deps.observer.metrics.add("AttemptsUnknown");
  deps.observer.log.write("warn", "lease_expired", {
    messageId: message.messageId,
    senderId: message.senderId,
    correlationId,
    attempt: message.attempt,
    status: written.message.status,
  });
  return written.message;
}
