/**
 * The transitions of messages that wait for each other, beside those of every message in `message/lifecycle.ts`: pure
 * functions in the same way. The comments name the guard (O1 to O21, docs/guarantees.md) that each condition is there for.
 */
import { DAY } from "../duration.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import { build, type Occasion } from "../message/step.ts";
import type { Transition } from "../message/transition.ts";
import { dueToleranceMs, queueDeadlineMs } from "../message/waits.ts";
import { blocksLane } from "./judge.ts";
import type { LaneKey } from "./lane.ts";

/** No message waits longer for its turn. Its data live longer, and its lane too. */
export const LONGEST_WAIT_MS = 14 * DAY;

/** A message that stands in a lane. */
export type OrderedMessage = Message & LaneKey;

export function isOrdered(message: Message): message is OrderedMessage {
  return message.orderingKey !== undefined;
}

/** PENDING → QUEUED: the enqueue of what waited for its turn, for whoever saw it at the head of its lane. */
export function release(
  message: Message,
  occasion: Occasion,
  baseDeadlineMs: number,
  sequence: number,
): Transition {
  // O3: guarded by what was read, as every enqueue is.
  const enqueued = Lifecycle.enqueue(message, occasion, baseDeadlineMs);
  const deadline = occasion.now + queueDeadlineMs(baseDeadlineMs, message.orphans);
  // O15: a far `dueAt` comes near, that of a joiner too who is moving it away just now (`awaitTurn`): a near one is written
  // again as it was read, which costs nothing.
  const { dueAt = 0 } = message;
  const isOff = Math.abs(dueAt - deadline) > dueToleranceMs(baseDeadlineMs);
  return {
    ...enqueued,
    name: "release",
    when: { ...enqueued.when, waitsForTurn: true },
    set: { ...enqueued.set, sequence, dueAt: isOff ? deadline : dueAt },
    remove: [...enqueued.remove, "waitsForTurn", "inLine"],
  };
}

/**
 * The same message, its `dueAt` moved to the end of its wait: it was seen in its lane, whose own `dueAt` moves it from now
 * on. No transition: it would take the revision from a release under way. Undefined if that has been done.
 */
export function awaitTurn(message: Message, occasion: Occasion): Transition | undefined {
  if (message.status !== "PENDING" || !message.waitsForTurn || message.inLine) return undefined;
  return {
    name: "awaitTurn",
    // O16: a later round stands elsewhere, or nowhere yet.
    when: { status: ["PENDING"], revision: message.revision, waitsForTurn: true },
    token: { attribute: "writeId", value: occasion.token },
    set: {
      inLine: true,
      dueAt: Math.min(message.deliverBy ?? Number.POSITIVE_INFINITY, occasion.now + LONGEST_WAIT_MS),
    },
    remove: [],
  };
}

/**
 * FAILED → PENDING. One that blocks its lane keeps its place (O8), and goes on at once if it had its turn. Any other was
 * passed: it begins a new round at the end of the line (O7).
 */
export function retry(message: Message, occasion: Occasion, attemptsPerRound: number): Transition {
  const retried = Lifecycle.manualRetry(message, occasion, attemptsPerRound);
  const waits = { pendingReason: "WAITING_FOR_PREVIOUS", waitsForTurn: true } as const;
  if (blocksLane(message)) {
    return {
      ...retried,
      name: "retryInPlace",
      set: { ...retried.set, ...(message.waitsForTurn ? waits : {}) },
      remove: [...retried.remove, "inLine"],
    };
  }
  return {
    ...retried,
    name: "retryAtEnd",
    set: { ...retried.set, ...waits, round: (message.round ?? 0) + 1 },
    remove: [...retried.remove, "inLine", "skippedAt", "sequence"],
  };
}

/** FAILED → FAILED: those behind it no longer wait for it. Undefined unless they do. */
export function skip(message: Message, occasion: Occasion): Transition | undefined {
  if (!blocksLane(message)) return undefined;
  return build("skip", message, occasion, {
    when: { status: ["FAILED"], revision: message.revision },
    to: "FAILED",
    reason: "SKIPPED",
    set: { skippedAt: occasion.now },
  });
}
