/** The rules of attempts: claimed, and how they end. */

import type { Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";
import { mayBe } from "./delivery-rules.ts";
import { HELD_FOR_MS, retryDelayMs } from "./expected-times.ts";
import { isHeld, mayBeGated } from "./gates.ts";
import { ENDS, FAILS, type Rule, type RuleContext, SLOT } from "./rule.ts";

const CLAIMS: ReadonlyArray<keyof Message> = [
  "attempt",
  "claimId",
  "claimedAt",
  "leaseUntil",
  "responseStatus",
  ...SLOT,
];

export const ATTEMPT_RULES: readonly Rule[] = [
  {
    reason: "CLAIMED",
    from: ["QUEUED", "PENDING"],
    to: "PROCESSING",
    changes: [...CLAIMS, "orphans", "notBefore", "sendFailingSince", "dueAt"],
    wrong: (before, after, at, context) => {
      if (before.waitsForTurn) return "its turn has not come";
      const { process, ledger } = context;
      if (process.startsWith("listener")) {
        if (!isHeld(before)) return "a listener takes what is not held";
        if (!mayBe("PAUSED", before, { at, process }, ledger)) return "its endpoint is not paused";
        if (after.dueAt !== after.leaseUntil)
          return "nobody looks for it when the lease of its listener is over";
      } else if (after.dueAt !== before.dueAt) return "a claim by a copy moves dueAt";
      if (after.orphans !== 0) return "the orphans in a row are not over";
      if (after.notBefore !== undefined) return "it goes on waiting";
      return wrongClaim(before, after, context);
    },
  },
  {
    reason: "CLAIMED",
    from: ["PROCESSING"],
    to: "PROCESSING",
    changes: [...CLAIMS, "unknowns"],
    wrong: (before, after, at, context) => {
      if ((before.leaseUntil ?? Infinity) > at) return "the lease it takes over is not over";
      if (after.unknowns !== before.unknowns + 1)
        return "the attempt it takes over is not counted as UNKNOWN";
      if (after.unknowns > 1) return "from the second UNKNOWN in a row on the next attempt has to wait";
      return wrongClaim(before, after, context);
    },
  },
  {
    reason: "DELIVERED",
    from: ["PROCESSING"],
    to: "COMPLETED",
    changes: [...ENDS, "unknowns", "firstAttempt", "responseStatus"],
    wrong: (before, after, _at, { ledger }) =>
      heardStatuses(ledger, before).some((status) => status >= 200 && status < 300)
        ? wrongAnswer(before, after, ledger)
        : "the target did not answer 2xx to this attempt",
  },
  {
    reason: "RETRY",
    from: ["PROCESSING"],
    to: "PENDING",
    changes: ["notBefore", "dueAt", "leaseUntil", "unknowns", "responseStatus"],
    wrong: (before, after, at, { ledger, settings, process }) => {
      const statuses = heardStatuses(ledger, before);
      if (statuses.some((status) => status < 300)) return "the attempt had succeeded";
      if (before.endpointId !== undefined && statuses.includes(410))
        return "its endpoint wants no more events";
      if (after.notBefore !== after.dueAt) return "it waits for one time and is due at another";
      const left = before.attemptLimit - before.attempt;
      if (left <= 0) return "its attempts are spent";
      const [shortest] = retryDelayMs(settings.retryScheduleMs, left);
      // The delay counts from the answer, which is at most a little before the write was decided.
      // A listener reads the message once more between the answer and the write; its clock may be set back meanwhile.
      const answeredAt = process.startsWith("listener") ? Math.min(before.claimedAt ?? at, at) : at;
      return (after.notBefore ?? 0) < answeredAt + shortest - 1
        ? "the wait is shorter than the schedule's"
        : wrongAnswer(before, after, ledger);
    },
  },
  {
    reason: "ENDPOINT_FAILING",
    from: ["PROCESSING"],
    to: "PENDING",
    changes: ["notBefore", "dueAt", "leaseUntil", "unknowns", "responseStatus"],
    wrong: (before, after, at, { ledger, settings, process }) => {
      const statuses = heardStatuses(ledger, before);
      if (statuses.some((status) => status < 300)) return "the attempt had succeeded";
      if (statuses.includes(410)) return "its endpoint wants no more events";
      // The endpoint was looked at before the claim.
      if (!mayBeGated(true, before, { at: before.claimedAt ?? at, process }, ledger))
        return "its endpoint does not hold";
      const left = before.attemptLimit - before.attempt;
      if (left <= 0) return "its attempts are spent";
      const [shortest] = retryDelayMs(settings.retryScheduleMs, left);
      if ((after.notBefore ?? 0) < at + shortest - 1) return "the wait is shorter than the schedule's";
      return (after.dueAt ?? 0) < at + HELD_FOR_MS
        ? "it is not held for a week"
        : wrongAnswer(before, after, ledger);
    },
  },
  {
    reason: "LEASE_EXPIRED",
    from: ["PROCESSING"],
    to: "PENDING",
    changes: ["unknowns", "dueAt", "notBefore", "leaseUntil"],
    wrong: (before, after, at) => {
      if ((before.leaseUntil ?? Infinity) > at) return "the lease is not over";
      if (before.attempt >= before.attemptLimit) return "its attempts are spent";
      if (after.unknowns !== before.unknowns + 1) return "the attempt is not counted as UNKNOWN";
      if (after.unknowns >= 2 && after.notBefore === undefined) {
        return "from the second UNKNOWN in a row on the next attempt has to wait";
      }
      return undefined;
    },
  },
  ...(["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED"] as const).map(
    (reason): Rule => ({
      reason,
      from: ["PROCESSING"],
      to: "FAILED",
      changes: [...FAILS, "responseStatus"],
      wrong: (before, after, at, context) =>
        wrongFailure(before, after, at, context) ?? wrongAnswer(before, after, context.ledger),
    }),
  ),
  {
    reason: "DEAD_LETTERED",
    from: ["PENDING", "QUEUED"],
    to: "FAILED",
    changes: FAILS,
    wrong: (before, _after, _at, { ledger }) =>
      unknownsInARow(ledger, before) < 3 ? "fewer than its last three attempts are UNKNOWN" : undefined,
  },
];

function wrongClaim(
  before: Message,
  after: Message,
  { usedTokens, settings }: RuleContext,
): string | undefined {
  if (after.attempt !== before.attempt + 1) return "attempt numbers go up by one";
  if (after.attempt > after.attemptLimit) return "its attempts were spent";
  if (after.responseStatus !== undefined) return "it keeps the answer to the attempt before";
  if (after.leaseUntil !== (after.claimedAt ?? 0) + settings.leaseMs) return "the lease has another length";
  return usedTokens.has(after.claimId ?? "") ? "it uses the claimId of an earlier claim" : undefined;
}

function wrongFailure(
  before: Message,
  after: Message,
  at: number,
  { ledger }: RuleContext,
): string | undefined {
  const { attempt, attemptLimit, claimId, leaseUntil = Infinity } = before;
  // An attempt whose lease is over is UNKNOWN, whatever the target may have answered to it.
  if (after.failureReason === "ATTEMPTS_EXHAUSTED" && leaseUntil <= at) {
    return attempt < attemptLimit ? "it has attempts left" : undefined;
  }
  const statuses = heardStatuses(ledger, before);
  if (statuses.some((status) => status < 300)) return "the attempt had succeeded";
  if (!ledger.attempts.get(before.messageId)?.has(`${attempt} ${claimId}`))
    return "the attempt is not recorded";
  switch (after.failureReason) {
    case "EXPIRED":
      return before.deliverBy === undefined ? "it never expires" : undefined;
    case "TARGET_REJECTED":
      // Whoever owns an endpoint repairs it while its events wait.
      if (before.endpointId !== undefined)
        return statuses.includes(410) ? undefined : "its endpoint did not say that it is gone";
      return statuses.some((status) => status < 500) ? undefined : "the target did not reject it";
    default:
      return attempt < attemptLimit ? "it has attempts left" : undefined;
  }
}

/** The answer that the message tells of its latest attempt must be one that came to it. */
function wrongAnswer(before: Message, { responseStatus }: Message, ledger: Ledger): string | undefined {
  return responseStatus === undefined || heardStatuses(ledger, before).includes(responseStatus)
    ? undefined
    : "it tells an answer that the target did not give";
}

/** What the worker that holds the message's claim was answered. */
function heardStatuses(ledger: Ledger, { messageId, claimId }: Message): number[] {
  return ledger
    .requestsOf(messageId)
    .filter((request) => request.claimId === claimId && request.heard)
    .flatMap(({ status }) => (status === undefined ? [] : [status]));
}

/** Attempts whose claim ended with nothing written, counted back from now. */
function unknownsInARow(ledger: Ledger, { messageId }: Message): number {
  let count = 0;
  for (const { before, after } of ledger.writesOf(messageId)) {
    if (before?.status !== "PROCESSING" || before.revision === after.revision) continue;
    const reason = after.history.at(-1)?.reason;
    const isUnknown = reason === "LEASE_EXPIRED" || reason === "CLAIMED";
    count = isUnknown ? count + 1 : 0;
  }
  return count;
}
