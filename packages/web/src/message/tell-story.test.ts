import { describe, expect, it } from "vitest";
import type { Attempt, HistoryEntry, Message } from "../api/types.ts";
import { type Chapter, tellStory } from "./tell-story.ts";

const time = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 1, 0, seconds)).toISOString();

type Step = readonly [from: HistoryEntry["from"], to: HistoryEntry["to"], reason: HistoryEntry["reason"]];

function message(steps: readonly Step[], attempts: readonly Attempt[] = [], extra: Partial<Message> = {}) {
  return {
    history: steps.map(([from, to, reason], i) => ({ at: time(i), from, to, reason, correlationId: "c" })),
    attempts: [...attempts],
    sends: { count: 1, rollbacks: 0 },
    ...extra,
  };
}

const attempt = (number: number, outcome: Attempt["outcome"] = "RETRY"): Attempt => ({ number, outcome });

/** One word a chapter. */
const outline = (chapters: readonly Chapter[]) =>
  chapters.map((chapter) => {
    switch (chapter.kind) {
      case "send":
        return `send ${chapter.outcome}`;
      case "attempt":
        return `attempt ${chapter.attempt.number} ${chapter.attempt.outcome}`;
      case "event":
        return chapter.reason;
      case "end":
        return chapter.status;
      default:
        return chapter.kind;
    }
  });

const ACCEPTED: Step = [null, "PENDING", "ACCEPTED"];
const ENQUEUED: Step = ["PENDING", "QUEUED", "ENQUEUED"];
const CLAIMED: Step = ["QUEUED", "PROCESSING", "CLAIMED"];
const SEND_FAILED: Step = ["QUEUED", "PENDING", "SEND_FAILED"];
const RETRY: Step = ["PROCESSING", "PENDING", "RETRY"];
const DELIVERED: Step = ["PROCESSING", "COMPLETED", "DELIVERED"];

describe("sends and attempts are one story", () => {
  it("a delivery at the first attempt: accepted, sent, attempted, completed", () => {
    const chapters = tellStory(message([ACCEPTED, ENQUEUED, CLAIMED, DELIVERED], [attempt(1, "SUCCEEDED")]));
    expect(outline(chapters)).toEqual(["accepted", "send CLAIMED", "attempt 1 SUCCEEDED", "COMPLETED"]);
  });

  it("a delivery of an event begins in the queue, or held; a hold ends its send, what ends it is told", () => {
    const expanded: Step = [null, "QUEUED", "EXPANDED"];
    const held: Step = ["QUEUED", "PENDING", "ENDPOINT_PAUSED"];
    const story = (...steps: readonly Step[]) => outline(tellStory(message(steps)));
    expect(story(expanded)).toEqual(["accepted", "send WAITING"]);
    expect(story(expanded, CLAIMED, DELIVERED)).toEqual(["accepted", "send CLAIMED", "COMPLETED"]);
    expect(story([null, "PENDING", "ENDPOINT_PAUSED"], ENQUEUED, held)).toEqual([
      "accepted",
      "ENDPOINT_PAUSED",
      "send HELD",
    ]);
    expect(story(expanded, held, ["PENDING", "PENDING", "ENDPOINT_PAUSED"])).toEqual([
      "accepted",
      "send HELD",
      "ENDPOINT_PAUSED",
    ]);
    expect(story(expanded, ["QUEUED", "FAILED", "ENDPOINT_DISABLED"])).toEqual([
      "accepted",
      "send SUPERSEDED",
      "FAILED",
    ]);
    expect(story(expanded, held, ["PENDING", "CANCELLED", "ENDPOINT_DELETED"])).toEqual([
      "accepted",
      "send HELD",
      "CANCELLED",
    ]);
  });

  it("a failed message that is skipped fails once, and is skipped", () => {
    const chapters = tellStory(
      message([
        ACCEPTED,
        ENQUEUED,
        CLAIMED,
        ["PROCESSING", "FAILED", "EXPIRED"],
        ["FAILED", "FAILED", "SKIPPED"],
      ]),
    );
    expect(outline(chapters)).toEqual(["accepted", "send CLAIMED", "FAILED", "SKIPPED"]);
  });

  it("a rollback is the end of its send, with the error code on the latest one only", () => {
    const chapters = tellStory(
      message([ACCEPTED, ENQUEUED, SEND_FAILED, ENQUEUED, SEND_FAILED, ENQUEUED], [], {
        sends: { count: 3, rollbacks: 2, lastErrorCode: "QUEUE_THROTTLED" },
      }),
    );
    expect(outline(chapters)).toEqual(["accepted", "send ROLLED_BACK", "send ROLLED_BACK", "send WAITING"]);
    expect(chapters[1]).toEqual({ kind: "send", at: time(1), outcome: "ROLLED_BACK", endedAt: time(2) });
    expect(chapters[2]).toMatchObject({ at: time(3), endedAt: time(4), errorCode: "QUEUE_THROTTLED" });
  });

  it("each attempt stands between the send that started it and the one that followed", () => {
    const chapters = tellStory(
      message(
        [ACCEPTED, ENQUEUED, CLAIMED, RETRY, ENQUEUED, SEND_FAILED, ENQUEUED, CLAIMED, DELIVERED],
        [attempt(1), attempt(2, "SUCCEEDED")],
      ),
    );
    expect(outline(chapters)).toEqual([
      "accepted",
      "send CLAIMED",
      "attempt 1 RETRY",
      "send ROLLED_BACK",
      "send CLAIMED",
      "attempt 2 SUCCEEDED",
      "COMPLETED",
    ]);
  });

  it("a copy that arrives although its send was rolled back starts its attempt all the same", () => {
    const claimedFromPending: Step = ["PENDING", "PROCESSING", "CLAIMED"];
    const chapters = tellStory(
      message([ACCEPTED, ENQUEUED, SEND_FAILED, claimedFromPending], [attempt(1, "RUNNING")]),
    );
    expect(outline(chapters)).toEqual(["accepted", "send ROLLED_BACK", "attempt 1 RUNNING"]);
  });

  it("a lost lease is told after its unknown attempt, a takeover as the next attempt", () => {
    const chapters = tellStory(
      message(
        [
          ACCEPTED,
          ENQUEUED,
          CLAIMED,
          ["PROCESSING", "PROCESSING", "CLAIMED"],
          ["PROCESSING", "PENDING", "LEASE_EXPIRED"],
        ],
        [attempt(1, "UNKNOWN"), attempt(2, "UNKNOWN")],
      ),
    );
    expect(outline(chapters)).toEqual([
      "accepted",
      "send CLAIMED",
      "attempt 1 UNKNOWN",
      "attempt 2 UNKNOWN",
      "LEASE_EXPIRED",
    ]);
  });

  it("lost and dead-lettered copies end their send; what people did stands by itself", () => {
    const chapters = tellStory(
      message([
        ACCEPTED,
        ENQUEUED,
        ["QUEUED", "PENDING", "ORPHANED"],
        ENQUEUED,
        ["QUEUED", "PENDING", "COPY_DEAD_LETTERED"],
        ENQUEUED,
        ["QUEUED", "PENDING", "MANUAL_RETRY"],
        ENQUEUED,
        ["QUEUED", "CANCELLED", "CANCELLED"],
      ]),
    );
    expect(outline(chapters)).toEqual([
      "accepted",
      "send LOST",
      "send DEAD_LETTERED",
      "send SUPERSEDED",
      "MANUAL_RETRY",
      "send SUPERSEDED",
      "CANCELLED",
    ]);
  });

  it("a failed message says why, and a retry by hand goes on from there", () => {
    const chapters = tellStory(
      message(
        [
          ACCEPTED,
          ENQUEUED,
          CLAIMED,
          ["PROCESSING", "FAILED", "TARGET_REJECTED"],
          ["FAILED", "PENDING", "MANUAL_RETRY"],
        ],
        [attempt(1, "FAILED")],
      ),
    );
    expect(chapters[3]).toEqual({ kind: "end", at: time(3), status: "FAILED", reason: "TARGET_REJECTED" });
    expect(outline(chapters).at(-1)).toBe("MANUAL_RETRY");
  });
});

describe("a history with entries left out", () => {
  const round: readonly Step[] = [ENQUEUED, CLAIMED, RETRY];
  // The first ten entries hold attempts 1 to 3; the rest begins within attempt 7.
  const steps = [ACCEPTED, ...round, ...round, ...round, RETRY, ...round, ...round];
  const attempts = Array.from({ length: 9 }, (_, i) => attempt(i + 1));

  it("says how many, and shows the attempts of that time there", () => {
    const chapters = tellStory(message(steps, attempts, { historyOmitted: 10 }));
    expect(outline(chapters)).toEqual([
      "accepted",
      "send CLAIMED",
      "attempt 1 RETRY",
      "send CLAIMED",
      "attempt 2 RETRY",
      "send CLAIMED",
      "attempt 3 RETRY",
      "gap",
      "attempt 4 RETRY",
      "attempt 5 RETRY",
      "attempt 6 RETRY",
      "attempt 7 RETRY",
      "send CLAIMED",
      "attempt 8 RETRY",
      "send CLAIMED",
      "attempt 9 RETRY",
    ]);
    expect(chapters[7]).toEqual({ kind: "gap", count: 10, attempts: 0 });
  });

  it("says how many attempts are left out with them, and shows the others where they belong", () => {
    const latest = attempts.map((one) => ({ ...one, number: one.number + 40 }));
    const left = { historyOmitted: 170, attemptsOmitted: 40 };
    const chapters = tellStory(message(steps, latest, left));
    expect(chapters).toContainEqual({ kind: "gap", count: 170, attempts: 40 });
    expect(outline(chapters).filter((line) => line.startsWith("attempt"))).toEqual(
      Array.from({ length: 9 }, (_, i) => `attempt ${i + 41} RETRY`),
    );
    expect(outline(chapters).at(-1)).toBe("attempt 49 RETRY");
  });
});
