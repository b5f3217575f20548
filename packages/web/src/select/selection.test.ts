import { describe, expect, it } from "vitest";
import type { Row } from "../messages/feed.ts";
import {
  countGone,
  MOST_SELECTED,
  NOTHING,
  type Selected,
  shareOf,
  toggled,
  withLatest,
  without,
  withRows,
} from "./selection.ts";

const row = (id: string, status: Row["item"]["status"] = "FAILED", hasMovedOn = false): Row => ({
  item: {
    messageId: id,
    status,
    senderId: "acme",
    correlationId: "c",
    createdAt: "2026-11-22T01:00:00.000Z",
    updatedAt: "2026-11-22T01:00:00.000Z",
    attemptCount: 1,
    maxAttempts: 10,
    sends: { count: 1, rollbacks: 0 },
  },
  hasMovedOn,
});
const rows = ["a", "b", "c", "d", "e"].map((id) => row(id));
const ids = (selected: Selected) => [...selected.keys()];
const select = (...wanted: readonly string[]) =>
  withRows(
    NOTHING,
    rows.filter(({ item }) => wanted.includes(item.messageId)),
  );

describe("a row that is chosen", () => {
  it("is selected, and the next time no more", () => {
    const once = toggled(NOTHING, rows, "b");
    expect(ids(once)).toEqual(["b"]);
    expect(ids(toggled(once, rows, "b"))).toEqual([]);
  });

  it("takes along all that stand between it and the one before, upwards and downwards", () => {
    expect(ids(toggled(select("b"), rows, "d", "b"))).toEqual(["b", "c", "d"]);
    expect(ids(toggled(select("d"), rows, "b", "d")).toSorted()).toEqual(["b", "c", "d"]);
  });

  it("takes all between them away if it was selected", () => {
    expect(ids(toggled(select("a", "b", "c", "d"), rows, "b", "d"))).toEqual(["a"]);
  });

  it("is alone where the one before has gone, and nothing where it has gone itself", () => {
    expect(ids(toggled(NOTHING, rows, "b", "gone"))).toEqual(["b"]);
    expect(ids(toggled(select("a"), rows, "gone"))).toEqual(["a"]);
  });
});

describe("what is selected", () => {
  it("stays so by its id, as it was last seen, when the list changes or it leaves that", () => {
    const selected = select("a", "b", "c");
    const later = [row("new"), row("a", "QUEUED"), row("b", "FAILED", true)];
    const latest = withLatest(selected, later);
    expect([...latest.values()].map(({ item, hasMovedOn }) => [item.status, hasMovedOn])).toEqual([
      ["QUEUED", false],
      ["FAILED", true],
      ["FAILED", false],
    ]);
    expect(countGone(latest, later)).toBe(1);
  });

  it("is the same object while nothing of it changes, so that nothing is drawn anew", () => {
    const selected = select("a");
    expect(withLatest(selected, [...rows])).toBe(selected);
    expect(withLatest(NOTHING, rows)).toBe(NOTHING);
  });

  it("is none of the list, some or all of it", () => {
    expect(shareOf(NOTHING, rows)).toBe("none");
    expect(shareOf(NOTHING, [])).toBe("none");
    expect(shareOf(select("a"), rows)).toBe("some");
    expect(shareOf(select("a", "b", "c", "d", "e"), rows)).toBe("all");
    // What has left the list is nothing of it.
    expect(shareOf(select("a"), rows.slice(1))).toBe("none");
  });

  it("ends for those that are done", () => {
    expect(ids(without(select("a", "b", "c"), ["a", "c", "never"]))).toEqual(["b"]);
  });

  it("is 500 at the most, the first of them; then all that may be are selected", () => {
    const many = Array.from({ length: 700 }, (_, i) => row(`m${i}`));
    const selected = withRows(NOTHING, many);
    expect(MOST_SELECTED).toBe(500);
    expect(selected.size).toBe(500);
    expect(ids(selected).at(-1)).toBe("m499");
    expect(shareOf(selected, many)).toBe("all");
    expect(toggled(selected, many, "m600").size).toBe(500);
  });
});
