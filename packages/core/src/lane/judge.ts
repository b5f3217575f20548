import type { Message } from "../message/message.ts";
import type { LaneKey } from "./lane.ts";
import { roundAt } from "./place.ts";

/**
 * - `passed`: those behind it need not wait for it, nor ever will: what is passed stays passed.
 * - `blocks`: FAILED, and they wait until somebody retries or skips it.
 * - `waits`: its turn has come if it is the head.
 * - `atWork`: it had its turn, and is not finished.
 */
export type Verdict = "passed" | "blocks" | "waits" | "atWork";

/** What a place is worth, by its message as it was read consistently, after the place was seen. */
export function judge(key: LaneKey, place: string, message: Message | undefined): Verdict {
  // Gone; or its id has begun another life, in another lane.
  if (message === undefined || message.orderingKey !== key.orderingKey) return "passed";
  // O2: in a later round it stands elsewhere.
  if ((message.round ?? 0) !== roundAt(place)) return "passed";
  switch (message.status) {
    case "COMPLETED":
    case "CANCELLED":
      return "passed";
    case "FAILED":
      // O6: what blocks is not passed.
      return blocksLane(message) ? "blocks" : "passed";
    case "PENDING":
      return message.waitsForTurn ? "waits" : "atWork";
    default:
      return "atWork";
  }
}

/** FAILED, and those behind it wait. */
export function blocksLane({ status, afterFailure, skippedAt }: Message): boolean {
  return status === "FAILED" && afterFailure === "block" && skippedAt === undefined;
}
