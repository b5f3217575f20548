import type { HistoryReason } from "@homing/core/message/message";

/** A time since the beginning, or since a message of the schedule made a transition. */
export interface When {
  readonly ms: number;
  readonly after?: { readonly message: number; readonly reason: HistoryReason };
}

/** One call of a producer, repeated by it when it is told that it may be, or hears nothing. */
export interface Post {
  readonly when: When;
  readonly repeats: number;
  /** Uses the idempotency key for another request. */
  readonly conflicting: boolean;
}
