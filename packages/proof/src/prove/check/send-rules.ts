/** The rules of sends: to the queue, back from it when they fail, and given up. */

import type { HistoryReason, Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";
import { dueAtToleranceMs, LONGEST_DELAY_MS, queueDeadlineMs, rollbackBackoffMs } from "./expected-times.ts";
import { isHeld, mayBeGated } from "./gates.ts";
import { wrongRelease } from "./order-rules.ts";
import { mayBePacedAnew } from "./paced-anew.ts";
import { FAILS, type Rule, type RuleContext, SLOT } from "./rule.ts";

export const SEND_RULES: readonly Rule[] = [
  {
    reason: "ENQUEUED",
    from: ["PENDING"],
    to: "QUEUED",
    changes: ["sendId", "sends", "dueAt", "waitsForTurn", "inLine", "sequence", ...SLOT, "notBefore"],
    wrong: (before, after, at, { usedTokens, settings, ledger, process }) => {
      if (usedTokens.has(after.sendId ?? "")) return "it uses the sendId of an earlier enqueue";
      // What was held because its endpoint failed goes on with that; a probe no sooner than at its own time.
      const hasWaited = before.pendingReason === "ENDPOINT_FAILING";
      const isEarly = (before.notBefore ?? 0) > ledger.latestBelief(process, at);
      const next = { ...before, attempt: Infinity };
      if (hasWaited && isEarly && !mayBeGated(false, next, { at, process }, ledger))
        return "it is a probe before its time";
      const notBefore = after.notBefore ?? 0;
      const isAnew = mayBePacedAnew(before, { at, process }, ledger);
      if (!hasWaited && !isAnew && notBefore < (before.notBefore ?? 0))
        return "it forgets what it has to wait for";
      if (notBefore - at > LONGEST_DELAY_MS) return "it is due later than the queue can delay a copy";
      const base = settings.queueDeadlineMs;
      const deadline = Math.max(at, notBefore) + queueDeadlineMs(base, before.orphans);
      if ((after.dueAt ?? 0) < deadline - dueAtToleranceMs(base)) {
        return "dueAt leaves the copy less than its queue deadline";
      }
      const isFar = (after.dueAt ?? 0) > deadline + dueAtToleranceMs(base);
      const wasFar = isHeld(before) || before.waitsForTurn || before.pendingReason === "THROTTLED";
      if (wasFar && isFar) return "nobody would miss its copy for days";
      return wrongRelease(before, after, at, ledger);
    },
  },
  {
    reason: "SEND_FAILED",
    from: ["QUEUED"],
    to: "PENDING",
    changes: ["rolledBackAt", "rollbacks", "lastErrorCode", "sendFailingSince", "dueAt"],
    wrong: (before, after, at, { ledger }) => {
      const send = ledger.sends.get(before.sendId ?? "");
      // Without its payload a copy is not sent at all.
      const unsent = send === undefined && ledger.withoutPayload.has(before.messageId);
      if (send?.answer !== "error" && !unsent) return "the latest send of the message did not fail";
      if (after.rollbacks !== before.rollbacks + 1) return "it does not count the rollback";
      if ((after.dueAt ?? 0) < at + rollbackBackoffMs(after.rollbacks)) return "it does not back off";
      if ((after.dueAt ?? 0) < (before.notBefore ?? 0)) return "it is due before its time";
      return undefined;
    },
  },
  {
    reason: "ORPHANED",
    from: ["QUEUED"],
    to: "PENDING",
    changes: ["orphans", "dueAt", "sendFailingSince"],
    wrong: (before, after, at, { ledger, settings }) => {
      if (after.orphans !== before.orphans + 1) return "it is not counted";
      const enqueuedAt = latest(ledger, before, "ENQUEUED", "EXPANDED");
      const base = settings.queueDeadlineMs;
      const deadline = Math.max(enqueuedAt, before.notBefore ?? 0) + queueDeadlineMs(base, before.orphans);
      return at < deadline - dueAtToleranceMs(base)
        ? "the copy had not had its queue deadline to be claimed in"
        : undefined;
    },
  },
  ...(["SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "EXPIRED"] as const).map(
    (reason): Rule => ({ reason, from: ["PENDING"], to: "FAILED", changes: FAILS, wrong: wrongGiveUp }),
  ),
  {
    reason: "COPY_DEAD_LETTERED",
    from: ["QUEUED"],
    to: "PENDING",
    changes: ["dueAt"],
  },
];

function wrongGiveUp(
  before: Message,
  after: Message,
  at: number,
  { ledger }: RuleContext,
): string | undefined {
  if (
    after.failureReason === "EXPIRED" &&
    (before.deliverBy === undefined || before.deliverBy >= Math.max(at, before.notBefore ?? 0))
  )
    return "it had not expired";
  if (after.failureReason === "PAYLOAD_MISSING" && !ledger.missedPayload(before.messageId))
    return "nobody has missed its payload";
  if (after.failureReason === "SEND_REJECTED" && before.lastErrorCode !== "QUEUE_REJECTED_CONTENT")
    return "its contents were not refused";
  if (after.failureReason === "SEND_REJECTED" && !ledger.refusedContents.has(before.messageId))
    return "another message's contents were refused, not its own";
  return undefined;
}

/** When the message last made a transition for one of these reasons. */
function latest(ledger: Ledger, { messageId }: Message, ...reasons: HistoryReason[]): number {
  return ledger.state(messageId)?.history.findLast(({ reason }) => reasons.includes(reason))?.at ?? 0;
}
