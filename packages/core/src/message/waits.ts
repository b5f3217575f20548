/** How long a message waits between its transitions, where neither its schedule nor its target says so. */
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import { MAX_DELAY_SECONDS } from "../queue/queue-definition.ts";
import { isHeld, isThrottled, type Message } from "./message.ts";

/** A rolled-back message is tried again after 1 s, 2 s, 4 s … up to this. */
const FIRST_BACKOFF_MS = SECOND;
const LONGEST_BACKOFF_MS = 5 * MINUTE;

/** The queue deadline doubles with each orphaning in a row, up to this: a real backlog is not multiplied. */
const LONGEST_QUEUE_DEADLINE_MS = 6 * HOUR;

/** How long a message that was rolled back waits before the reconciler sends it again. */
export function rollbackBackoffMs(rollbacks: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, rollbacks - 1), LONGEST_BACKOFF_MS);
}

/** How long a copy may wait to be claimed once it is visible. */
export function queueDeadlineMs(base: number, orphans: number): number {
  return Math.max(base, Math.min(base * 2 ** orphans, LONGEST_QUEUE_DEADLINE_MS));
}

/** Whether the queue can carry the rest of the wait; a longer one is waited out as PENDING. */
export function isWithinQueueDelay(
  message: Pick<Message, "notBefore" | "pendingReason">,
  now: number,
): boolean {
  const notBefore = waitsUntil(message);
  return notBefore === undefined || notBefore - now <= MAX_DELAY_SECONDS * SECOND;
}

/** Until when it has to wait. Who is released after its endpoint failed has waited for that, not for its own time. */
export function waitsUntil({
  notBefore,
  pendingReason,
}: Pick<Message, "notBefore" | "pendingReason">): number | undefined {
  return pendingReason === "ENDPOINT_FAILING" ? undefined : notBefore;
}

/**
 * Moving `dueAt` costs two write units; on the happy path acceptance has set it already. The tolerance stays below the
 * deadline itself, or a delayed copy would be overdue the moment it becomes visible.
 */
export function dueToleranceMs(baseDeadlineMs: number): number {
  return Math.min(MINUTE, baseDeadlineMs / 2);
}

/**
 * An attempt has failed, and the next one comes at its own time: nothing else is waited for. Who waits for an endpoint keeps
 * the place, and for how long already; who waits for a slot goes in turn, and so does who waits for one to be free.
 */
export function isBetweenAttempts(message: Message, now: number): boolean {
  const { status, attempt, notBefore = 0, slotAt } = message;
  const isWaiting = (status === "PENDING" || status === "QUEUED") && notBefore > now;
  return isWaiting && attempt > 0 && slotAt === undefined && !isHeld(message) && !isThrottled(message);
}
