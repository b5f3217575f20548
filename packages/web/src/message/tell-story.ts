/**
 * What happened to a message, as one story: its history tells of the sends to the queue and of what people
 * did, its attempts tell of the deliveries, and each attempt stands where the history says it was claimed.
 */
import type { Attempt, HistoryEntry, Message } from "../api/types.ts";

export type SendOutcome =
  /** In the queue, not claimed yet. */
  | "WAITING"
  | "CLAIMED"
  | "ROLLED_BACK"
  /** Not claimed by its deadline. */
  | "LOST"
  | "DEAD_LETTERED"
  /** Its copy came, and the endpoint was paused. */
  | "HELD"
  /** Its copy came long after its slot in the rate limit of its endpoint. */
  | "THROTTLED"
  /** Its copy came, and the endpoint was failing. */
  | "HELD_BACK"
  /** Overtaken by something that was done to the message. */
  | "SUPERSEDED";

export type Chapter =
  | { readonly kind: "accepted"; readonly at: string }
  | {
      readonly kind: "send";
      readonly at: string;
      readonly outcome: SendOutcome;
      /** When the outcome was known. */
      readonly endedAt?: string;
      /** Known for the latest failure only. */
      readonly errorCode?: string;
    }
  | { readonly kind: "attempt"; readonly at?: string; readonly attempt: Attempt }
  | { readonly kind: "event"; readonly at: string; readonly reason: HistoryEntry["reason"] }
  | {
      readonly kind: "end";
      readonly at: string;
      readonly status: "COMPLETED" | "FAILED" | "CANCELLED";
      readonly reason: HistoryEntry["reason"];
    }
  /** Entries that were left out, so that the message cannot grow without limit. */
  | {
      readonly kind: "gap";
      readonly count: number;
      /** Attempts that are not shown either; a message with so many has a gap in its history too. */
      readonly attempts: number;
    };

/** How many of the oldest entries are kept; those left out come after them. */
const KEPT_FIRST = 10;

const SEND_ENDS: Partial<Record<HistoryEntry["reason"], SendOutcome>> = {
  CLAIMED: "CLAIMED",
  SEND_FAILED: "ROLLED_BACK",
  ORPHANED: "LOST",
  COPY_DEAD_LETTERED: "DEAD_LETTERED",
  ENDPOINT_PAUSED: "HELD",
  THROTTLED: "THROTTLED",
  ENDPOINT_FAILING: "HELD_BACK",
};

/** A delivery of an event is born in the queue; every other message comes there later. */
function isSend({ reason }: HistoryEntry): boolean {
  return reason === "ENQUEUED" || reason === "EXPANDED";
}

type StoryMessage = Pick<Message, "history" | "historyOmitted" | "attempts" | "attemptsOmitted" | "sends">;

/** Oldest first. */
export function tellStory(message: StoryMessage): readonly Chapter[] {
  const { history, historyOmitted = 0, attemptsOmitted = 0, sends } = message;
  const attemptsAt = placeAttempts(message);
  const lastFailure = history.findLastIndex(({ reason }) => reason === "SEND_FAILED");
  const chapters: Chapter[] = [];

  history.forEach((entry, i) => {
    if (historyOmitted > 0 && i === KEPT_FIRST) {
      chapters.push({ kind: "gap", count: historyOmitted, attempts: attemptsOmitted }, ...attemptsAt.inGap);
    }
    const previous = history[i - 1];
    const isAfterGap = historyOmitted > 0 && i === KEPT_FIRST;
    const endsSend = previous && isSend(previous) && !isAfterGap && SEND_ENDS[entry.reason] !== undefined;

    if (entry.from === null) chapters.push({ kind: "accepted", at: entry.at });
    if (entry.reason === "CLAIMED") chapters.push(...(attemptsAt.byEntry.get(i) ?? []));
    else if (isSend(entry)) {
      const next = historyOmitted > 0 && i === KEPT_FIRST - 1 ? undefined : history[i + 1];
      const outcome = next
        ? (SEND_ENDS[next.reason] ?? "SUPERSEDED")
        : i === history.length - 1
          ? "WAITING"
          : "SUPERSEDED";
      chapters.push({
        kind: "send",
        at: entry.at,
        outcome,
        ...(next ? { endedAt: next.at } : {}),
        ...(i + 1 === lastFailure && sends.lastErrorCode ? { errorCode: sends.lastErrorCode } : {}),
      });
    } else if (entry.reason === "SKIPPED") {
      // It had failed before, and still has: what is new is that those behind it go on.
      chapters.push({ kind: "event", at: entry.at, reason: entry.reason });
    } else if (entry.to === "COMPLETED" || entry.to === "FAILED" || entry.to === "CANCELLED") {
      chapters.push({ kind: "end", at: entry.at, status: entry.to, reason: entry.reason });
    } else if (!endsSend && entry.reason !== "RETRY" && entry.reason !== "ACCEPTED") {
      // A retry is told by its attempt, which also says why.
      chapters.push({ kind: "event", at: entry.at, reason: entry.reason });
    }
  });
  chapters.push(...attemptsAt.unplaced);
  return chapters;
}

interface PlacedAttempts {
  /** By the index of the entry that claimed them. */
  readonly byEntry: ReadonlyMap<number, readonly Chapter[]>;
  readonly inGap: readonly Chapter[];
  readonly unplaced: readonly Chapter[];
}

/** Each claim starts one attempt; before the gap they are counted from the first, after it from the last. */
function placeAttempts({ history, historyOmitted = 0, attempts }: StoryMessage): PlacedAttempts {
  const claims = history.flatMap(({ reason }, i) => (reason === "CLAIMED" ? [i] : []));
  const highest = Math.max(0, ...attempts.map(({ number }) => number));
  const numberOf = (claim: number, order: number) =>
    historyOmitted > 0 && claim >= KEPT_FIRST ? highest - (claims.length - 1 - order) : order + 1;

  const byEntry = new Map<number, Chapter[]>();
  const placed = new Set<Attempt>();
  claims.forEach((claim, order) => {
    const number = numberOf(claim, order);
    const mine = attempts.filter((attempt) => attempt.number === number && !placed.has(attempt));
    for (const attempt of mine) placed.add(attempt);
    byEntry.set(claim, mine.map(toChapter));
  });
  const rest = attempts.filter((attempt) => !placed.has(attempt)).map(toChapter);
  return historyOmitted > 0 ? { byEntry, inGap: rest, unplaced: [] } : { byEntry, inGap: [], unplaced: rest };
}

function toChapter(attempt: Attempt): Chapter {
  return { kind: "attempt", attempt, ...(attempt.startedAt ? { at: attempt.startedAt } : {}) };
}
