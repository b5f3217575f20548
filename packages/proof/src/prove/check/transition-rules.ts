/**
 * The transition relation, written by hand from the design: which transition may follow from which state,
 * what it may change, and what must be true in the world for it. Nothing of the core is used but its types.
 */
import { isDeepStrictEqual } from "node:util";
import type { HistoryReason, Message, Status } from "@homing/core/message/message";
import type { Settings } from "@homing/core/settings";
import type { Ledger, WriteFact } from "../simulate/ledger.ts";
import { isHeldForNobody, mayBe, wasForgotten, wrongCopy, wrongHold, wrongSpawn } from "./delivery-rules.ts";
import {
  dueAtToleranceMs,
  HELD_FOR_MS,
  HELD_TOO_LONG_MS,
  LONGEST_DELAY_MS,
  queueDeadlineMs,
  retryDelayMs,
  rollbackBackoffMs,
} from "./expected-times.ts";
import { isHeld, mayBeGated } from "./gates.ts";
import {
  blocks,
  isAwaitingTurn,
  wrongBlocked,
  wrongRelease,
  wrongRetryInOrder,
  wrongSkip,
} from "./order-rules.ts";
import { mayBePacedAnew } from "./paced-anew.ts";

export interface RuleContext {
  readonly ledger: Ledger;
  readonly settings: Settings;
  /** Tokens that earlier enqueues and claims used. */
  readonly usedTokens: ReadonlySet<string>;
}

interface StepContext extends RuleContext {
  /** Who made the step. */
  readonly process: string;
  readonly write: WriteFact;
}

interface Rule {
  readonly reason: HistoryReason;
  readonly from: readonly Status[];
  readonly to: Status;
  /** Attributes it may change besides status, history, revision, updatedAt and its token. */
  readonly changes: ReadonlyArray<keyof Message>;
  /** What is wrong with it, if anything. `at`: when it was decided. */
  readonly wrong?: (before: Message, after: Message, at: number, context: StepContext) => string | undefined;
}

const ALWAYS: ReadonlyArray<keyof Message> = [
  "status",
  "history",
  "historyOmitted",
  "revision",
  "updatedAt",
  "writeId",
  "pendingReason",
];
const SLOT: ReadonlyArray<keyof Message> = ["slotAt", "repaced", "paceRound"];
const ENDS: ReadonlyArray<keyof Message> = [
  "finishedAt",
  "expiresAt",
  "dueAt",
  "notBefore",
  "leaseUntil",
  "sendFailingSince",
  ...SLOT,
];
const FAILS: ReadonlyArray<keyof Message> = [...ENDS, "failureReason", "unknowns"];
const CLAIMS: ReadonlyArray<keyof Message> = [
  "attempt",
  "claimId",
  "claimedAt",
  "leaseUntil",
  "responseStatus",
  ...SLOT,
];

export const RULES: readonly Rule[] = [
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
    reason: "BLOCKED",
    from: ["PENDING"],
    to: "FAILED",
    changes: FAILS,
    wrong: (before, _after, at, { ledger }) => wrongBlocked(before, at, ledger),
  },
  {
    reason: "SKIPPED",
    from: ["FAILED"],
    to: "FAILED",
    changes: ["skippedAt"],
    wrong: (before) => wrongSkip(before),
  },
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
  {
    reason: "COPY_DEAD_LETTERED",
    from: ["QUEUED"],
    to: "PENDING",
    changes: ["dueAt"],
  },
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
  ...(["ENDPOINT_PAUSED", "ENDPOINT_FAILING"] as const).map(
    (reason): Rule => ({
      reason,
      from: ["PENDING", "QUEUED"],
      to: "PENDING",
      // What it has to wait for besides is not forgotten, and no attempt is counted. It is paced anew afterwards.
      changes: ["dueAt", "sendFailingSince", ...SLOT],
      wrong: (before, after, at, { ledger, process, write }) => {
        if (after.pendingReason !== reason) return "it is held for another reason than it says";
        const isLooked = isHeld(before) && process.startsWith("reconciler");
        const wrong = isLooked
          ? wrongHoldOn(before, { at, process }, ledger)
          : wrongHold(reason, before, { at, process }, ledger);
        if (wrong) return wrong;
        if (isAskedFor(before)) return "it is held, although somebody has asked for it by hand";
        // Held on by a reconciler: of two that look at once only one writes it.
        const isLookedAt = isHeld(before) && process.startsWith("reconciler");
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

/** Only the next attempt of a delivery can be forced. */
function wrongForce(before: Message, { forcedAttempt }: Message): string | undefined {
  if (forcedAttempt === before.forcedAttempt) return undefined;
  if (before.eventId === undefined) return "a message that has no endpoint is forced";
  return forcedAttempt === before.attempt + 1 ? undefined : "another attempt than the next one is forced";
}

/** What is wrong with a write as a step of the lifecycle; undefined if nothing is. */
export function wrongStep(write: WriteFact, context: RuleContext): string | undefined {
  const { ledger } = context;
  const { before, after } = write;
  const entry = after.history.at(-1);
  if (before === undefined && after.eventId !== undefined) return wrongSpawn(write, ledger);
  if (before === undefined) {
    const isNew = after.status === "PENDING" && after.revision === 1 && entry?.reason === "ACCEPTED";
    return isNew ? undefined : "a message begins as PENDING with reason ACCEPTED";
  }
  const changed = changedAttributes(before, after);
  if (write.operation === "abandonLease") return wrongAbandonment(write, changed, context);
  if (before.revision === after.revision)
    return isAwaitingTurn(before, after, changed, ledger)
      ? undefined
      : wrongMoveOfDueAt(before, after, changed, context);
  if (after.revision !== before.revision + 1) return "a transition adds exactly 1 to the revision";
  if (entry?.from !== before.status || entry.to !== after.status)
    return "the history does not tell this step";
  const rule = RULES.find(
    ({ reason, from, to }) => reason === entry.reason && from.includes(before.status) && to === after.status,
  );
  const step = `${before.status} → ${after.status} (${entry.reason})`;
  if (!rule) return `${step} is no step of the lifecycle`;
  const stray = changed.find((attribute) => !ALWAYS.includes(attribute) && !rule.changes.includes(attribute));
  if (stray) return `${step} changed ${stray}, which is none of its business`;
  if (isHeld(before) && wasForgotten(before, write.at, ledger))
    return `${step}: what was held has been forgotten until somebody looked a week later`;
  const isOfItsEndpoint =
    (entry.reason.startsWith("ENDPOINT_") && before.status !== "PROCESSING") || write.operation === "repace";
  const wrong =
    (isOfItsEndpoint ? wrongCopy(before, write.process, ledger) : undefined) ??
    rule.wrong?.(before, after, entry.at, { ...context, process: write.process, write });
  return wrong && `${step}: ${wrong}`;
}

/** The end of a lease whose holder has ended: nothing else changes, so the attempt stays UNKNOWN and counts. */
function wrongAbandonment(
  { before, after }: WriteFact,
  changed: ReadonlyArray<keyof Message>,
  { ledger, settings }: RuleContext,
): string | undefined {
  const isEnd = changed.every((attribute) => attribute === "leaseUntil" || attribute === "writeId");
  if (!isEnd || before?.status !== "PROCESSING") return "more than a lease was ended without a transition";
  if ((after.leaseUntil ?? Infinity) > (before.claimedAt ?? 0) + settings.leaseMs)
    return "a lease is ended later than it is over";
  const claim = ledger.claimOf(before.claimId);
  if (claim?.holder.role === "listener") return "a lease is ended whose holder is a listener, which lives on";
  const isOfProcessBefore = claim && !claim.holder.alive && claim.decidedAt < ledger.restartedAt;
  return isOfProcessBefore ? undefined : "a lease is ended, and the process of its holder has not ended";
}

/**
 * Without a transition only a live lease may move `dueAt`, behind its end, so that it is not taken for a listener's, which
 * no restart ends; behind what was its end, if it has just been ended.
 */
function wrongMoveOfDueAt(
  before: Message,
  after: Message,
  changed: ReadonlyArray<keyof Message>,
  { ledger, settings }: RuleContext,
): string | undefined {
  const isMove = changed.every((attribute) => attribute === "dueAt" || attribute === "writeId");
  const leaseUntil = ledger.wasAbandoned(before.claimId)
    ? (before.claimedAt ?? 0) + settings.leaseMs
    : before.leaseUntil;
  return isMove && before.status === "PROCESSING" && after.dueAt === leaseUntil
    ? undefined
    : "something other than dueAt was changed without a transition";
}

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

/** When the message last made a transition for one of these reasons. */
function latest(ledger: Ledger, { messageId }: Message, ...reasons: HistoryReason[]): number {
  return ledger.state(messageId)?.history.findLast(({ reason }) => reasons.includes(reason))?.at ?? 0;
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

function changedAttributes(before: Message, after: Message): Array<keyof Message> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as Array<keyof Message>);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
