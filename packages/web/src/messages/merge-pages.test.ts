import { describe, expect, it } from "vitest";
import type { MessageItem, MessagePage } from "../api/types.ts";
import { mergePages, START, wanted } from "./merge-pages.ts";
import { NEWEST_FIRST, SOONEST_FIRST } from "./order.ts";

/** A message accepted at that second. */
const item = (second: number, id = `m${second}`): MessageItem => ({
  messageId: id,
  status: "FAILED",
  senderId: "acme",
  correlationId: "c",
  createdAt: new Date(Date.UTC(2026, 10, 22, 1, 0, second)).toISOString(),
  updatedAt: new Date(Date.UTC(2026, 10, 22, 1, 0, second)).toISOString(),
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
});
const page = (seconds: readonly number[], nextCursor?: string): MessagePage => ({
  items: seconds.map((second) => item(second)),
  ...(nextCursor ? { nextCursor } : {}),
});
const ids = (items: readonly MessageItem[]) => items.map(({ messageId }) => messageId);

describe("one list out of several", () => {
  it("passes a single list through, page by page", () => {
    const first = mergePages([START], [page([9, 8], "c1")], NEWEST_FIRST);
    expect(ids(first.items)).toEqual(["m9", "m8"]);
    expect(wanted(first.next ?? [])).toEqual(["c1"]);
    const last = mergePages(first.next ?? [], [page([7])], NEWEST_FIRST);
    expect(ids(last.items)).toEqual(["m7"]);
    expect(last.next).toBeUndefined();
    expect(last.completeTo).toBeUndefined();
  });

  it("shows nothing that a later page of the other list could still precede", () => {
    const first = mergePages([START, START], [page([9, 3], "a"), page([8, 6], "b")], NEWEST_FIRST);
    expect(ids(first.items)).toEqual(["m9", "m8", "m6"]);
    expect(first.completeTo).toBe(item(6).createdAt);
    // The first list still holds message 3: only the second one is asked for more.
    expect(wanted(first.next ?? [])).toEqual([undefined, "b"]);
    const second = mergePages(first.next ?? [], [undefined, page([5, 1])], NEWEST_FIRST);
    expect(ids(second.items)).toEqual(["m5", "m3"]);
    expect(wanted(second.next ?? [])).toEqual(["a", undefined]);
    const third = mergePages(second.next ?? [], [page([2]), undefined], NEWEST_FIRST);
    expect(ids(third.items)).toEqual(["m2", "m1"]);
    expect(third.next).toBeUndefined();
  });

  it("goes on after an empty page that has a cursor", () => {
    const first = mergePages([START, START], [page([], "a"), page([8])], NEWEST_FIRST);
    expect(first.items).toEqual([]);
    expect(wanted(first.next ?? [])).toEqual(["a", undefined]);
    const second = mergePages(first.next ?? [], [page([9]), undefined], NEWEST_FIRST);
    expect(ids(second.items)).toEqual(["m9", "m8"]);
  });

  it("shows a message once that moved from one list to the other between two calls, in its later state", () => {
    const later = { ...item(8), status: "PENDING" as const, updatedAt: item(20).updatedAt };
    const merged = mergePages([START, START], [page([8]), { items: [later] }], NEWEST_FIRST);
    expect(merged.items).toEqual([later]);
  });

  it("by due time: what is due sooner in one list comes before what is due later in the other", () => {
    const due = (second: number) => ({ ...item(second), dueAt: item(second).createdAt });
    const first = mergePages(
      [START, START],
      [{ items: [due(1), due(5)], nextCursor: "a" }, { items: [due(2), due(9)] }],
      SOONEST_FIRST,
    );
    expect(ids(first.items)).toEqual(["m1", "m2", "m5"]);
    expect(first.completeTo).toBe(item(5).createdAt);
    const second = mergePages(first.next ?? [], [{ items: [due(7)] }, undefined], SOONEST_FIRST);
    expect(ids(second.items)).toEqual(["m7", "m9"]);
    expect(second.next).toBeUndefined();
  });

  it("a source that may be asked for so many pages only counts as ended after them", () => {
    const start = [START, { ...START, pagesLeft: 2 }];
    const first = mergePages(start, [page([9]), page([], "b")], NEWEST_FIRST);
    expect(first.items).toEqual([]);
    expect(wanted(first.next ?? [])).toEqual([undefined, "b"]);
    const second = mergePages(first.next ?? [], [undefined, page([], "c")], NEWEST_FIRST);
    expect(ids(second.items)).toEqual(["m9"]);
    expect(second.next).toBeUndefined();
  });
});
