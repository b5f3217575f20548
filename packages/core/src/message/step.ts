/** What the transitions of the lifecycle are made of. */
import { SECOND } from "../duration.ts";
import { appendHistory, HISTORY_FIRST, HISTORY_LATEST } from "./history.ts";
import {
  attentionOf,
  failedOf,
  type HistoryReason,
  type Message,
  type PendingReason,
  type Status,
} from "./message.ts";
import { SLOT } from "./slot.ts";
import type { Condition, Token, Transition } from "./transition.ts";

/** What every transition needs to know besides the message. */
export interface Occasion {
  readonly now: number;
  readonly correlationId: string;
  /** A fresh random value, never used before: the token by which this write recognises itself. */
  readonly token: string;
}

/** Unfinished ⇔ `dueAt`: a finished message waits for nothing. */
export const FINISHED_WITHOUT = [
  "dueAt",
  "notBefore",
  "leaseUntil",
  "pendingReason",
  "sendFailingSince",
  ...SLOT,
] as const;

export function finish(
  occasion: Pick<Occasion, "now">,
  retentionMs: number,
): { finishedAt: number; expiresAt: number } {
  // Whole seconds: DynamoDB's time to live counts in them.
  return { finishedAt: occasion.now, expiresAt: Math.ceil((occasion.now + retentionMs) / SECOND) * SECOND };
}

export interface Step {
  readonly when: Condition;
  readonly to: Status;
  readonly reason: HistoryReason;
  readonly pendingReason?: PendingReason;
  readonly set: Transition["set"];
  readonly remove?: Transition["remove"];
  readonly token?: Token;
  /** Where the message is found from now on; the final states decide it themselves. */
  readonly indexes?: Pick<Transition, "listGroup" | "attention">;
}

/** A transition of a message that was read: its whole history is known, so a full one can be shortened. */
export function build(name: string, message: Message, occasion: Occasion, step: Step): Transition {
  const { now: at, correlationId } = occasion;
  const isOwn = correlationId === message.correlationId;
  const entry = { at, to: step.to, reason: step.reason, ...(isOwn ? {} : { correlationId }) };
  const full = message.history.length >= HISTORY_FIRST + HISTORY_LATEST;
  return {
    name,
    when: step.when,
    token: step.token ?? { attribute: "writeId", value: occasion.token },
    set: {
      status: step.to,
      updatedAt: occasion.now,
      ...(step.pendingReason ? { pendingReason: step.pendingReason } : {}),
      ...step.set,
    },
    remove: step.remove ?? [],
    entry,
    ...(full
      ? {
          rewrittenHistory: appendHistory(message.history, message.historyOmitted, {
            ...entry,
            correlationId,
            from: message.status,
          }),
        }
      : {}),
    ...indexChange(message, step),
  };
}

/** A group that is written again as it was costs nothing. */
function indexChange(message: Message, step: Step): Pick<Transition, "listGroup" | "attention"> {
  switch (step.to) {
    case "FAILED":
      return { listGroup: "FAILED", attention: failedOf(message.senderId), ...step.indexes };
    case "COMPLETED":
      return { listGroup: "LIVE" };
    default:
      return { ...(attentionOf(message) === undefined ? {} : { attention: null }), ...step.indexes };
  }
}
