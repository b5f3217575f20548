/** The rules of what callers ask for, and of what is ended because an earlier one of its order has failed. */

import type { Message } from "@homing/core/message/message";
import { blocks, wrongBlocked, wrongRetryInOrder, wrongSkip } from "./order-rules.ts";
import { ENDS, FAILS, type Rule } from "./rule.ts";

export const CALL_RULES: readonly Rule[] = [
  {
    reason: "MANUAL_RETRY",
    from: ["FAILED"],
    to: "PENDING",
    changes: [
      ...ENDS,
      ...(["failureReason", "attemptLimit", "unknowns", "orphans", "forcedAttempt"] as const),
      ...(["waitsForTurn", "inLine", "round", "sequence", "skippedAt", "resolvedAt"] as const),
    ],
    wrong: (before, after, _at, { settings }) => {
      if (after.resolvedAt !== undefined) return "it is alive, and resolved as if it had failed";
      return after.attemptLimit === before.attempt + settings.retryScheduleMs.length + 1
        ? (wrongForce(before, after) ?? wrongRetryInOrder(before, after))
        : "it does not get one whole round more";
    },
  },
  {
    reason: "MANUAL_RETRY",
    from: ["PENDING", "QUEUED"],
    to: "PENDING",
    changes: ["notBefore", "dueAt", "forcedAttempt"],
    wrong: (before, after, at, { ledger, process }) => {
      if (before.waitsForTurn) return "it is sent now, and its turn has not come";
      if (ledger.fanOut.sendersOfUndelivered.has(process)) return wrongSentAtOnce(before, after, at);
      // A delivery that is PENDING for any reason is forced by this.
      const isPendingDelivery = before.status === "PENDING" && before.eventId !== undefined;
      if (before.notBefore === undefined && !isPendingDelivery) return "it was not waiting";
      if (before.eventId !== undefined && after.forcedAttempt !== before.attempt + 1)
        return "somebody asks for a delivery by hand, and the state of its endpoint still counts";
      return wrongForce(before, after);
    },
  },
  { reason: "CANCELLED", from: ["PENDING", "QUEUED"], to: "CANCELLED", changes: ENDS },
  {
    reason: "RESOLVED",
    from: ["FAILED"],
    to: "FAILED",
    changes: ["resolvedAt"],
    wrong: (before, after, at) => {
      if (before.resolvedAt !== undefined) return "it was resolved already";
      if (blocks(before)) return "those behind it wait for somebody to decide";
      return after.resolvedAt === at ? undefined : "it does not say since when";
    },
  },
  {
    reason: "SKIPPED",
    from: ["FAILED"],
    to: "FAILED",
    changes: ["skippedAt"],
    wrong: (before) => wrongSkip(before),
  },
  {
    reason: "BLOCKED",
    from: ["PENDING"],
    to: "FAILED",
    changes: FAILS,
    wrong: (before, _after, at, { ledger }) => wrongBlocked(before, at, ledger),
  },
];

/** With all that its endpoint has not got. Nobody has asked for this one: its endpoint's state and pace count as ever. */
function wrongSentAtOnce(before: Message, after: Message, at: number): string | undefined {
  if (after.forcedAttempt !== before.forcedAttempt)
    return "it is forced, and nobody has asked for it by hand";
  if (before.pendingReason === "ENDPOINT_PAUSED" || before.pendingReason === "ENDPOINT_FAILING")
    return "it is sent at once, and its endpoint holds it";
  if (before.pendingReason === "THROTTLED" || before.slotAt !== undefined)
    return "it is sent at once, and has its turn in the pace of its endpoint";
  const hasFailed = before.attempt > 0 && (before.notBefore ?? 0) > at;
  return hasFailed ? undefined : "it is sent at once, and waits for no further attempt";
}

/** Only the next attempt of a delivery can be forced. */
function wrongForce(before: Message, { forcedAttempt }: Message): string | undefined {
  if (forcedAttempt === before.forcedAttempt) return undefined;
  if (before.eventId === undefined) return "a message that has no endpoint is forced";
  return forcedAttempt === before.attempt + 1 ? undefined : "another attempt than the next one is forced";
}
