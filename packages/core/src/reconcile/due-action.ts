import { DAY, MINUTE } from "../duration.ts";
import { isLeaseOver } from "../message/claims.ts";
import { LONGEST_HOLD_MS } from "../message/delivery-lifecycle.ts";
import { type FailureReason, isHeld, type Message } from "../message/message.ts";

/** A run takes waiting messages this long before their time and gives the queue the rest as a delay. */
export const LOOK_AHEAD_MS = MINUTE;

/** After this long without a single send that got through, sending is given up. */
export const LONGEST_SEND_OUTAGE_MS = 7 * DAY;

export type DueAction =
  | { readonly kind: "enqueue" }
  | { readonly kind: "orphan" }
  | { readonly kind: "endLease" }
  | { readonly kind: "awaitLease" }
  /** Its endpoint decides: see `heldAction`. */
  | { readonly kind: "lookAtEndpoint" }
  | { readonly kind: "join" }
  | { readonly kind: "giveUp"; readonly reason: FailureReason };

/** What a message needs now; undefined if nothing, however it came to be looked at. */
export function dueAction(message: Message, now: number): DueAction | undefined {
  const { dueAt } = message;
  if (dueAt === undefined) return undefined;
  const isDue = dueAt <= now;
  switch (message.status) {
    case "PENDING": {
      if (message.waitsForTurn) return isDue ? waitingAction(message, now) : undefined;
      // Only a wait for a time can be handed to the queue early; any other `dueAt` says "not before".
      const waitEndsSoon = message.notBefore === dueAt && dueAt <= now + LOOK_AHEAD_MS;
      if (!isDue && !waitEndsSoon) return undefined;
      if (isHeld(message)) return isDue ? { kind: "lookAtEndpoint" } : undefined;
      const reason = hopeless(message, now);
      return reason === undefined ? { kind: "enqueue" } : { kind: "giveUp", reason };
    }
    case "QUEUED":
      return isDue ? { kind: "orphan" } : undefined;
    case "PROCESSING":
      if (isLeaseOver(message, now)) return { kind: "endLease" };
      return isDue ? { kind: "awaitLease" } : undefined;
    default:
      return undefined;
  }
}

/** O10: the reconciler joins what waits for its turn, it does not enqueue it. Once it was seen in its lane, its wait ends. */
function waitingAction({ deliverBy = Infinity, inLine }: Message, now: number): DueAction | undefined {
  if (now > deliverBy) return { kind: "giveUp", reason: "EXPIRED" };
  if (!inLine) return { kind: "join" };
  return now === deliverBy ? undefined : { kind: "giveUp", reason: "BLOCKED" };
}

function hopeless(message: Message, now: number): FailureReason | undefined {
  const startsAt = Math.max(now, message.notBefore ?? 0);
  if (message.deliverBy !== undefined && startsAt > message.deliverBy) return "EXPIRED";
  // As long as an endpoint is waited for that is paused: so many wait for this one that there was no slot for it in a month.
  const { pendingReason, slotAt, createdAt } = message;
  if (pendingReason === "THROTTLED" && slotAt === undefined && now >= createdAt + LONGEST_HOLD_MS)
    return "HELD_TOO_LONG";
  const { sendFailingSince } = message;
  const gaveItAWeek = sendFailingSince !== undefined && now - sendFailingSince >= LONGEST_SEND_OUTAGE_MS;
  return gaveItAWeek ? "SEND_EXHAUSTED" : undefined;
}
