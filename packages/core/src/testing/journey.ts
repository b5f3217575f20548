/** Every transition of the lifecycle under a name, so that a test can say which way a message has come. */
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import * as Turns from "../lane/turns.ts";
import * as Claims from "../message/claims.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Attempt, Message } from "../message/message.ts";
import type { Occasion } from "../message/step.ts";
import type { Transition } from "../message/transition.ts";
import { nextToken } from "./tokens.ts";

export const DEADLINE_MS = 15 * MINUTE;
export const LEASE_MS = MINUTE;
export const RETENTION_MS = 30 * DAY;

type Make = (message: Message, occasion: Occasion) => Transition | undefined;

interface Step {
  readonly make: Make;
  /** When the step happens; a second after the last change if it does not matter. */
  readonly at?: (message: Message) => number | undefined;
}

const FIRST_ATTEMPT: Omit<Attempt, "claimId" | "startedAt"> = {
  number: 1,
  outcome: "SUCCEEDED",
  durationMs: 102,
  responseStatus: 200,
  responseHeaders: { "content-type": "text/plain" },
  responseBody: "thanks 👍",
  responseTruncated: false,
  decision: { rule: "STATUS_2XX", action: "COMPLETE", explanation: "The target answered 200." },
};

const claimOf = (message: Message): string => message.claimId ?? "none";

const steps = {
  enqueue: { make: (message, at) => Lifecycle.enqueue(message, at, DEADLINE_MS) },
  rollback: {
    make: (message, at) => Lifecycle.rollback(message, at, message.sendId ?? "none", "QUEUE_UNAVAILABLE"),
  },
  claim: { make: (message, at) => Claims.claim(message.attempt + 1, at, LEASE_MS) },
  takeOver: {
    make: (message, at) => Claims.takeOver(message, message.attempt, at, LEASE_MS),
    at: (message) => message.leaseUntil,
  },
  complete: {
    make: (message, at) =>
      Lifecycle.complete(message, at, claimOf(message), RETENTION_MS, { responseStatus: 201 }),
  },
  completeFirst: {
    make: (message, at) =>
      Lifecycle.complete(message, at, claimOf(message), RETENTION_MS, {
        firstAttempt: { ...FIRST_ATTEMPT, claimId: claimOf(message), startedAt: at.now },
      }),
  },
  fail: {
    make: (message, at) =>
      Lifecycle.fail(message, at, claimOf(message), RETENTION_MS, "TARGET_REJECTED", {
        responseStatus: 404,
      }),
  },
  retryLater: {
    make: (message, at) =>
      Lifecycle.retryLater(message, at, claimOf(message), at.now + 2 * HOUR, { responseStatus: 503 }),
  },
  retrySoon: {
    make: (message, at) => Lifecycle.retryLater(message, at, claimOf(message), at.now + 5 * SECOND),
  },
  leaseOver: {
    make: (message, at) => Claims.leaseOver(message, at, RETENTION_MS, 30 * MINUTE),
    at: (message) => message.leaseUntil,
  },
  awaitLease: { make: Claims.awaitLease },
  orphan: { make: Lifecycle.orphan, at: (message) => message.dueAt },
  giveUp: { make: (message, at) => Lifecycle.giveUp(message, at, RETENTION_MS, "PAYLOAD_MISSING") },
  deadLetter: {
    make: (message, at) => Lifecycle.deadLetter(message, message.attempt + 1, at, RETENTION_MS),
  },
  returnDeadLettered: {
    make: (message, at) => Lifecycle.returnDeadLettered(message, message.attempt + 1, at),
  },
  sendNow: { make: Lifecycle.sendNow },
  resolve: { make: (message, at) => Lifecycle.resolve(message, at) },
  manualRetry: { make: (message, at) => Lifecycle.manualRetry(message, at, 10) },
  cancel: { make: (_message, at) => Lifecycle.cancel(at, RETENTION_MS) },
  release: { make: (message, at) => Turns.release(message, at, DEADLINE_MS, 1_764_153_600_018) },
  awaitTurn: { make: Turns.awaitTurn },
  retryInLane: { make: (message, at) => Turns.retry(message, at, 10) },
  skip: { make: Turns.skip },
} satisfies Record<string, Step>;

export type StepName = keyof typeof steps;

/** The transition that a step tries on a message, at its time. */
export function stepOf(name: StepName, message: Message): Transition {
  const step: Step = steps[name];
  const now = Math.max(message.updatedAt + SECOND, step.at?.(message) ?? 0);
  const transition = step.make(message, { now, correlationId: `at-${name}`, token: nextToken() });
  if (!transition) throw new Error(`The lifecycle offers no ${name} from ${message.status}.`);
  return transition;
}

/** Ways through the lifecycle that take every transition from every status it starts from, at least once. */
export const JOURNEYS: Readonly<Record<string, readonly StepName[]>> = {
  "delivered at the first attempt": ["enqueue", "claim", "completeFirst"],
  "delivered after a retry": ["enqueue", "claim", "retryLater", "enqueue", "claim", "complete"],
  "rolled back, sent again": ["enqueue", "rollback", "enqueue", "rollback", "enqueue", "claim", "fail"],
  "claimed after its rollback": ["enqueue", "rollback", "claim", "completeFirst"],
  "orphaned twice": ["enqueue", "orphan", "enqueue", "orphan", "enqueue", "claim", "complete"],
  "taken over": ["enqueue", "claim", "takeOver", "complete"],
  "its lease over twice": ["enqueue", "claim", "leaseOver", "enqueue", "claim", "leaseOver", "sendNow"],
  "its lease awaited": ["enqueue", "claim", "awaitLease", "leaseOver"],
  "given up, then retried by hand": ["giveUp", "manualRetry", "enqueue", "claim", "complete"],
  "rolled back, given up, retried by hand": ["enqueue", "rollback", "giveUp", "manualRetry", "cancel"],
  "failed, retried, failed, retried": ["claim", "fail", "manualRetry", "claim", "fail", "manualRetry"],
  "dead-lettered while queued": ["enqueue", "deadLetter", "manualRetry"],
  "dead-lettered while pending": ["deadLetter"],
  "its copy dead-lettered": ["enqueue", "returnDeadLettered", "enqueue", "claim", "complete"],
  "sent now while pending": ["claim", "retryLater", "sendNow", "enqueue"],
  "sent now while queued": ["claim", "retrySoon", "enqueue", "sendNow", "enqueue", "claim", "complete"],
  "a retry whose send fails": ["claim", "retrySoon", "enqueue", "rollback", "enqueue", "orphan", "enqueue"],
  "cancelled while pending": ["cancel"],
  "cancelled while queued": ["enqueue", "cancel"],
  "cancelled while waiting": ["claim", "retryLater", "cancel"],
  "rolled back, then cancelled": ["enqueue", "rollback", "cancel"],
  "failed, resolved, retried by hand": [
    "claim",
    "fail",
    "resolve",
    "manualRetry",
    "claim",
    "fail",
    "resolve",
  ],
};

/** The same of messages that wait for each other, beginning with `buildWaiting`. */
export const JOURNEYS_IN_LANES: Readonly<Record<string, readonly StepName[]>> = {
  "its turn come at once": ["release", "claim", "completeFirst"],
  "its turn come after a wait": ["awaitTurn", "release", "rollback", "enqueue", "claim", "complete"],
  "given up while it waits, retried in its place": ["awaitTurn", "giveUp", "retryInLane", "awaitTurn"],
  "failed, retried in its place": ["release", "claim", "fail", "retryInLane", "enqueue", "claim"],
  "failed, skipped, retried at the end": ["release", "claim", "fail", "skip", "retryInLane", "release"],
  "cancelled while it waits": ["awaitTurn", "cancel"],
};
