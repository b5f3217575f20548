import { ApiError } from "../api/api-error.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";

/** Whether a refusal says that the message is what it was to become: of a call that was made before, the answer was lost. */
export function isDoneAlready(kind: BulkKind, refusal: unknown): boolean {
  if (!(refusal instanceof ApiError) || refusal.status !== 409) return false;
  const { messageStatus } = refusal.problem;
  switch (kind) {
    case "retry":
      return messageStatus !== undefined && messageStatus !== "FAILED";
    case "resolve":
      return messageStatus === "FAILED";
    case "cancel":
      return messageStatus === "CANCELLED";
  }
}
