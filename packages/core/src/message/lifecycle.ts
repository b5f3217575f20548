/**
 * The lifecycle: every transition a message can make, each as one conditional write. Pure: a function takes
 * what was read, the event and the time, and answers the write to try. The comments name the guard (G1 to
 * G17, and O1 to O21 of order, docs/guarantees.md) that each condition is there for. What is only for messages that wait
 * for each other is in `lane/turns.ts`.
 */
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import { blocksLane } from "../lane/judge.ts";
import { MAX_DELAY_SECONDS } from "../queue/queue-definition.ts";
import { appendHistory, HISTORY_FIRST, HISTORY_LATEST } from "./history.ts";
import {
  type FailureReason,
  failedOf,
  type HistoryReason,
  isDelivery,
  isHeld,
  type Message,
  type PendingReason,
  resolvedOf,
  type SendErrorCode,
  type Status,
} from "./message.ts";
import { type Condition, listGroupAfter, type Token, type Transition } from "./transition.ts";

/** A rolled-back message is tried again after 1 s, 2 s, 4 s … up to this. */
const FIRST_BACKOFF_MS = SECOND;
const LONGEST_BACKOFF_MS = 5 * MINUTE;

/** The queue deadline doubles with each orphaning in a row, up to this: a real backlog is not multiplied. */
const LONGEST_QUEUE_DEADLINE_MS = 6 * HOUR;

/** From this many unknown attempts in a row the next one waits by the schedule. */
const UNKNOWNS_BEFORE_WAITING = 2;

/** What every transition needs to know besides the message. */
export interface Occasion {
  readonly now: number;
  readonly correlationId: string;
  /** A fresh random value, never used before: the token by which this write recognises itself. */
  readonly token: string;
}

/** How long a message that was rolled back waits before the reconciler sends it again. */
export function rollbackBackoffMs(rollbacks: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, rollbacks - 1), LONGEST_BACKOFF_MS);
}

/** How long a copy may wait to be claimed once it is visible. */
export function queueDeadlineMs(base: number, orphans: number): number {
  return Math.max(base, Math.min(base * 2 ** orphans, LONGEST_QUEUE_DEADLINE_MS));
}

/** Whether the queue can carry the rest of the wait; a longer one is waited out as PENDING. */
export function isWithinQueueDelay(message: Pick<Message, "notBefore">, now: number): boolean {
  return message.notBefore === undefined || message.notBefore - now <= MAX_DELAY_SECONDS * SECOND;
}

/**
 * Moving `dueAt` costs two write units; on the happy path acceptance has set it already. The tolerance stays below the
 * deadline itself, or a delayed copy would be overdue the moment it becomes visible.
 */
export function dueToleranceMs(baseDeadlineMs: number): number {
  return Math.min(MINUTE, baseDeadlineMs / 2);
}

/** PENDING → QUEUED. The caller then sends the copy, or rolls back. */
export function enqueue(message: Message, occasion: Occasion, baseDeadlineMs: number): Transition {
  const { now } = occasion;
  // G4: the deadline counts from when the copy becomes visible.
  const deadline = Math.max(now, message.notBefore ?? 0) + queueDeadlineMs(baseDeadlineMs, message.orphans);
  // One that was held is due in days: nobody would miss its copy until then.
  const later = deadline > (message.dueAt ?? 0) + dueToleranceMs(baseDeadlineMs) || isHeld(message);
  return build("enqueue", message, occasion, {
    // G5: guarded by what was read. G7: every enqueue makes a new sendId.
    when: { status: ["PENDING"], revision: message.revision },
    token: { attribute: "sendId", value: occasion.token },
    to: "QUEUED",
    reason: "ENQUEUED",
    set: { sends: message.sends + 1, ...(later ? { dueAt: deadline } : {}) },
    remove: ["pendingReason"],
  });
}

/** QUEUED → PENDING after a failed send. `message` is what the enqueue's write returned. */
export function rollback(
  message: Message,
  occasion: Occasion,
  sendId: string,
  errorCode: SendErrorCode,
): Transition {
  const rollbacks = message.rollbacks + 1;
  const retryAt = occasion.now + rollbackBackoffMs(rollbacks);
  return build("rollback", message, occasion, {
    // G6: only the send that failed is undone, never somebody else's later one.
    when: { status: ["QUEUED"], sendId },
    to: "PENDING",
    reason: "SEND_FAILED",
    pendingReason: "SEND_FAILED",
    // G3: notBefore is kept. G17: dueAt backs off.
    set: {
      rolledBackAt: occasion.now,
      rollbacks,
      lastErrorCode: errorCode,
      sendFailingSince: message.sendFailingSince ?? occasion.now,
      dueAt: Math.max(retryAt, message.notBefore ?? 0),
    },
    indexes: { listGroup: "ROLLED_BACK" },
  });
}

/**
 * QUEUED or PENDING → PROCESSING, decided by the copy alone: the worker has read nothing.
 * PENDING too (G2): a send whose answer was lost was rolled back, and its copy still delivers.
 */
export function claim(copyAttempt: number, occasion: Occasion, leaseMs: number): Transition {
  return {
    name: "claim",
    // G1: the copy starts one attempt and no other. The sendId would starve a message in a backlog (G1').
    // O1: a copy of an earlier round starts nothing out of turn.
    when: { status: ["QUEUED", "PENDING"], attempt: copyAttempt - 1, waitsForTurn: false },
    // G15: a refused claim is one's own only by its random token.
    token: { attribute: "claimId", value: occasion.token },
    set: {
      status: "PROCESSING",
      attempt: copyAttempt,
      claimedAt: occasion.now,
      leaseUntil: occasion.now + leaseMs,
      orphans: 0,
      updatedAt: occasion.now,
    },
    // A new attempt, which has no answer yet.
    remove: ["notBefore", "pendingReason", "sendFailingSince", "responseStatus"],
    entry: { at: occasion.now, to: "PROCESSING", reason: "CLAIMED" },
    // It may have been held by another copy, whose worker knew the endpoint as paused.
    attention: null,
  };
}

/**
 * PROCESSING → PROCESSING: SQS handed the copy out again after its worker died. Undefined if this copy may
 * not take over: another attempt is current, the lease lives, the budget is spent, or the last two attempts
 * are unknown and the next has to wait.
 */
export function takeOver(
  message: Message,
  copyAttempt: number,
  occasion: Occasion,
  leaseMs: number,
): Transition | undefined {
  const mayTakeOver =
    message.status === "PROCESSING" &&
    message.attempt === copyAttempt &&
    isLeaseOver(message, occasion.now) &&
    message.attempt < message.attemptLimit &&
    message.unknowns + 1 < UNKNOWNS_BEFORE_WAITING;
  if (!mayTakeOver || message.claimId === undefined) return undefined;
  return build("takeOver", message, occasion, {
    when: {
      status: ["PROCESSING"],
      claimId: message.claimId,
      attempt: copyAttempt,
      leaseOverAt: occasion.now,
      attemptsLeft: true,
    },
    token: { attribute: "claimId", value: occasion.token },
    to: "PROCESSING",
    reason: "CLAIMED",
    set: {
      attempt: copyAttempt + 1,
      unknowns: message.unknowns + 1,
      claimedAt: occasion.now,
      leaseUntil: occasion.now + leaseMs,
    },
    remove: ["responseStatus"],
  });
}

/** What the target answered to the attempt, if it did. */
type Answer = Pick<Message, "responseStatus">;

/** PROCESSING → COMPLETED. The whole attempt is kept in the message if this was the only one. */
export function complete(
  message: Message,
  occasion: Occasion,
  claimId: string,
  retentionMs: number,
  kept: Pick<Message, "firstAttempt"> | Answer = {},
): Transition {
  return build("complete", message, occasion, {
    when: underClaim(claimId),
    to: "COMPLETED",
    reason: "DELIVERED",
    set: { ...finish(occasion, retentionMs), unknowns: 0, ...kept },
    remove: FINISHED_WITHOUT,
  });
}

/** PROCESSING → FAILED: a permanent failure, or the last attempt. */
export function fail(
  message: Message,
  occasion: Occasion,
  claimId: string,
  retentionMs: number,
  reason: FailureReason,
  answer: Answer = {},
): Transition {
  return build("fail", message, occasion, {
    when: underClaim(claimId),
    to: "FAILED",
    reason,
    set: { ...finish(occasion, retentionMs), failureReason: reason, unknowns: 0, ...answer },
    remove: FINISHED_WITHOUT,
  });
}

/** PROCESSING → PENDING until `nextAttemptAt`. */
export function retryLater(
  message: Message,
  occasion: Occasion,
  claimId: string,
  nextAttemptAt: number,
  answer: Answer = {},
): Transition {
  return build("retryLater", message, occasion, {
    when: underClaim(claimId),
    to: "PENDING",
    reason: "RETRY",
    pendingReason: "RETRY",
    set: { notBefore: nextAttemptAt, dueAt: nextAttemptAt, unknowns: 0, ...answer },
    remove: ["leaseUntil"],
  });
}

/**
 * PROCESSING → PENDING, or FAILED once the budget is spent (G16), when a claim outlived its lease.
 * `delayMs` is the schedule's delay before the next attempt, which counts from the second unknown in a row.
 */
export function leaseOver(
  message: Message,
  occasion: Occasion,
  retentionMs: number,
  delayMs: number,
): Transition | undefined {
  if (message.status !== "PROCESSING" || message.claimId === undefined || !isLeaseOver(message, occasion.now))
    return undefined;
  // G9: the claim that was read, and only once its lease is over.
  const when: Condition = { status: ["PROCESSING"], claimId: message.claimId, leaseOverAt: occasion.now };
  const unknowns = message.unknowns + 1;
  if (message.attempt >= message.attemptLimit) {
    return build("leaseOver", message, occasion, {
      when,
      to: "FAILED",
      reason: "ATTEMPTS_EXHAUSTED",
      set: { ...finish(occasion, retentionMs), failureReason: "ATTEMPTS_EXHAUSTED", unknowns },
      remove: FINISHED_WITHOUT,
    });
  }
  const waits = unknowns >= UNKNOWNS_BEFORE_WAITING;
  const nextAttemptAt = occasion.now + delayMs;
  return build("leaseOver", message, occasion, {
    when,
    to: "PENDING",
    reason: "LEASE_EXPIRED",
    pendingReason: "LEASE_EXPIRED",
    set: {
      unknowns,
      dueAt: waits ? nextAttemptAt : occasion.now,
      ...(waits ? { notBefore: nextAttemptAt } : {}),
    },
    remove: ["leaseUntil"],
  });
}

/** The same message, its `dueAt` moved to the end of its live lease. No transition, so no history. */
export function awaitLease(message: Message, occasion: Occasion): Transition | undefined {
  const { claimId, leaseUntil } = message;
  if (message.status !== "PROCESSING" || claimId === undefined || leaseUntil === undefined) return undefined;
  return {
    name: "awaitLease",
    when: { status: ["PROCESSING"], claimId },
    token: { attribute: "writeId", value: occasion.token },
    set: { dueAt: leaseUntil },
    remove: [],
  };
}

/**
 * The same message, its live lease over from now on: whoever held the claim that was read is known to have ended, and
 * nothing can leave it any more. No transition, so no history: those that may follow ask for a lease that is over, as
 * ever.
 */
export function abandonLease(message: Message, occasion: Occasion): Transition | undefined {
  const { claimId, dueAt, leaseUntil } = message;
  if (message.status !== "PROCESSING" || claimId === undefined || isLeaseOver(message, occasion.now))
    return undefined;
  // As a listener takes it (`take`): that one is somewhere else, and lives on.
  if (dueAt === leaseUntil) return undefined;
  return {
    name: "abandonLease",
    when: { status: ["PROCESSING"], claimId },
    token: { attribute: "writeId", value: occasion.token },
    set: { leaseUntil: occasion.now },
    remove: [],
  };
}

/** QUEUED → PENDING, due now: no copy was claimed by the deadline. */
export function orphan(message: Message, occasion: Occasion): Transition | undefined {
  const overdue = message.dueAt !== undefined && message.dueAt <= occasion.now;
  if (message.status !== "QUEUED" || message.sendId === undefined || !overdue) return undefined;
  return build("orphan", message, occasion, {
    // G8: of two reconcilers that saw the same message, the second must not undo the first one's send.
    when: { status: ["QUEUED"], sendId: message.sendId },
    to: "PENDING",
    reason: "ORPHANED",
    pendingReason: "ORPHANED",
    // G3: notBefore is kept. A message that stayed QUEUED was not refused by SQS: the streak of failed sends ends.
    set: { orphans: message.orphans + 1, dueAt: occasion.now },
    remove: ["sendFailingSince"],
  });
}

/** PENDING → FAILED, when sending it is pointless or impossible. */
export function giveUp(
  message: Message,
  occasion: Occasion,
  retentionMs: number,
  reason: FailureReason,
): Transition {
  return build("giveUp", message, occasion, {
    when: { status: ["PENDING"], revision: message.revision },
    to: "FAILED",
    reason,
    set: { ...finish(occasion, retentionMs), failureReason: reason },
    remove: FINISHED_WITHOUT,
  });
}

/** PENDING or QUEUED → FAILED: the copy came to the dead-letter queue and the last attempts all vanished. */
export function deadLetter(
  message: Message,
  copyAttempt: number,
  occasion: Occasion,
  retentionMs: number,
): Transition {
  return build("deadLetter", message, occasion, {
    // G14: an old copy must not fail a message that has moved on.
    when: { status: ["PENDING", "QUEUED"], attempt: copyAttempt - 1, revision: message.revision },
    to: "FAILED",
    reason: "DEAD_LETTERED",
    set: { ...finish(occasion, retentionMs), failureReason: "DEAD_LETTERED" },
    remove: FINISHED_WITHOUT,
  });
}

/** QUEUED → PENDING, due now: its copy came to the dead-letter queue through no fault of the message. */
export function returnDeadLettered(message: Message, copyAttempt: number, occasion: Occasion): Transition {
  return build("returnDeadLettered", message, occasion, {
    when: { status: ["QUEUED"], attempt: copyAttempt - 1, revision: message.revision },
    to: "PENDING",
    reason: "COPY_DEAD_LETTERED",
    pendingReason: "COPY_DEAD_LETTERED",
    set: { dueAt: occasion.now },
  });
}

/**
 * Waiting PENDING or QUEUED → PENDING, due now. Undefined if the message waits neither for a time nor for its endpoint,
 * but for a PENDING delivery: somebody asks for it by hand, so it is made in whatever state its endpoint is.
 */
export function sendNow(message: Message, occasion: Occasion): Transition | undefined {
  const { status, notBefore } = message;
  const waits =
    (status === "PENDING" || status === "QUEUED") && notBefore !== undefined && notBefore > occasion.now;
  if (!waits && !isHeld(message) && !(status === "PENDING" && mayBeForced(message))) return undefined;
  return build("sendNow", message, occasion, {
    when: { status: ["PENDING", "QUEUED"], revision: message.revision },
    to: "PENDING",
    reason: "MANUAL_RETRY",
    pendingReason: "MANUAL_RETRY",
    set: { dueAt: occasion.now, ...forcedAttempt(message) },
    remove: ["notBefore"],
  });
}

/**
 * FAILED → PENDING with a new budget. Attempt numbers go on (G12): one number never means two requests. `forced`:
 * somebody has asked for this one message, so a delivery is made in whatever state its endpoint is.
 */
export function manualRetry(
  message: Message,
  occasion: Occasion,
  attemptsPerRound: number,
  { forced }: { readonly forced: boolean } = { forced: false },
): Transition {
  return build("manualRetry", message, occasion, {
    when: { status: ["FAILED"], revision: message.revision },
    to: "PENDING",
    reason: "MANUAL_RETRY",
    pendingReason: "MANUAL_RETRY",
    set: {
      attemptLimit: message.attempt + attemptsPerRound,
      dueAt: occasion.now,
      unknowns: 0,
      orphans: 0,
      ...(forced ? forcedAttempt(message) : {}),
    },
    remove: [
      ...(["expiresAt", "notBefore", "finishedAt", "failureReason", "sendFailingSince"] as const),
      ...(message.resolvedAt === undefined ? [] : (["resolvedAt"] as const)),
    ],
    indexes: { listGroup: listGroupAfter(message, "PENDING"), attention: null },
  });
}

/**
 * FAILED → FAILED: somebody has dealt with it. Undefined unless it has failed, was not resolved before, and holds up
 * nobody: those behind it would still wait for somebody to decide.
 */
export function resolve(message: Message, occasion: Occasion): Transition | undefined {
  if (message.status !== "FAILED" || message.resolvedAt !== undefined || blocksLane(message))
    return undefined;
  return build("resolve", message, occasion, {
    when: { status: ["FAILED"], revision: message.revision },
    to: "FAILED",
    reason: "RESOLVED",
    set: { resolvedAt: occasion.now },
    indexes: { attention: resolvedOf(message.senderId) },
  });
}

function mayBeForced(message: Message): boolean {
  return isDelivery(message) && message.forcedAttempt !== message.attempt + 1;
}

function forcedAttempt(message: Message): Pick<Message, "forcedAttempt"> {
  return isDelivery(message) ? { forcedAttempt: message.attempt + 1 } : {};
}

/**
 * PENDING or QUEUED → CANCELLED. A copy that is still under way finds its claim refused. With a `revision` only as
 * the message was then: for who chose it for more than its id.
 */
export function cancel(occasion: Occasion, retentionMs: number, revision?: number): Transition {
  return {
    name: "cancel",
    when: { status: ["PENDING", "QUEUED"], ...(revision === undefined ? {} : { revision }) },
    token: { attribute: "writeId", value: occasion.token },
    set: { status: "CANCELLED", updatedAt: occasion.now, ...finish(occasion, retentionMs) },
    remove: FINISHED_WITHOUT,
    entry: { at: occasion.now, to: "CANCELLED", reason: "CANCELLED", correlationId: occasion.correlationId },
    listGroup: "CANCELLED",
    attention: null,
  };
}

export function isLeaseOver(message: Pick<Message, "leaseUntil">, now: number): boolean {
  return message.leaseUntil !== undefined && message.leaseUntil <= now;
}

/** Unfinished ⇔ `dueAt`: a finished message waits for nothing. */
export const FINISHED_WITHOUT = [
  "dueAt",
  "notBefore",
  "leaseUntil",
  "pendingReason",
  "sendFailingSince",
] as const;

/** G10, G11: an outcome belongs to the claim that produced it, while the message is being processed. */
function underClaim(claimId: string): Condition {
  return { status: ["PROCESSING"], claimId };
}

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

/**
 * A transition of a message that was read: its whole history is known, so a full one can be shortened. For this module
 * and `lane/turns.ts`.
 */
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
      return { ...(isHeld(message) ? { attention: null } : {}), ...step.indexes };
  }
}
