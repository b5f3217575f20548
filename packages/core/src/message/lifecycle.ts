/**
 * The lifecycle: every transition a message can make, each as one conditional write. Pure: a function takes
 * what was read, the event and the time, and answers the write to try. The comments name the guard (G1 to
 * G17, and O1 to O21 of order, docs/guarantees.md) that each condition is there for. Beside these: what a worker's claim
 * and its lease are (`claims.ts`), what only deliveries of events do (`delivery-lifecycle.ts`), and what only messages
 * do that wait for each other (`lane/turns.ts`).
 */
import { blocksLane } from "../lane/judge.ts";
import {
  type FailureReason,
  isDelivery,
  isHeld,
  type Message,
  resolvedOf,
  type SendErrorCode,
} from "./message.ts";
import type { Slot } from "./slot.ts";
import { build, FINISHED_WITHOUT, finish, type Occasion } from "./step.ts";
import { type Condition, listGroupAfter, type Transition } from "./transition.ts";
import {
  dueToleranceMs,
  isBetweenAttempts,
  queueDeadlineMs,
  rollbackBackoffMs,
  waitsUntil,
} from "./waits.ts";

/**
 * PENDING → QUEUED. The caller then sends the copy, or rolls back. `slot`: what it was given in its endpoint's pace.
 * `anew`: whatever slot it had counts no longer.
 */
export function enqueue(
  message: Message,
  occasion: Occasion,
  baseDeadlineMs: number,
  slot?: Slot,
  anew = false,
): Transition {
  const { now } = occasion;
  const waits = anew ? undefined : waitsUntil(message);
  const notBefore = slot?.notBefore ?? waits ?? 0;
  const forgets = slot?.notBefore === undefined && waits !== message.notBefore;
  // G4: the deadline counts from when the copy becomes visible.
  const deadline = Math.max(now, notBefore) + queueDeadlineMs(baseDeadlineMs, message.orphans);
  // One that was held, or put off, is due in days: nobody would miss its copy until then.
  const isNear = !isHeld(message) && !anew;
  const later = deadline > (message.dueAt ?? 0) + dueToleranceMs(baseDeadlineMs) || !isNear;
  return build("enqueue", message, occasion, {
    // G5: guarded by what was read. G7: every enqueue makes a new sendId.
    when: { status: ["PENDING"], revision: message.revision },
    token: { attribute: "sendId", value: occasion.token },
    to: "QUEUED",
    reason: "ENQUEUED",
    set: { sends: message.sends + 1, ...slot, ...(later ? { dueAt: deadline } : {}) },
    remove: [
      "pendingReason",
      ...(forgets ? (["notBefore"] as const) : []),
      ...(anew ? (["slotAt", "repaced"] as const).filter((name) => slot?.[name] === undefined) : []),
      ...(message.paceRound === undefined ? [] : (["paceRound"] as const)),
    ],
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
 * Waiting PENDING or QUEUED → PENDING, due now. `forced`: somebody asks for this one message by hand, so a delivery is made
 * in whatever state its endpoint is; undefined if it does not wait for a time, nor for its endpoint, nor is a PENDING
 * delivery. Else undefined unless it waits for its next attempt alone.
 */
export function sendNow(
  message: Message,
  occasion: Occasion,
  { forced }: { readonly forced: boolean } = { forced: true },
): Transition | undefined {
  const { status, notBefore } = message;
  const waits =
    (status === "PENDING" || status === "QUEUED") && notBefore !== undefined && notBefore > occasion.now;
  const mayGo = waits || isHeld(message) || (status === "PENDING" && mayBeForced(message));
  if (forced ? !mayGo : !isBetweenAttempts(message, occasion.now)) return undefined;
  return build("sendNow", message, occasion, {
    when: { status: ["PENDING", "QUEUED"], revision: message.revision },
    to: "PENDING",
    reason: "MANUAL_RETRY",
    pendingReason: "MANUAL_RETRY",
    set: { dueAt: occasion.now, ...(forced ? forcedAttempt(message) : {}) },
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

/** G10, G11: an outcome belongs to the claim that produced it, while the message is being processed. */
export function underClaim(claimId: string): Condition {
  return { status: ["PROCESSING"], claimId };
}
