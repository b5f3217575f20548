import type { Message } from "../message/message.ts";

/** Waiting reasons that a producer's repeated call resumes; the others wait for a time or an operator. */
const RESUMED = new Set<Message["pendingReason"]>(["ACCEPTED", "SEND_FAILED", "ORPHANED", "LEASE_EXPIRED"]);

export function isResumed({ status, pendingReason }: Pick<Message, "status" | "pendingReason">): boolean {
  return status === "PENDING" && RESUMED.has(pendingReason);
}
