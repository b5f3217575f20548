import * as Lifecycle from "../message/lifecycle.ts";
import type { FailureReason, Message } from "../message/message.ts";
import type { Settings } from "../settings.ts";
import type { WriteResult } from "../store/message-store.ts";
import type { EnqueueDependencies } from "./enqueue.ts";

export interface GiveUpDependencies
  extends Pick<EnqueueDependencies, "store" | "clock" | "observer" | "newToken"> {
  readonly settings: Pick<Settings, "retentionMs">;
}

/** PENDING → FAILED, where sending is pointless or impossible. */
export async function giveUp(
  deps: GiveUpDependencies,
  message: Message,
  reason: FailureReason,
  correlationId: string,
): Promise<WriteResult> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const transition = Lifecycle.giveUp(message, occasion, deps.settings.retentionMs, reason);
  const written = await deps.store.apply(message.messageId, transition);
  if (!written.applied) return written;
  const { messageId, senderId } = message;
  deps.observer.log.write("error", "gave_up", { messageId, senderId, correlationId, reason });
  return written;
}
