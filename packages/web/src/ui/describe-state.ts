/** What a message's state means, in one line: what happened last and what will happen next. */
import type { MessageItem } from "../api/types.ts";

export const FAILURE_TEXTS: Record<string, string> = {
  TARGET_REJECTED: "The target rejected it",
  ATTEMPTS_EXHAUSTED: "Every attempt failed",
  TARGET_NOT_ALLOWED: "The target is not allowed",
  EXPIRED: "Its time ran out",
  SEND_EXHAUSTED: "It could not be put on the queue for 7 days",
  SEND_REJECTED: "The queue does not accept its contents",
  PAYLOAD_MISSING: "Its payload is missing",
  DEAD_LETTERED: "Its delivery crashed again and again",
  ENDPOINT_DISABLED: "Its endpoint was disabled",
  BLOCKED: "Its turn had not come after 14 days",
  HELD_TOO_LONG: "It was held for 30 days",
};

interface SendErrorWords {
  /** Fits into a row. */
  readonly short: string;
  readonly sentence: string;
}

export const SEND_ERRORS: Record<string, SendErrorWords> = {
  QUEUE_UNAVAILABLE: { short: "queue unreachable", sentence: "The queue could not be reached" },
  QUEUE_THROTTLED: { short: "queue overloaded", sentence: "The queue was overloaded" },
  QUEUE_DENIED: { short: "queue refused access", sentence: "The queue refused access" },
  QUEUE_MISSING: { short: "queue missing", sentence: "The queue does not exist" },
  QUEUE_REJECTED_CONTENT: { short: "contents refused", sentence: "The queue refused the contents" },
  UNCLASSIFIED: { short: "unknown queue error", sentence: "The queue failed in an unknown way" },
};

export interface StateLine {
  readonly text: string;
  /** When the next thing happens; shown as a countdown after the text. */
  readonly until?: string;
  /** Why, where there is room for it. */
  readonly why?: string;
}

/** Before the time of its turn. */
const THROTTLED = "Waits for its endpoint's rate limit; sent";

export function describeState(item: MessageItem): StateLine {
  switch (item.status) {
    case "PENDING":
      return describePending(item);
    case "QUEUED":
      return item.nextAttemptAt
        ? waiting(item, item.nextAttemptAt)
        : {
            text:
              item.attemptCount > 0 ? `In the queue for attempt ${item.attemptCount + 1}` : "In the queue",
          };
    case "PROCESSING":
      return { text: `Attempt ${item.attemptCount} of ${item.maxAttempts} is running` };
    case "COMPLETED":
      return { text: item.attemptCount > 1 ? `Delivered by attempt ${item.attemptCount}` : "Delivered" };
    case "FAILED":
      return item.resolvedAt === undefined
        ? { text: failureText(item), ...answerOf(item) }
        : { text: `Resolved: ${lowerFirst(failureText(item))}`, ...answerOf(item) };
    case "CANCELLED":
      return { text: item.attemptCount > 0 ? `Cancelled after ${attempts(item.attemptCount)}` : "Cancelled" };
    default:
      // The API may know more than a dashboard that has been open for a while.
      return { text: item.status };
  }
}

function describePending(item: MessageItem): StateLine {
  const { pendingReason, nextAttemptAt, dueAt } = item;
  switch (pendingReason) {
    case "SEND_FAILED": {
      // What it waits for is its own time: by then the queue may long be back.
      if (nextAttemptAt) return waiting(item, nextAttemptAt);
      const code = item.sends.lastErrorCode;
      const why = code ? (SEND_ERRORS[code]?.short ?? code) : "the send failed";
      return { text: "Not sent; again", ...(dueAt ? { until: dueAt } : {}), why };
    }
    case "SCHEDULED":
      return nextAttemptAt ? waiting(item, nextAttemptAt) : { text: "Scheduled" };
    case "RETRY":
      return nextAttemptAt ? waiting(item, nextAttemptAt) : { text: nextAttempt(item) };
    case "ORPHANED":
      return { text: "Its copy got lost in the queue; about to be sent again" };
    case "LEASE_EXPIRED":
      return {
        text: `Attempt ${item.attemptCount} ended unknown; next`,
        ...(nextAttemptAt ? { until: nextAttemptAt } : {}),
      };
    case "MANUAL_RETRY":
      return { text: "Retried by hand; about to be sent" };
    case "ENDPOINT_PAUSED":
      return { text: "Held until its endpoint is activated" };
    case "THROTTLED":
      return { text: THROTTLED, ...(nextAttemptAt ? { until: nextAttemptAt } : {}) };
    case "ENDPOINT_FAILING":
      return { text: "Held until its endpoint is well again" };
    case "WAITING_FOR_PREVIOUS":
      return { text: "Waits for an earlier one of its ordering key" };
    case "COPY_DEAD_LETTERED":
      return { text: "Its copy was dead-lettered; about to be sent again" };
    default:
      return { text: "Accepted; about to be sent" };
  }
}

/** The same words for what the table holds and for what the queue holds. */
function waiting(item: MessageItem, until: string): StateLine {
  if (item.attemptCount > 0) return { text: nextAttempt(item), until, ...answerOf(item) };
  // A delivery has no time of its own: it waits for the rate limit, which is short enough for the queue to hold it.
  return { text: item.endpointId === undefined ? "Scheduled" : THROTTLED, until };
}

/** What the target answered last, if it did. */
function answerOf({ responseStatus }: MessageItem): Pick<StateLine, "why"> {
  return responseStatus === undefined ? {} : { why: `answered ${responseStatus}` };
}

function nextAttempt(item: MessageItem): string {
  return `Retry: attempt ${item.attemptCount + 1} of ${item.maxAttempts}`;
}

function failureText({ failureReason, attemptCount }: MessageItem): string {
  const text = failureReason ? (FAILURE_TEXTS[failureReason] ?? failureReason) : "Failed";
  return attemptCount > 1 && failureReason !== "TARGET_NOT_ALLOWED"
    ? `${text} (${attempts(attemptCount)})`
    : text;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function attempts(count: number): string {
  return count === 1 ? "1 attempt" : `${count} attempts`;
}
