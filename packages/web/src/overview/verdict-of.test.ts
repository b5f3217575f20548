import { describe, expect, it } from "vitest";
import type { Stats } from "../api/types.ts";
import { NOTHING_WAITS, type Waiting } from "./count-waiting.ts";
import { verdictOf } from "./verdict-of.ts";

const NOW = Date.UTC(2026, 10, 22, 1);
const NO_FAILURE = { accepted: 0, completed: 0, failed: 0, retried: 0, rolledBack: 0 };

const stats = (changes: Partial<Stats> = {}, counts: Partial<Stats["counts"]> = {}): Stats => ({
  counts: { PENDING: 0, QUEUED: 0, PROCESSING: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0, ...counts },
  rolledBack: 0,
  queue: { visible: 0, inFlight: 0, delayed: 0 },
  deadLetters: 0,
  oldestOverdueSeconds: 0,
  heldUpLanes: 0,
  oldestHeldUpSeconds: 0,
  capped: [],
  approximate: [],
  perMinute: [],
  ...changes,
});
const failedLately = (failed: number): Pick<Stats, "perMinute"> => ({
  perMinute: [{ ...NO_FAILURE, minute: "2026-11-22T00:30:00.000Z", failed }],
});
const IN_TROUBLE: Waiting = {
  ...NOTHING_WAITS,
  retries: 341,
  inTrouble: 341,
  hosts: [
    { host: "api.example.com", count: 300 },
    { host: "hooks.example.org", count: 41 },
  ],
  nextAt: "2026-11-22T01:04:00.000Z",
};

const verdict = (of: Stats, waiting: Waiting | undefined = NOTHING_WAITS, seesQueue = true) =>
  verdictOf({ stats: of, waiting, seesQueue, now: NOW });
const outline = (...args: Parameters<typeof verdict>) =>
  verdict(...args).map(({ tone, title }) => `${tone}: ${title}`);

describe("the overview in one look", () => {
  it("is good while nothing fails, nothing is rolled back and nothing is overdue", () => {
    expect(outline(stats())).toEqual(["good: Nothing has been sent yet"]);
    expect(outline(stats({}, { COMPLETED: 5 }))).toEqual(["good: Everything came home"]);
    expect(outline(stats({}, { QUEUED: 1 }))).toEqual(["good: Everything is on its way"]);
  });

  it("tells all that is wrong, worst first: Homing's own failures, failed, rolled back, waiting for targets", () => {
    const wrong = stats(
      {
        oldestOverdueSeconds: 400,
        deadLetters: 1,
        heldUpLanes: 3,
        oldestHeldUpSeconds: 7_800,
        rolledBack: 2,
        ...failedLately(173),
      },
      { FAILED: 28, PENDING: 341 },
    );
    expect(outline(wrong, IN_TROUBLE)).toEqual([
      "bad: Messages are overdue, the oldest by 6 min",
      "bad: 1 copy in the dead-letter queue",
      "warn: 3 lanes stand still, the longest for 2 h 10 min",
      "warn: 28 messages failed",
      "warn: 2 messages were rolled back after a failed send",
      "warn: 341 messages wait for a target that did not take them",
    ]);
  });

  it("names the targets that messages wait for, and when they are tried again", () => {
    const [line] = verdict(stats({}, { PENDING: 341 }), IN_TROUBLE);
    expect(line).toEqual({
      tone: "warn",
      title: "341 messages wait for a target that did not take them",
      text: "api.example.com (300), hooks.example.org (41). The next attempt follows in 4 min.",
      link: { href: "/messages?tab=waiting", text: "Show waiting" },
    });
    const many = ["a", "b", "c", "d", "e"].map((host) => ({ host, count: 1 }));
    expect(verdict(stats(), { ...IN_TROUBLE, hosts: many })[0]?.text).toMatch(
      /^a \(1\), b \(1\), c \(1\), 2 others\. /,
    );
    expect(verdict(stats(), { ...IN_TROUBLE, isCapped: true })[0]?.title).toMatch(/^At least 341 messages/);
  });

  it("says nothing of a retry that is ordinary, nor of what is scheduled", () => {
    const ordinary = { ...NOTHING_WAITS, retries: 3, scheduled: 2 };
    expect(outline(stats({}, { QUEUED: 3, PENDING: 2 }), ordinary)).toEqual([
      "good: Everything is on its way",
    ]);
  });

  it("that the queue does not answer explains what is overdue and rolled back, not what failed", () => {
    const { queue: _, ...down } = stats(
      { rolledBack: 2, oldestOverdueSeconds: 90, ...failedLately(1) },
      { FAILED: 3 },
    );
    expect(outline(down)).toEqual(["bad: The queue does not answer", "warn: 3 messages failed"]);
    expect(verdict(down)[0]?.text).toBe(
      "What cannot be sent is stored, and sent by itself when the queue is back: 2 messages so far.",
    );
  });

  it("a key of one sender is told nothing about the queue, which is not the same as no answer", () => {
    const { queue: _, deadLetters: __, ...own } = stats({}, { COMPLETED: 1 });
    expect(outline(own, NOTHING_WAITS, false)).toEqual(["good: Everything came home"]);
  });

  it("yesterday's failures are no news: what is wrong now leads, they are mentioned last", () => {
    const old = stats({}, { FAILED: 28, COMPLETED: 500 });
    expect(outline(old)).toEqual(["good: Everything came home", "quiet: 28 messages failed earlier"]);
    expect(outline({ ...old, rolledBack: 1 })).toEqual([
      "warn: 1 message was rolled back after a failed send",
      "quiet: 28 messages failed earlier",
    ]);
  });

  it("events that went nowhere are mentioned last: not every event has to be wanted", () => {
    const seen = (unmatched?: { count: number; isCapped: boolean }) =>
      verdictOf({
        stats: stats({ rolledBack: 1 }),
        waiting: NOTHING_WAITS,
        seesQueue: true,
        now: NOW,
        unmatched,
      })
        .slice(1)
        .map(({ tone, title, link }) => [tone, title, link?.href]);
    const href = "/events?tab=unmatched";
    expect(seen()).toEqual([]);
    expect(seen({ count: 0, isCapped: false })).toEqual([]);
    expect(seen({ count: 1, isCapped: false })).toEqual([["quiet", "1 event matched no endpoint", href]]);
    expect(seen({ count: 100, isCapped: true })).toEqual([
      ["quiet", "At least 100 events matched no endpoint", href],
    ]);
  });

  it("endpoints that Homing has disabled are told, before what waits for its target", () => {
    const titles = (dropped?: number) =>
      verdictOf({ stats: stats(), waiting: IN_TROUBLE, seesQueue: true, now: NOW, dropped }).map(
        ({ tone, title }) => `${tone}: ${title}`,
      );
    const waiting = "warn: 341 messages wait for a target that did not take them";
    expect(titles(0)).toEqual([waiting]);
    expect(titles(1)).toEqual(["warn: 1 endpoint was disabled by Homing", waiting]);
    expect(titles(2)).toEqual(["warn: 2 endpoints were disabled by Homing", waiting]);
  });

  it("failures that were made good since need nobody", () => {
    expect(outline(stats(failedLately(173), { COMPLETED: 173 }))).toEqual(["good: Everything came home"]);
  });
});
