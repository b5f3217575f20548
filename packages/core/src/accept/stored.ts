import { HomingError } from "../error.ts";
import type { LaneDependencies } from "../lane/head.ts";
import type { Message, Payload } from "../message/message.ts";
import type { AcceptedInput } from "../message/message-input.ts";
import { RETRY_AFTER_SECONDS } from "../send/not-queued-error.ts";
import type { Settings } from "../settings.ts";

export interface AcceptDependencies extends LaneDependencies {
  readonly settings: LaneDependencies["settings"] & Pick<Settings, "retryScheduleMs">;
  /** The id of a message without an idempotency key; random unless a simulation has to repeat itself. */
  readonly newMessageId?: (now: number) => string;
  /** Called when what a call had to store is stored and its sends have begun: other writes cost no time here. */
  readonly onStored?: () => void;
}

export interface AcceptRequest {
  readonly input: AcceptedInput;
  readonly correlationId: string;
}

/** A message that is in the store. */
export interface Stored {
  readonly message: Message;
  readonly duplicate: boolean;
  readonly request: AcceptRequest;
  /** The one that is stored, which is what every attempt is to carry; its write may be under way still. */
  readonly payload: Promise<Payload>;
}

export function logFailure(
  deps: AcceptDependencies,
  { correlationId }: AcceptRequest,
  { messageId, senderId }: Message,
  event: "accept_failed" | "payload_not_stored" | "withdraw_failed" | "lane_not_joined",
  error: unknown,
): void {
  deps.observer.log.write("error", event, { messageId, senderId, correlationId }, error);
}

/** Nothing that can be delivered was stored, as far as is known. */
export function storageError(retryable: boolean, cause: unknown): HomingError {
  const advice = retryable
    ? "Repeat the call."
    : "It may or may not have been stored: look for it before you repeat the call, and send an idempotency key next time.";
  return new HomingError("SYSTEM_ERROR", `The message could not be stored. ${advice}`, {
    retryable,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}
