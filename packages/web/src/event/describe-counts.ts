import type { Event, Status } from "../api/types.ts";

const WORDS: readonly (readonly [status: Status, word: string])[] = [
  ["COMPLETED", "delivered"],
  ["FAILED", "failed"],
  ["CANCELLED", "cancelled"],
  ["PROCESSING", "being delivered"],
  ["QUEUED", "in the queue"],
  ["PENDING", "waiting"],
];

/** "2 delivered, 1 failed"; empty where there are none. */
export function describeCounts(counts: Event["counts"]): string {
  return WORDS.flatMap(([status, word]) => {
    const count = counts[status] ?? 0;
    return count > 0 ? [`${count.toLocaleString()} ${word}`] : [];
  }).join(", ");
}
