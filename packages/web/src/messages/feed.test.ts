import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/types.ts";
import { arrivalsIn, rowsOf, toFeedPage, withLook } from "./feed.ts";
import { START } from "./merge-pages.ts";
import { NEWEST_FIRST, SOONEST_FIRST } from "./order.ts";

const time = (second: number) => new Date(Date.UTC(2026, 10, 22, 1, 0, second)).toISOString();
const item = (second: number, changes: Partial<MessageItem> = {}): MessageItem => ({
  messageId: `m${second}`,
  status: "QUEUED",
  senderId: "acme",
  correlationId: "c",
  createdAt: time(second),
  updatedAt: time(second),
  attemptCount: 0,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
  ...changes,
});
const feed = [
  toFeedPage({ items: [item(9), item(8)], next: [START] }),
  toFeedPage({ items: [item(7), item(6)] }),
];
const shown = (pages: typeof feed | ReturnType<typeof withLook>) =>
  rowsOf(pages).map(
    ({ item: { messageId, status }, hasMovedOn }) => `${messageId} ${hasMovedOn ? "moved on" : status}`,
  );

describe("rows stay where they are", () => {
  it("a later look changes what is in them", () => {
    const look = {
      items: [item(9, { status: "COMPLETED", updatedAt: time(30) }), item(8)],
      completeTo: time(8),
    };
    expect(shown(withLook(feed, look, NEWEST_FIRST))).toEqual([
      "m9 COMPLETED",
      "m8 QUEUED",
      "m7 QUEUED",
      "m6 QUEUED",
    ]);
  });

  it("one that no longer matches is marked, and comes back when it matches again", () => {
    const without = { items: [item(9), item(7)], completeTo: time(7) };
    const marked = withLook(feed, without, NEWEST_FIRST);
    expect(shown(marked)).toEqual(["m9 QUEUED", "m8 moved on", "m7 QUEUED", "m6 QUEUED"]);
    expect(shown(withLook(marked, { ...without, items: [item(9), item(8), item(7)] }, NEWEST_FIRST))).toEqual(
      shown(feed),
    );
  });

  it("nothing is said about rows outside the part that was looked at, its borders included", () => {
    const look = { items: [], completeTo: time(7), next: [START] };
    expect(shown(withLook(feed, look, NEWEST_FIRST, time(9)))).toEqual([
      "m9 QUEUED",
      "m8 moved on",
      "m7 QUEUED",
      "m6 QUEUED",
    ]);
  });

  it("a look that reached the end of the list speaks for all that is older", () => {
    expect(shown(withLook(feed, { items: [] }, NEWEST_FIRST, time(8)))).toEqual([
      "m9 QUEUED",
      "m8 QUEUED",
      "m7 moved on",
      "m6 moved on",
    ]);
  });

  it("of a list by due time: what is due before the end of the look and not in it has moved on", () => {
    const due = (second: number) => item(second, { dueAt: time(second) });
    const list = [toFeedPage({ items: [due(1), due(2), due(3)], next: [START] })];
    const look = { items: [due(2)], completeTo: time(2), next: [START] };
    expect(shown(withLook(list, look, SOONEST_FIRST))).toEqual(["m1 moved on", "m2 QUEUED", "m3 QUEUED"]);
  });

  it("pages in which nothing changed stay the same objects", () => {
    const look = { items: [item(9, { status: "COMPLETED", updatedAt: time(30) })], completeTo: time(9) };
    const after = withLook(feed, look, NEWEST_FIRST);
    expect(after[0]).not.toBe(feed[0]);
    expect(after[1]).toBe(feed[1]);
  });

  it("a message in two pages is one row", () => {
    expect(shown([toFeedPage({ items: [item(9)] }), toFeedPage({ items: [item(9), item(8)] })])).toEqual([
      "m9 QUEUED",
      "m8 QUEUED",
    ]);
  });
});

describe("new messages are counted", () => {
  it("those that are not among the rows", () => {
    expect(arrivalsIn({ items: [item(11), item(10), item(9)] }, rowsOf(feed), NEWEST_FIRST, false)).toEqual({
      count: 2,
      orMore: false,
    });
  });

  it("or more, if all that were looked at are new and the list goes on", () => {
    const head = { items: [item(12), item(11)], completeTo: time(11), next: [START] };
    expect(arrivalsIn(head, rowsOf(feed), NEWEST_FIRST, false)).toEqual({ count: 2, orMore: true });
  });

  it("not those that are merely not loaded yet, because what stood before them has gone", () => {
    const due = (second: number) => item(second, { dueAt: time(second) });
    const rows = rowsOf([toFeedPage({ items: [due(1), due(2), due(3)], next: [START] })]);
    const head = { items: [due(2), due(3), due(4)], completeTo: time(4), next: [START] };
    expect(arrivalsIn(head, rows, SOONEST_FIRST, true)).toEqual({ count: 0, orMore: false });
    const withOne = { ...head, items: [{ ...due(2), messageId: "fresh" }, due(3), due(4)] };
    expect(arrivalsIn(withOne, rows, SOONEST_FIRST, true)).toEqual({ count: 1, orMore: false });
  });

  it("none before the first look", () => {
    expect(arrivalsIn(undefined, rowsOf(feed), NEWEST_FIRST, false)).toEqual({ count: 0, orMore: false });
  });
});
