/**
 * The transitions of a claim, by which one worker has a message to itself until its lease is over: pure, and each one
 * conditional write, as all of `lifecycle.ts`.
 */
import type { Message } from "./message.ts";
import { SLOT } from "./slot.ts";
import { build, FINISHED_WITHOUT, finish, type Occasion } from "./step.ts";
import type { Condition, Transition } from "./transition.ts";

/** From this many unknown attempts in a row the next one waits by the schedule. */
const UNKNOWNS_BEFORE_WAITING = 2;

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
    remove: ["notBefore", "pendingReason", "sendFailingSince", "responseStatus", ...SLOT],
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
  const { claimId } = message;
  if (message.status !== "PROCESSING" || claimId === undefined || isLeaseOver(message, occasion.now))
    return undefined;
  // That one is somewhere else, and lives on.
  if (claimId.startsWith(LISTENERS)) return undefined;
  return {
    name: "abandonLease",
    when: { status: ["PROCESSING"], claimId },
    token: { attribute: "writeId", value: occasion.token },
    set: { leaseUntil: occasion.now },
    remove: [],
  };
}

/** Its name says whose a claim is: no time does, as those of a worker's can be the same. */
const LISTENERS = "listener-";

/** The token of a claim that a listener makes (`take`). */
export function listenersClaimId(token: string): string {
  return `${LISTENERS}${token}`;
}

export function isLeaseOver(message: Pick<Message, "leaseUntil">, now: number): boolean {
  return message.leaseUntil !== undefined && message.leaseUntil <= now;
}
