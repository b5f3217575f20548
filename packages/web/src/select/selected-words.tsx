/** What is said about the messages that are selected, before something is done with them and after it. */
import type { ReactNode } from "react";
import { actionsFor, isBlocking, type RetryKind } from "../message/actions.ts";
import type { Row } from "../messages/feed.ts";
import { type BulkKind, MAY_ARRIVE_AGAIN, STAYS_FAILED } from "../retry/bulk-words.tsx";
import type { Judged } from "./judge.ts";

interface SelectedWords {
  readonly title: string;
  /** As in "2 of 9 cannot be …". */
  readonly participle: string;
  /** Before the numbers of what is done and of all. */
  readonly running: string;
  readonly question: (can: readonly Row[], now: number) => ReactNode;
  /** It cannot be undone. */
  readonly danger?: true;
}

export const WORDS: Record<BulkKind, SelectedWords> = {
  retry: {
    title: "Retry selected messages",
    participle: "retried",
    running: "Retried",
    question: (can, now) => (
      <>
        {retryTexts(can, now).map((text) => (
          <p key={text.after}>
            <strong>{text.count.toLocaleString()}</strong> {text.after}
          </p>
        ))}
        {againText(can, now) && <p>{againText(can, now)}</p>}
      </>
    ),
  },
  resolve: {
    title: "Resolve selected messages",
    participle: "resolved",
    running: "Resolved",
    question: (can) => (
      <>
        <p>
          <strong>
            {can.length.toLocaleString()} failed {messages(can.length)}
          </strong>{" "}
          will be marked as dealt with.
        </p>
        <p>{STAYS_FAILED}</p>
      </>
    ),
  },
  cancel: {
    title: "Cancel selected messages",
    participle: "cancelled",
    running: "Cancelled",
    question: (can) => (
      <p>
        <strong>
          {can.length.toLocaleString()} {messages(can.length)}
        </strong>{" "}
        will be cancelled. Homing makes no further attempt to deliver {can.length === 1 ? "it" : "them"}. This
        cannot be undone.
      </p>
    ),
    danger: true,
  },
};

/** What stands on the button that does it: to how many. */
export function labelOf(kind: BulkKind, can: readonly Row[], now: number): string {
  const number = can.length.toLocaleString();
  if (kind === "resolve") return `Resolve ${number}`;
  if (kind === "cancel") return `Cancel ${number}`;
  const isNewRound = can.some(({ item }) => actionsFor(item, now).retry === "NEW_ROUND");
  return isNewRound ? `Retry ${number}` : `Send ${number} now`;
}

const RETRY_TEXTS: readonly (readonly [RetryKind, one: string, many: string])[] = [
  [
    "NEW_ROUND",
    "failed message will start a new round of attempts, at once.",
    "failed messages will start a new round of attempts, at once.",
  ],
  ["SEND_NOW", "that waits for its time will be sent now.", "that wait for their time will be sent now."],
  [
    "ENQUEUE",
    "that is about to be put on the queue will be put there now.",
    "that are about to be put on the queue will be put there now.",
  ],
  [
    "PAST_PAUSE",
    "that is held will be delivered although its endpoint is paused.",
    "that are held will be delivered although their endpoint is paused.",
  ],
  [
    "PAST_GATE",
    "that is held will be delivered although its endpoint fails.",
    "that are held will be delivered although their endpoint fails.",
  ],
];

interface Counted {
  readonly count: number;
  readonly after: string;
}

/** What a retry means differs from message to message. */
function retryTexts(can: readonly Row[], now: number): readonly Counted[] {
  const kinds = RETRY_TEXTS.map(([kind, one, many]) => {
    const count = can.filter(({ item }) => actionsFor(item, now).retry === kind).length;
    return { count, after: count === 1 ? one : many };
  });
  const passed = can.filter(
    ({ item }) => item.status === "FAILED" && item.orderingKey !== undefined && !isBlocking(item),
  ).length;
  const end =
    passed === 1
      ? "has been passed by others of its ordering key, and goes to the end of its line."
      : "have been passed by others of their ordering keys, and go to the ends of their lines.";
  return [...kinds, { count: passed, after: end }].filter(({ count }) => count > 0);
}

/** Nothing where nothing was tried yet. */
function againText(can: readonly Row[], now: number): string | undefined {
  const tried = can.filter(({ item }) => item.attemptCount > 0);
  if (tried.some(({ item }) => actionsFor(item, now).retry === "NEW_ROUND")) return MAY_ARRIVE_AGAIN;
  return tried.length > 0
    ? "Targets may receive messages again of which an earlier attempt did arrive."
    : undefined;
}

/** "2 of 9 cannot be retried: 1 is delivered already, 1 is in the queue already." */
export function cannotText(kind: BulkKind, { can, cannot }: Judged): string | undefined {
  if (cannot.size === 0) return undefined;
  const reasons = [...cannot].map(
    ([why, count]) => `${count.toLocaleString()} ${count === 1 ? "is" : "are"} ${why}`,
  );
  const number = [...cannot.values()].reduce((sum, count) => sum + count, 0);
  const of = (can.length + number).toLocaleString();
  return `${number.toLocaleString()} of ${of} cannot be ${WORDS[kind].participle}: ${reasons.join(", ")}.`;
}

/** "7 messages were retried." */
export function doneText(kind: BulkKind, count: number): string {
  const were = count === 1 ? "message was" : "messages were";
  return `${count === 0 ? "No" : count.toLocaleString()} ${were} ${WORDS[kind].participle}.`;
}

/** "2 messages were refused:" */
export function refusedText(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "was" : "were"} refused:`;
}

/** Of those that are done as far as Homing's own store goes. */
export function storedText(count: number): string {
  return count === 1
    ? "1 of them waits: the queue does not take it at present. Homing sends it as soon as it does."
    : `${count.toLocaleString()} of them wait: the queue does not take them at present. Homing sends them as soon as it does.`;
}

/** "2 gave no answer, and may be retried or not. 3 could not be asked." */
export function notAskedText(kind: BulkKind, unanswered: number, unasked: number): string {
  const texts = [
    unanswered > 0 &&
      `${unanswered.toLocaleString()} gave no answer, and may have been ${WORDS[kind].participle} or not.`,
    unasked > 0 && `${unasked.toLocaleString()} ${unasked === 1 ? "was" : "were"} not asked.`,
  ];
  return texts.filter(Boolean).join(" ");
}

function messages(count: number): string {
  return count === 1 ? "message" : "messages";
}
