import type { MessageItem, Status } from "../api/types.ts";

/** How a message is shown: its status, or what matters more and no status says. */
export type Appearance = Status | "ROLLED_BACK" | "WAITING" | "HELD";

export const APPEARANCE_NAMES: Record<Appearance, string> = {
  PENDING: "Pending",
  QUEUED: "Queued",
  PROCESSING: "Processing",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  ROLLED_BACK: "Rolled back",
  WAITING: "Waiting",
  HELD: "Held",
};

export type Wait = "RETRY" | "SCHEDULED";

type Timed = Pick<MessageItem, "status" | "pendingReason" | "nextAttemptAt" | "attemptCount">;

/** What a message waits for whose time has not come: the same whether the table or the queue holds it. */
export function waitOf(
  { status, pendingReason, nextAttemptAt, attemptCount }: Timed,
  now: number,
): Wait | undefined {
  if (isHeld({ pendingReason })) return undefined;
  if (status !== "PENDING" && status !== "QUEUED") return undefined;
  if (nextAttemptAt === undefined || Date.parse(nextAttemptAt) <= now) return undefined;
  return attemptCount > 0 ? "RETRY" : "SCHEDULED";
}

/** It waits for its endpoint: until that is activated, or well again. */
export function isHeld({ pendingReason }: Pick<MessageItem, "pendingReason">): boolean {
  return pendingReason === "ENDPOINT_PAUSED" || pendingReason === "ENDPOINT_FAILING";
}

/** A message whose latest send failed waits, but not as planned; one that is held waits for its endpoint. */
export function appearanceOf(item: Timed, now: number): Appearance {
  if (item.status === "PENDING" && item.pendingReason === "SEND_FAILED") return "ROLLED_BACK";
  if (isHeld(item)) return "HELD";
  return waitOf(item, now) === undefined ? item.status : "WAITING";
}
