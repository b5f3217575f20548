import { describe, expect, it } from "vitest";
import type { Stats } from "../api/types.ts";
import { verdictOf } from "./verdict-of.ts";

const stats = (changes: Partial<Stats> = {}, counts: Partial<Stats["counts"]> = {}): Stats => ({
  counts: { PENDING: 0, QUEUED: 0, PROCESSING: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0, ...counts },
  rolledBack: 0,
  queue: { visible: 0, inFlight: 0, delayed: 0 },
  deadLetters: 0,
  oldestOverdueSeconds: 0,
  capped: [],
  approximate: [],
  perMinute: [],
  ...changes,
});

describe("the overview in one look", () => {
  it("is good while nothing failed, nothing was rolled back and nothing is overdue", () => {
    expect(verdictOf(stats())).toMatchObject({ tone: "good", title: "Nothing has been sent yet" });
    expect(verdictOf(stats({}, { COMPLETED: 5 }))).toMatchObject({
      tone: "good",
      title: "Everything came home",
    });
    expect(verdictOf(stats({}, { QUEUED: 1 }))).toMatchObject({
      tone: "good",
      title: "Everything is on its way",
    });
  });

  it("says that the queue does not answer, and how many messages wait for it", () => {
    const {
      queue: _,
      deadLetters: __,
      ...withoutQueue
    } = stats({ rolledBack: 2, oldestOverdueSeconds: 90 }, { FAILED: 3 });
    expect(verdictOf(withoutQueue)).toEqual({
      tone: "bad",
      title: "The queue does not answer",
      text: "What cannot be sent is stored and rolled back, and sent by itself when the queue is back: 2 unfinished messages so far.",
    });
  });

  it("names the worst first: overdue, dead letters, rolled back, failed", () => {
    const all = { oldestOverdueSeconds: 400, deadLetters: 1, rolledBack: 2 };
    expect(verdictOf(stats(all, { FAILED: 3 }))).toMatchObject({
      tone: "bad",
      title: "Messages are overdue, the oldest by 6 min",
    });
    expect(verdictOf(stats({ ...all, oldestOverdueSeconds: 0 }, { FAILED: 3 }))).toMatchObject({
      tone: "bad",
      title: "1 copy in the dead-letter queue",
    });
    expect(verdictOf(stats({ rolledBack: 2 }, { FAILED: 3 }))).toMatchObject({
      tone: "warn",
      title: "2 unfinished messages were rolled back after a failed send",
    });
    expect(verdictOf(stats({}, { FAILED: 3 }))).toMatchObject({ tone: "warn", title: "3 messages failed" });
  });
});
