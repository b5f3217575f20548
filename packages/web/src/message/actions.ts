import type { MessageItem } from "../api/types.ts";

/** What "retry" means for the message as it is now. */
export type RetryKind =
  /** It failed: a new round of attempts. */
  | "NEW_ROUND"
  /** It waits for its time: now instead. */
  | "SEND_NOW"
  /** It is not in the queue, though it could be: put it there now. */
  | "ENQUEUE"
  /** Its endpoint is paused: this one is delivered all the same. */
  | "PAST_PAUSE"
  /** Its endpoint fails and is tried with one at a time: with this one, now. */
  | "PAST_GATE";

/** What somebody wants done, before it is confirmed. */
export type Asked = RetryKind | "CANCEL" | "SKIP" | "RESOLVE";

export interface Actions {
  readonly retry?: RetryKind;
  readonly cancel: boolean;
  /** Others wait behind it until it is delivered or skipped. */
  readonly skip?: true;
  /** A failure that nobody has dealt with, and nobody waits for. */
  readonly resolve?: true;
}

type Subject = Pick<
  MessageItem,
  "status" | "pendingReason" | "nextAttemptAt" | "afterFailure" | "skippedAt" | "resolvedAt"
>;

/** True of a failed message that those behind it in its order wait for. */
export function isBlocking({ status, afterFailure, skippedAt }: Subject): boolean {
  return status === "FAILED" && afterFailure === "block" && skippedAt === undefined;
}

/** What can be done with a message. The API decides; this only keeps away what it would refuse. */
export function actionsFor(message: Subject, now: number): Actions {
  const { status, pendingReason, nextAttemptAt } = message;
  const isWaiting = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) > now;
  switch (status) {
    case "FAILED":
      return {
        retry: "NEW_ROUND",
        cancel: false,
        ...(isBlocking(message) ? { skip: true } : message.resolvedAt ? {} : { resolve: true }),
      };
    case "PENDING":
      // Its turn cannot be anticipated.
      if (pendingReason === "WAITING_FOR_PREVIOUS") return { cancel: true };
      if (pendingReason === "ENDPOINT_PAUSED") return { retry: "PAST_PAUSE", cancel: true };
      if (pendingReason === "ENDPOINT_FAILING") return { retry: "PAST_GATE", cancel: true };
      return { retry: isWaiting ? "SEND_NOW" : "ENQUEUE", cancel: true };
    case "QUEUED":
      return { ...(isWaiting ? { retry: "SEND_NOW" } : {}), cancel: true };
    default:
      return { cancel: false };
  }
}
