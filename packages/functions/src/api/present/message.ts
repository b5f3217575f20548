/** Messages as the API shows them: times as text, secrets masked, absent instead of null. */
import type { WaitsFor } from "@homing/core/lane/look";
import { maskHeaders } from "@homing/core/message/headers";
import { type Attempt, type Message, responseStatusOf } from "@homing/core/message/message";
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { Detail } from "@homing/core/operate/read-detail";
import type { MessageSummary } from "@homing/core/operate/read-summaries";
import { LATEST_ATTEMPTS } from "@homing/core/store/message-store";
import type { Accepted, AttemptView, ListItem, MessageView, Moved } from "../answers/message.ts";
import { compact, nextAttemptAt, time } from "./fields.ts";

export function presentAccepted(message: Message, duplicate: boolean, correlationId: string): Accepted {
  return {
    messageId: message.messageId,
    status: message.status,
    stored: true,
    queued: isQueued(message),
    duplicate,
    correlationId,
    createdAt: formatTimestamp(message.createdAt),
  };
}

export function presentMoved(message: Message, correlationId: string): Moved {
  return { messageId: message.messageId, status: message.status, queued: isQueued(message), correlationId };
}

/** What was retried: whether those behind it wait for it again, or it for them. */
export function presentRetried(before: Message, after: Message, correlationId: string): Moved {
  const moved = presentMoved(after, correlationId);
  if (after.orderingKey === undefined) return moved;
  return { ...moved, place: (after.round ?? 0) === (before.round ?? 0) ? "KEPT" : "END_OF_LINE" };
}

/** In the queue, or already with a worker. */
export function isQueued({ status }: Pick<Message, "status">): boolean {
  return status === "QUEUED" || status === "PROCESSING";
}

export function presentListItem(message: Message, summary: MessageSummary | undefined): ListItem {
  const { status } = message;
  return compact({
    messageId: message.messageId,
    status,
    pendingReason: status === "PENDING" ? message.pendingReason : undefined,
    failureReason: status === "FAILED" ? message.failureReason : undefined,
    responseStatus: responseStatusOf(message),
    senderId: message.senderId,
    eventId: message.eventId,
    endpointId: message.endpointId,
    eventType: message.eventType,
    targetUrl: summary?.targetUrl,
    method: summary?.method,
    metadata: summary?.metadata,
    idempotencyKey: message.idempotencyKey,
    orderingKey: message.orderingKey,
    afterFailure: message.afterFailure,
    sequence: message.sequence,
    skippedAt: time(message.skippedAt),
    resolvedAt: time(message.resolvedAt),
    correlationId: message.correlationId,
    createdAt: formatTimestamp(message.createdAt),
    updatedAt: formatTimestamp(message.updatedAt),
    deliverAt: time(message.deliverAt),
    deliverBy: time(message.deliverBy),
    finishedAt: time(message.finishedAt),
    dueAt: time(message.dueAt),
    nextAttemptAt: nextAttemptAt(message),
    rolledBackAt: time(message.rolledBackAt),
    attemptCount: message.attempt,
    maxAttempts: message.attemptLimit,
    sends: compact({
      count: message.sends,
      rollbacks: message.rollbacks,
      lastErrorCode: message.lastErrorCode,
    }),
  }) as ListItem;
}

/** Without the body, which is JSON text of its own. */
export function presentMessage(
  { message, payload, attempts }: Detail,
  waitsFor?: WaitsFor,
): Omit<MessageView, "body"> {
  const { shown, omitted } = latestAttempts(message, attempts);
  return compact({
    ...presentListItem(message, payload),
    headers: payload?.headers && maskHeaders(payload.headers),
    history: message.history.map(({ at, ...entry }) => ({ at: formatTimestamp(at), ...entry })),
    historyOmitted: message.historyOmitted > 0 ? message.historyOmitted : undefined,
    attempts: shown.map(presentAttempt),
    attemptsOmitted: omitted > 0 ? omitted : undefined,
    waitsFor,
  }) as Omit<MessageView, "body">;
}

type AttemptLike = Omit<Attempt, "claimId" | "startedAt"> & { readonly startedAt?: number | undefined };

/**
 * The attempts that were numbered latest. Those whose outcome was never written have no record of their own: the
 * running one is RUNNING, the others are UNKNOWN, begun when the history says they were claimed.
 */
function latestAttempts(
  message: Message,
  recorded: readonly Attempt[],
): { shown: readonly AttemptLike[]; omitted: number } {
  const known = message.firstAttempt ? [message.firstAttempt, ...recorded] : recorded;
  const byNumber = Map.groupBy(known, ({ number }) => number);
  const first = Math.max(1, message.attempt - LATEST_ATTEMPTS + 1);
  const numbers = Array.from({ length: message.attempt - first + 1 }, (_, index) => first + index);
  const latest = numbers.flatMap((number): readonly AttemptLike[] => {
    const records = byNumber.get(number);
    if (records) return records;
    const isRunning = number === message.attempt && message.status === "PROCESSING";
    return [{ number, outcome: isRunning ? "RUNNING" : "UNKNOWN", startedAt: claimTime(message, number) }];
  });
  const shown = latest.slice(-LATEST_ATTEMPTS);
  return { shown, omitted: (shown[0]?.number ?? 1) - 1 };
}

/** Each attempt has one CLAIMED entry; the history may have lost some in the middle, so count from both ends. */
function claimTime(message: Message, number: number): number | undefined {
  const claims = message.history.filter((entry) => entry.reason === "CLAIMED");
  const missing = message.attempt - claims.length;
  const fromStart = claims[number - 1];
  const fromEnd = claims[number - 1 - missing];
  if (missing === 0) return fromStart?.at;
  return number - 1 - missing >= 0 ? fromEnd?.at : undefined;
}

function presentAttempt({ startedAt, decision, ...rest }: AttemptLike): AttemptView {
  const { claimId: _, ...attempt } = rest as typeof rest & { claimId?: string };
  return compact({
    ...attempt,
    startedAt: time(startedAt),
    decision: decision && compact({ ...decision, nextAttemptAt: time(decision.nextAttemptAt) }),
  }) as AttemptView;
}
