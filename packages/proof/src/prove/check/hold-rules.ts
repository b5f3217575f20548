/** The rules of what the state or the pace of an endpoint does to a delivery before its claim. */

import type { Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";
import { isHeldForNobody, mayBe, wrongHold } from "./delivery-rules.ts";
import { HELD_FOR_MS, HELD_TOO_LONG_MS } from "./expected-times.ts";
import { isHeld, mayBeGated } from "./gates.ts";
import { mayBePacedAnew } from "./paced-anew.ts";
import { ENDS, FAILS, type Rule, SLOT } from "./rule.ts";

export const HOLD_RULES: readonly Rule[] = [
  ...(["ENDPOINT_PAUSED", "ENDPOINT_FAILING"] as const).map(
    (reason): Rule => ({
      reason,
      from: ["PENDING", "QUEUED"],
      to: "PENDING",
      // What it has to wait for besides is not forgotten, and no attempt is counted. It is paced anew afterwards.
      changes: ["dueAt", "sendFailingSince", ...SLOT],
      wrong: (before, after, at, { ledger, process, write }) => {
        if (after.pendingReason !== reason) return "it is held for another reason than it says";
        // Held on by a reconciler: of two that look at once only one writes it.
        const isLookedAt = isHeld(before) && process.startsWith("reconciler");
        const wrong = isLookedAt
          ? wrongHoldOn(before, { at, process }, ledger)
          : wrongHold(reason, before, { at, process }, ledger);
        if (wrong) return wrong;
        if (isAskedFor(before)) return "it is held, although somebody has asked for it by hand";
        if (isHeld(before) && !isLookedAt) return "it was held already, and its 30 days begin anew";
        if (!isLookedAt && isHeldForNobody(before, write, ledger))
          return "it is held, and nobody looks for it";
        if (isLookedAt && ledger.latestBelief(process, write.at) < (before.dueAt ?? Infinity))
          return "it is written more than once a week";
        if (isLookedAt && after.dueAt === before.updatedAt + HELD_TOO_LONG_MS) return undefined;
        return (after.dueAt ?? 0) < at + HELD_FOR_MS ? "it is not held for a week" : undefined;
      },
    }),
  ),
  {
    reason: "THROTTLED",
    from: ["PENDING", "QUEUED"],
    to: "PENDING",
    changes: ["dueAt", "notBefore", "sendFailingSince", ...SLOT],
    wrong: (before, after, at, { ledger, process }) => {
      if (isAskedFor(before)) return "it is put off, although somebody has asked for it by hand";
      const isAnew = mayBePacedAnew(before, { at, process }, ledger);
      if (!isAnew && (after.notBefore ?? 0) < (before.notBefore ?? 0))
        return "it forgets what it has to wait for";
      return (after.notBefore ?? 0) <= at ? "it is put off to a time that has come" : undefined;
    },
  },
  {
    reason: "HELD_TOO_LONG",
    from: ["PENDING"],
    to: "FAILED",
    changes: FAILS,
    wrong: (before, _after, at, { ledger, process, write }) => {
      if (!isHeld(before)) return "it is not held";
      const wrong = wrongHoldOn(before, { at, process }, ledger);
      if (wrong) return wrong;
      return ledger.latestBelief(process, write.at) < before.updatedAt + HELD_TOO_LONG_MS
        ? "it was not held for 30 days"
        : undefined;
    },
  },
  {
    reason: "ENDPOINT_DISABLED",
    from: ["PENDING", "QUEUED"],
    to: "FAILED",
    changes: FAILS,
    wrong: (before, _after, at, { ledger, process }) => {
      if (!mayBe("DISABLED", before, { at, process }, ledger)) return "its endpoint is not disabled";
      return isAskedFor(before) ? "it is ended, although somebody has asked for it by hand" : undefined;
    },
  },
  {
    reason: "ENDPOINT_DELETED",
    from: ["PENDING", "QUEUED"],
    to: "CANCELLED",
    changes: ENDS,
    wrong: (before, _after, at, { ledger, process }) =>
      mayBe("DELETED", before, { at, process }, ledger) ? undefined : "its endpoint is not deleted",
  },
];

/** The next attempt is made in whatever state the endpoint is, and no older copy of it decides otherwise. */
function isAskedFor({ forcedAttempt, attempt }: Message): boolean {
  return forcedAttempt === attempt + 1;
}

/** Whatever it was held for at first, its endpoint holds still. */
function wrongHoldOn(
  before: Message,
  decision: { readonly at: number; readonly process: string },
  ledger: Ledger,
): string | undefined {
  const holds = mayBe("PAUSED", before, decision, ledger) || mayBeGated(true, before, decision, ledger);
  return holds ? undefined : "its endpoint does not hold";
}
