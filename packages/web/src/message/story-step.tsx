import type { Message } from "../api/types.ts";
import { now } from "../ui/clock.ts";
import { FAILURE_TEXTS, SEND_ERRORS } from "../ui/describe-state.ts";
import { waitOf } from "../ui/status.ts";
import { clockTime, exactTime, spellDuration } from "../ui/times.ts";
import { AttemptDetails, AttemptRequest } from "./attempt-details.tsx";
import styles from "./story.module.css";
import type { Chapter } from "./tell-story.ts";

interface StoryStepProps {
  readonly chapter: Chapter;
  readonly message: Message;
  readonly since: string | undefined;
  readonly isLatestAttempt: boolean;
}

/** One chapter: a line that says it, and what explains it below. */
export function StoryStep({ chapter, message, since, isLatestAttempt }: StoryStepProps) {
  const { tone, name, tag, note, aside } = wordsFor(chapter, message);
  return (
    <li className={styles.step} data-tone={tone}>
      <div className={styles.line}>
        <span className={styles.dot} />
        <span className={styles.name}>{name}</span>
        {tag && <code className={styles.tag}>{tag}</code>}
        {aside && <span className={styles.duration}>{aside}</span>}
        {chapter.kind === "attempt" && chapter.attempt.durationMs !== undefined && (
          <span className={styles.duration}>{spellDuration(chapter.attempt.durationMs)}</span>
        )}
        {"at" in chapter && chapter.at && (
          <time className={styles.time} dateTime={chapter.at} title={exactTime(Date.parse(chapter.at))}>
            {clockTime(Date.parse(chapter.at))}
            {since && <span className={styles.since}> {since}</span>}
          </time>
        )}
      </div>
      {note && <p className={styles.note}>{note}</p>}
      {chapter.kind === "attempt" && (
        <>
          <AttemptRequest message={message} attempt={chapter.attempt} />
          <AttemptDetails attempt={chapter.attempt} startsOpen={isLatestAttempt} />
        </>
      )}
    </li>
  );
}

interface Words {
  readonly tone: "plain" | "good" | "bad" | "warn" | "busy";
  readonly name: string;
  readonly tag?: string | undefined;
  readonly note?: string | undefined;
  /** Said in the same line. */
  readonly aside?: string | undefined;
}

function wordsFor(chapter: Chapter, message: Message): Words {
  switch (chapter.kind) {
    case "accepted":
      return {
        tone: "plain",
        name: message.history[0]?.reason !== "ACCEPTED" ? "Made from its event" : "Accepted",
        note: message.deliverAt
          ? `To be delivered at ${exactTime(Date.parse(message.deliverAt))}.`
          : undefined,
      };
    case "send":
      return sendWords(chapter, waitOf(message, now()) !== undefined);
    case "attempt":
      return attemptWords(chapter.attempt);
    case "event":
      return EVENTS[chapter.reason] ?? { tone: "plain", name: chapter.reason };
    case "end":
      return endWords(chapter, message);
    case "gap":
      return {
        tone: "plain",
        name: `${chapter.count.toLocaleString()} entries left out`,
        note: gapNote(chapter.attempts),
      };
  }
}

function gapNote(attempts: number): string {
  const kept = "Of a long history Homing keeps the beginning and the recent past.";
  if (attempts === 0) return kept;
  return `${kept} ${attempts.toLocaleString()} earlier ${attempts === 1 ? "attempt is" : "attempts are"} not shown.`;
}

function sendWords(chapter: Extract<Chapter, { kind: "send" }>, isEarly: boolean): Words {
  const tookMs = chapter.endedAt ? Date.parse(chapter.endedAt) - Date.parse(chapter.at) : 0;
  switch (chapter.outcome) {
    case "WAITING":
      return {
        tone: "busy",
        name: "Sent to the queue",
        note: isEarly ? "The queue keeps its copy until its time comes." : "Its copy waits for a worker.",
      };
    case "CLAIMED":
      return {
        tone: "plain",
        name: "Sent to the queue",
        aside: `claimed by a worker after ${spellDuration(tookMs)}`,
      };
    case "SUPERSEDED":
      return { tone: "plain", name: "Sent to the queue" };
    case "ROLLED_BACK": {
      const words = chapter.errorCode ? SEND_ERRORS[chapter.errorCode] : undefined;
      const cause = words?.sentence ?? "The queue did not take it";
      return {
        tone: "warn",
        name: "Send failed, rolled back",
        tag: chapter.errorCode,
        note: `${cause}; tried for ${spellDuration(tookMs)}. The message stayed stored, to be sent again.`,
      };
    }
    case "LOST":
      return {
        tone: "warn",
        name: "Sent to the queue, but no worker claimed it",
        note: `After ${spellDuration(tookMs)} its copy counted as lost, and Homing sent it again.`,
      };
    case "DEAD_LETTERED":
      return {
        tone: "warn",
        name: "Sent to the queue, and its copy was dead-lettered",
        note: "A worker gave the copy back too often without a result; Homing sent it again.",
      };
    case "HELD":
      return { tone: "warn", name: "Sent to the queue, then held", note: HELD_NOTE };
    case "THROTTLED":
      return { tone: "plain", name: "Sent to the queue, then put off", note: LATE_NOTE };
    case "HELD_BACK":
      return { tone: "warn", name: "Sent to the queue, then held", note: HELD_BACK_NOTE };
  }
}

function attemptWords(attempt: Extract<Chapter, { kind: "attempt" }>["attempt"]): Words {
  const name = `Attempt ${attempt.number}`;
  const tag = attempt.responseStatus === undefined ? attempt.errorCode : String(attempt.responseStatus);
  const note = attempt.decision?.explanation;
  switch (attempt.outcome) {
    case "RUNNING":
      return { tone: "busy", name: `${name} is running` };
    case "SUCCEEDED":
      return { tone: "good", name, tag, note };
    case "RETRY":
      return { tone: "warn", name, tag, note };
    case "FAILED":
      return { tone: "bad", name, tag, note };
    case "UNKNOWN":
      return {
        tone: "warn",
        name: `${name} ended unknown`,
        tag,
        note:
          note ?? "Its outcome was never written: the worker probably died. The target may have received it.",
      };
  }
}

const HELD_NOTE = "Its endpoint is paused: it waits until the endpoint is activated. No attempt is counted.";

const THROTTLED_NOTE = "It waits for its turn. No attempt is counted.";
const LATE_NOTE =
  "Its copy came long after its turn in its endpoint's rate limit, and has to wait for another. No attempt is counted.";
const HELD_BACK_NOTE =
  "Its endpoint keeps failing: it waits until that is well again, or tried with this one. No attempt is counted.";

const EVENTS: Record<string, Words> = {
  MANUAL_RETRY: { tone: "plain", name: "Retried by hand" },
  LEASE_EXPIRED: { tone: "warn", name: "The worker's lease ran out", note: "Homing took the message back." },
  SEND_FAILED: { tone: "warn", name: "Send failed, rolled back" },
  ORPHANED: { tone: "warn", name: "Its copy got lost in the queue" },
  COPY_DEAD_LETTERED: { tone: "warn", name: "Its copy was dead-lettered" },
  ENDPOINT_PAUSED: { tone: "warn", name: "Held", note: HELD_NOTE },
  THROTTLED: { tone: "plain", name: "Put off by its endpoint's rate limit", note: THROTTLED_NOTE },
  ENDPOINT_FAILING: {
    tone: "warn",
    name: "Held",
    note: "Its endpoint keeps failing: it waits until that is well again, or tried with this one.",
  },
  RESOLVED: {
    tone: "plain",
    name: "Resolved",
    note: "Somebody has dealt with it: it counts as a failure no more, unless it is retried and fails again.",
  },
  SKIPPED: { tone: "plain", name: "Skipped", note: "Those behind it in its order went on without it." },
};

function endWords(end: Extract<Chapter, { kind: "end" }>, message: Message): Words {
  const afterMs = Date.parse(end.at) - Date.parse(message.createdAt);
  switch (end.status) {
    case "COMPLETED":
      return { tone: "good", name: "Completed", note: `${spellDuration(afterMs)} after it was accepted.` };
    case "FAILED":
      return {
        tone: "bad",
        name: "Failed",
        tag: end.reason,
        note: `${FAILURE_TEXTS[end.reason] ?? end.reason}.`,
      };
    case "CANCELLED":
      return end.reason === "ENDPOINT_DELETED"
        ? { tone: "plain", name: "Cancelled", note: "Its endpoint was deleted." }
        : { tone: "plain", name: "Cancelled" };
  }
}
