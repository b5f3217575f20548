import { HomingError } from "../error.ts";
import { isFinished } from "../message/message.ts";
import { SendError } from "../queue/message-queue.ts";
import type { EnqueueResult } from "./enqueue.ts";

/** Before a call that met an outage is repeated; the reconciler's own rhythm is of the same order. */
export const RETRY_AFTER_SECONDS = 5;

/**
 * What a caller is told when a stored message could not be queued: it is safe and will be sent. `mayRepeat`:
 * whether the very same call can be repeated without making a second message. `event`: the one that the message brings.
 */
export function notQueuedError(
  result: Extract<EnqueueResult, { outcome: "failed" | "unmarked" }>,
  mayRepeat: boolean,
  event?: { readonly eventId: string },
): HomingError {
  const { message, error } = result;
  const permanent = error instanceof SendError && !error.retryable;
  const outlook = isFinished(message.status)
    ? ""
    : " It is kept, and sent as soon as that is possible, without another call.";
  return new HomingError(
    "SYSTEM_ERROR",
    `The ${event ? "event" : "message"} is stored but could not be queued yet.${outlook}`,
    {
      retryable: !permanent && mayRepeat,
      permanent,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      stored: event ?? { messageId: message.messageId, messageStatus: message.status },
      cause: error,
    },
  );
}
