/** How a list of the API is ordered, and what that means for putting several together. */
import type { MessageItem } from "../api/types.ts";

export interface Order {
  /** As a sentence says it, after "Messages,". */
  readonly name: string;
  /** ISO times, which compare as text. */
  readonly keyOf: (item: MessageItem) => string;
  readonly isDescending: boolean;
}

export const NEWEST_FIRST: Order = {
  name: "newest first",
  keyOf: ({ createdAt }) => createdAt,
  isDescending: true,
};

export const SOONEST_FIRST: Order = {
  name: "soonest due first",
  // What is finished by now is due no more.
  keyOf: ({ dueAt = "" }) => dueAt,
  isDescending: false,
};

/** True if what has the key `a` stands before what has the key `b`. */
export function comesBefore(order: Order, a: string, b: string): boolean {
  return order.isDescending ? a > b : a < b;
}

/** For sorting; messages of the same time by their id. */
export function compareIn(order: Order): (a: MessageItem, b: MessageItem) => number {
  return (a, b) => {
    const [keyA, keyB] = [order.keyOf(a), order.keyOf(b)];
    if (keyA !== keyB) return comesBefore(order, keyA, keyB) ? -1 : 1;
    return comesBefore(order, a.messageId, b.messageId) ? -1 : 1;
  };
}
