/** The message: what a producer gave us, and everything that has happened to it since. */

export const STATUSES = ["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"] as const;
export type Status = (typeof STATUSES)[number];

export const PENDING_REASONS = [
  "ACCEPTED",
  "SCHEDULED",
  "SEND_FAILED",
  "ORPHANED",
  "LEASE_EXPIRED",
  "RETRY",
  "MANUAL_RETRY",
  "COPY_DEAD_LETTERED",
  "ENDPOINT_PAUSED",
  "ENDPOINT_FAILING",
  "THROTTLED",
  "WAITING_FOR_PREVIOUS",
] as const;
export type PendingReason = (typeof PENDING_REASONS)[number];

/** Why a message waits for its endpoint: until that is activated, or is well again. */
export const HOLD_REASONS = [
  "ENDPOINT_PAUSED",
  "ENDPOINT_FAILING",
] as const satisfies readonly PendingReason[];
export type HoldReason = (typeof HOLD_REASONS)[number];

export const FAILURE_REASONS = [
  "TARGET_REJECTED",
  "ATTEMPTS_EXHAUSTED",
  "TARGET_NOT_ALLOWED",
  "EXPIRED",
  "SEND_EXHAUSTED",
  "SEND_REJECTED",
  "PAYLOAD_MISSING",
  "DEAD_LETTERED",
  "ENDPOINT_DISABLED",
  "HELD_TOO_LONG",
  "BLOCKED",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const HISTORY_REASONS = [
  "ACCEPTED",
  "ENQUEUED",
  "SEND_FAILED",
  "ORPHANED",
  "CLAIMED",
  "LEASE_EXPIRED",
  "DELIVERED",
  "RETRY",
  "MANUAL_RETRY",
  "CANCELLED",
  "COPY_DEAD_LETTERED",
  "EXPANDED",
  "ENDPOINT_PAUSED",
  "ENDPOINT_FAILING",
  "THROTTLED",
  "ENDPOINT_DELETED",
  "SKIPPED",
  "RESOLVED",
  ...FAILURE_REASONS,
] as const;
export type HistoryReason = (typeof HISTORY_REASONS)[number];

/** What went wrong with a send to the queue, in our own words. */
export const SEND_ERROR_CODES = [
  "QUEUE_UNAVAILABLE",
  "QUEUE_THROTTLED",
  "QUEUE_DENIED",
  "QUEUE_MISSING",
  "QUEUE_REJECTED_CONTENT",
  "UNCLASSIFIED",
] as const;
export type SendErrorCode = (typeof SEND_ERROR_CODES)[number];

/** One transition, as it is remembered. */
export interface HistoryEntry {
  readonly at: number;
  readonly from: Status | null;
  readonly to: Status;
  readonly reason: HistoryReason;
  readonly correlationId: string;
}

export const ATTEMPT_OUTCOMES = ["RUNNING", "SUCCEEDED", "RETRY", "FAILED", "UNKNOWN"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** Why an attempt was followed by what followed it, in words an operator can read. */
export interface AttemptDecisionRecord {
  readonly rule: string;
  readonly action: "COMPLETE" | "RETRY" | "FAIL";
  readonly nextAttemptAt?: number;
  readonly explanation: string;
}

/** One HTTP try. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly number: number;
  readonly claimId: string;
  /** Where a delivery went to: an endpoint's URL may change between two attempts. */
  readonly targetUrl?: string;
  readonly outcome: AttemptOutcome;
  readonly startedAt: number;
  readonly durationMs?: number;
  readonly responseStatus?: number;
  readonly errorCode?: string;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
  readonly responseTruncated?: boolean;
  /** Why the kept body is not all that was sent. */
  readonly truncationReason?: string;
  readonly decision?: AttemptDecisionRecord;
}

/**
 * Everything about a message that changes. Times are milliseconds since the epoch.
 * The invariant: `dueAt` is present exactly while the message is not finished.
 */
export interface Message {
  readonly messageId: string;
  readonly senderId: string;
  readonly requestHash: string;
  readonly correlationId: string;
  readonly idempotencyKey?: string;
  readonly createdAt: number;
  readonly deliverAt?: number;
  readonly deliverBy?: number;
  /** Messages of one sender with one key form a lane: they are delivered one at a time, in their order. */
  readonly orderingKey?: string;
  /** While it is FAILED, those behind it in its lane wait, until somebody retries or skips it. */
  readonly afterFailure?: "block";

  /** A delivery: the event that it brings, and to which endpoint. All three, or none. */
  readonly eventId?: string;
  readonly endpointId?: string;
  readonly eventType?: string;
  /** The attempt that somebody asked for by hand: it is made in whatever state the endpoint is. */
  readonly forcedAttempt?: number;
  /** Its slot in the pace of a limited endpoint, for the attempt that comes next. */
  readonly slotAt?: number;
  /** That is another than the turn had at first, for which it came late: it is not asked again whether it comes in time. */
  readonly repaced?: true;
  /** While it is THROTTLED: the round of its endpoint's pace that it was put off in; absent: the first. */
  readonly paceRound?: number;

  readonly status: Status;
  /** Counts the transitions: what was decided from a read requires the revision that was read. */
  readonly revision: number;
  readonly updatedAt: number;
  readonly pendingReason?: PendingReason;
  readonly failureReason?: FailureReason;

  /** By this time something must have happened to the message. */
  readonly dueAt?: number;
  /** The next attempt must not start before this time. */
  readonly notBefore?: number;
  readonly finishedAt?: number;
  /** From this time on the message counts as absent. */
  readonly expiresAt?: number;

  /** Number of the latest attempt; never decreases. */
  readonly attempt: number;
  /** Highest attempt number the present round may reach; a manual retry raises it. */
  readonly attemptLimit: number;
  /** Attempts in a row whose outcome was never written. */
  readonly unknowns: number;

  /** The latest enqueue: its token, and the guard of its rollback. */
  readonly sendId?: string;
  /** The latest claim: its token, and the guard of its outcome. */
  readonly claimId?: string;
  /** Token of the latest write that was neither an enqueue nor a claim. */
  readonly writeId?: string;
  readonly claimedAt?: number;
  readonly leaseUntil?: number;

  readonly sends: number;
  readonly rollbacks: number;
  readonly rolledBackAt?: number;
  readonly lastErrorCode?: SendErrorCode;
  /** Since when every send has failed; absent once one has got through. */
  readonly sendFailingSince?: number;
  /** Times in a row that a copy was not claimed by its deadline. */
  readonly orphans: number;

  /** Its turn in its lane has not come: nobody enqueues it but who sees it at the head. */
  readonly waitsForTurn?: true;
  /** It was seen in its lane: `dueAt` is the end of its wait then, and the lane's own is what moves it. */
  readonly inLine?: true;
  /** How often it has gone to the end of the line; absent: never. */
  readonly round?: number;
  /** Its number in its lane, once its turn has come. */
  readonly sequence?: number;
  /** FAILED, and those behind it no longer wait for it. */
  readonly skippedAt?: number;
  /** FAILED, and somebody has dealt with it: it calls for attention no more. */
  readonly resolvedAt?: number;

  readonly history: readonly HistoryEntry[];
  /** Entries left out between the first ten and the rest. */
  readonly historyOmitted: number;
  /** A first attempt that succeeded stays here; every other is an item of its own. */
  readonly firstAttempt?: Attempt;
  /** Of the latest attempt, unless that is `firstAttempt`, which tells it: see `responseStatusOf`. */
  readonly responseStatus?: number;
}

/** Everything about a message that never changes; written once, in an item of its own. */
export interface Payload {
  readonly targetUrl: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text as the producer wrote it, without insignificant white space; absent when there is no body. */
  readonly body?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The trace this message belongs to, if the producer named one. */
  readonly traceparent?: string;
  /** What the producer's tracing systems say about it; never without `traceparent`. */
  readonly tracestate?: string;
}

/**
 * The partitions of the list index. Open and completed messages share LIVE: on the happy path a message never
 * moves in it.
 */
export const LIST_GROUPS = ["LIVE", "ROLLED_BACK", "FAILED", "CANCELLED"] as const;
export type ListGroup = (typeof LIST_GROUPS)[number];

export function isFinished(status: Status): status is "COMPLETED" | "FAILED" | "CANCELLED" {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

/** What the target answered to the latest attempt; undefined if that had no answer, or has none yet. */
export function responseStatusOf(
  message: Pick<Message, "responseStatus" | "firstAttempt">,
): number | undefined {
  return message.responseStatus ?? message.firstAttempt?.responseStatus;
}

/** Rolled back after a failed send, and neither claimed nor finished since: a copy that was claimed had got through. */
export function isRolledBack(message: Pick<Message, "status" | "rolledBackAt" | "history">): boolean {
  const { status, rolledBackAt, history } = message;
  if (rolledBackAt === undefined || isFinished(status)) return false;
  // By their order, not by their times: those are of two processes, whose clocks differ.
  const latest = history.findLast(({ reason }) => reason === "SEND_FAILED" || reason === "CLAIMED");
  return latest?.reason !== "CLAIMED";
}

/** A claim, which has read nothing, moves no message: one that was rolled back stays in its group until it is finished. */
export function listGroupOf({ status, rolledBackAt }: Pick<Message, "status" | "rolledBackAt">): ListGroup {
  if (status === "FAILED" || status === "CANCELLED") return status;
  return rolledBackAt === undefined || status === "COMPLETED" ? "LIVE" : "ROLLED_BACK";
}

/** Where a message calls for attention, if it does. */
export function attentionOf(
  message: Pick<Message, "senderId" | "endpointId" | "status" | "pendingReason" | "paceRound" | "resolvedAt">,
): string | undefined {
  const { senderId, endpointId, status, paceRound, resolvedAt } = message;
  if (status === "FAILED") return resolvedAt === undefined ? failedOf(senderId) : resolvedOf(senderId);
  if (endpointId === undefined) return undefined;
  if (isThrottled(message)) return throttledOf(endpointId, paceRound);
  return isHeld(message) ? heldOf(endpointId) : undefined;
}

/** Until its slot in the pace of its endpoint, which is further ahead than the queue can carry it. */
export function isThrottled({ status, pendingReason }: Pick<Message, "status" | "pendingReason">): boolean {
  return status === "PENDING" && pendingReason === "THROTTLED";
}

/** Until its endpoint is activated, or well again. */
export function isHeld({ status, pendingReason }: Pick<Message, "status" | "pendingReason">): boolean {
  return status === "PENDING" && isHoldReason(pendingReason);
}

export function isHoldReason(reason: string | undefined): reason is HoldReason {
  return HOLD_REASONS.some((one) => one === reason);
}

/** A message that brings an event to an endpoint. */
export type DeliveryMessage = Message & Required<Pick<Message, "eventId" | "endpointId" | "eventType">>;

export function isDelivery(message: Message): message is DeliveryMessage {
  return message.eventId !== undefined;
}

/** The partition of the attention index that holds one sender's FAILED messages that nobody has resolved. */
export function failedOf(senderId: string): string {
  return `${senderId}#FAILED`;
}

/** And the others: what is resolved stays findable. */
export function resolvedOf(senderId: string): string {
  return `${senderId}#RESOLVED`;
}

/** The partitions that hold a sender's FAILED messages: the resolved ones, those that are not, or all. */
export function partitionsOfFailed(senderId: string, resolved: boolean | undefined): readonly string[] {
  return [...(resolved ? [] : [failedOf(senderId)]), ...(resolved === false ? [] : [resolvedOf(senderId)])];
}

/** The partition of the attention index that holds what waits for one endpoint. */
export function heldOf(endpointId: string): string {
  return `${endpointId}#HELD`;
}

/** And the one that holds what was throttled in a round of its pace: whoever is given a slot of another leaves it. */
export function throttledOf(endpointId: string, round = 0): string {
  return `${endpointId}#THROTTLED#${round}`;
}
