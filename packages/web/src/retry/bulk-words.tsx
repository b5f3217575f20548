import type { Filter } from "../messages/filter.ts";
import type { BulkWords } from "./bulk-run.tsx";

/** What can be done to all messages of a filter at once. */
export type BulkKind = "retry" | "resolve" | "cancel";

export const TITLES: Record<BulkKind, string> = {
  retry: "Retry failed messages",
  resolve: "Resolve failed messages",
  cancel: "Cancel waiting messages",
};

/** Of what is retried. */
export const MAY_ARRIVE_AGAIN =
  "Targets may receive messages again that had arrived although they count as failed. The webhook-id of each stays the same, so a target that remembers it can tell.";
/** Of what is resolved. */
export const STAYS_FAILED =
  "They stay failed and are found under Resolved, count as failures no more, and no bulk retry takes them along.";

const messages = (count: number) => (count === 1 ? "message" : "messages");
const were = (count: number) => `${count.toLocaleString()} ${count === 1 ? "message was" : "messages were"}`;

export const WORDS: Record<BulkKind, (filter: Filter) => BulkWords> = {
  retry: (filter) => ({
    counting: "Counting the failed messages…",
    none: "No failed message matches. Messages that were rolled back are sent by themselves.",
    question: (number, count) => (
      <>
        <p>
          <strong>
            {number} failed {messages(count)}
          </strong>{" "}
          {scopeText(filter)} will start a new round of attempts, at once.
        </p>
        <p>{MAY_ARRIVE_AGAIN}</p>
      </>
    ),
    action: "Retry",
    running: "Retried",
    done: (count) => `${were(count)} retried.`,
    skipped: "skipped: somebody else retried them, or they had moved on or expired.",
    others: "The others are still failed; you can start again.",
  }),
  resolve: (filter) => ({
    counting: "Counting the failed messages…",
    none: "No failed message matches.",
    question: (number, count) => (
      <>
        <p>
          <strong>
            {number} failed {messages(count)}
          </strong>{" "}
          {scopeText(filter)} will be marked as dealt with.
        </p>
        <p>{STAYS_FAILED} What others of an ordering key wait for is left as it is.</p>
      </>
    ),
    action: "Resolve",
    running: "Resolved",
    done: (count) => `${were(count)} resolved.`,
    skipped: "left as they were: others wait for them, or they had moved on.",
    others: "The others are still open; you can start again.",
  }),
  cancel: (filter) => ({
    counting: "Counting what waits…",
    none: "Nothing that waits matches.",
    question: (number, count) => (
      <>
        <p>
          <strong>
            {number} waiting {messages(count)}
          </strong>{" "}
          {scopeText(filter)} will be cancelled: pending, held, scheduled, or in the queue.
        </p>
        <p>Homing makes no further attempt to deliver them. This cannot be undone.</p>
      </>
    ),
    action: "Cancel",
    running: "Cancelled",
    done: (count) => `${were(count)} cancelled.`,
    skipped: "left as they were: an attempt was running, or they had moved on.",
    others: "The others still wait; you can start again.",
    danger: true,
  }),
};

function scopeText({ sender, target, endpoint, event, since, until, reason, answer, type }: Filter): string {
  const parts = [
    endpoint && "to this endpoint",
    event && "of this event",
    sender && `of ${sender}`,
    target && `for ${target}`,
    type && `of type ${type}`,
    reason && `that failed with ${reason}`,
    answer && `whose target answered ${answer}`,
    (since || until) && "of the chosen time",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : "of all senders";
}
