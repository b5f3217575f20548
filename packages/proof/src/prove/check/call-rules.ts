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
    wrong: (before, after) => {
      if (before.waitsForTurn) return "it is sent now, and its turn has not come";
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

/** Only the next attempt of a delivery can be forced. */
function wrongForce(before: Message, { forcedAttempt }: Message): string | undefined {
  if (forcedAttempt === before.forcedAttempt) return undefined;
  if (before.eventId === undefined) return "a message that has no endpoint is forced";
  return forcedAttempt === before.attempt + 1 ? undefined : "another attempt than the next one is forced";
}
