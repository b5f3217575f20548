import { describe, expect, it } from "vitest";
import type { MessageItem, MessagePage } from "../api/types.ts";
import { mergePages, START, wanted } from "./merge-pages.ts";

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
    const first = mergePages([START], [page([9, 8], "c1")]);
    expect(ids(first.items)).toEqual(["m9", "m8"]);
    expect(wanted(first.next ?? [])).toEqual(["c1"]);
    const last = mergePages(first.next ?? [], [page([7])]);
    expect(ids(last.items)).toEqual(["m7"]);
    expect(last.next).toBeUndefined();
    expect(last.completeDownTo).toBeUndefined();
  });

  it("shows nothing that a later page of the other list could still precede", () => {
    const first = mergePages([START, START], [page([9, 3], "a"), page([8, 6], "b")]);
    expect(ids(first.items)).toEqual(["m9", "m8", "m6"]);
    expect(first.completeDownTo).toBe(item(6).createdAt);
    // The first list still holds message 3: only the second one is asked for more.
    expect(wanted(first.next ?? [])).toEqual([undefined, "b"]);
    const second = mergePages(first.next ?? [], [undefined, page([5, 1])]);
    expect(ids(second.items)).toEqual(["m5", "m3"]);
    expect(wanted(second.next ?? [])).toEqual(["a", undefined]);
    const third = mergePages(second.next ?? [], [page([2]), undefined]);
    expect(ids(third.items)).toEqual(["m2", "m1"]);
    expect(third.next).toBeUndefined();
  });

  it("goes on after an empty page that has a cursor", () => {
    const first = mergePages([START, START], [page([], "a"), page([8])]);
    expect(first.items).toEqual([]);
    expect(wanted(first.next ?? [])).toEqual(["a", undefined]);
    const second = mergePages(first.next ?? [], [page([9]), undefined]);
    expect(ids(second.items)).toEqual(["m9", "m8"]);
  });

  it("shows a message once that moved from one list to the other between two calls, in its later state", () => {
    const later = { ...item(8), status: "PENDING" as const, updatedAt: item(20).updatedAt };
    const merged = mergePages([START, START], [page([8]), { items: [later] }]);
    expect(merged.items).toEqual([later]);
  });
});
