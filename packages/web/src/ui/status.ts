import type { MessageItem, Status } from "../api/types.ts";

/** How a message is shown: its status, or what matters more and no status says. */
export type Appearance = Status | "ROLLED_BACK" | "WAITING";

export const APPEARANCE_NAMES: Record<Appearance, string> = {
  PENDING: "Pending",
  QUEUED: "Queued",
  PROCESSING: "Processing",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  ROLLED_BACK: "Rolled back",
  WAITING: "Waiting",
};

export type Wait = "RETRY" | "SCHEDULED";

/** What a message waits for whose time has not come: the same whether the table or the queue holds it. */
export function waitOf(
  { status, nextAttemptAt, attemptCount }: Pick<MessageItem, "status" | "nextAttemptAt" | "attemptCount">,
  now: number,
): Wait | undefined {
  if (status !== "PENDING" && status !== "QUEUED") return undefined;
  if (nextAttemptAt === undefined || Date.parse(nextAttemptAt) <= now) return undefined;
  return attemptCount > 0 ? "RETRY" : "SCHEDULED";
}

/** A message whose latest send failed waits, but not as planned. */
export function appearanceOf(
  item: Pick<MessageItem, "status" | "pendingReason" | "nextAttemptAt" | "attemptCount">,
  now: number,
): Appearance {
  if (item.status === "PENDING" && item.pendingReason === "SEND_FAILED") return "ROLLED_BACK";
  return waitOf(item, now) === undefined ? item.status : "WAITING";
}
