import type { MessageItem, Status } from "../api/types.ts";

/** How a message is shown: its status, or that its send was rolled back, which no status says. */
export type Appearance = Status | "ROLLED_BACK";

export const APPEARANCE_NAMES: Record<Appearance, string> = {
  PENDING: "Pending",
  QUEUED: "Queued",
  PROCESSING: "Processing",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  ROLLED_BACK: "Rolled back",
};

/** A message whose latest send failed waits, but not as planned. */
export function appearanceOf(item: Pick<MessageItem, "status" | "pendingReason">): Appearance {
  return item.status === "PENDING" && item.pendingReason === "SEND_FAILED" ? "ROLLED_BACK" : item.status;
}
