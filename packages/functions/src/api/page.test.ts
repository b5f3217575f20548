import { describe, expect, it } from "vitest";
import { itemsThatFit } from "./page.ts";

const answered = (items: readonly unknown[]) =>
  Buffer.byteLength(JSON.stringify({ items, nextCursor: "c".repeat(512) }));

describe("a page", () => {
  it("holds all items of an ordinary list", () => {
    const items = Array.from({ length: 100 }, (_, at) => ({ at, metadata: { order: String(at) } }));
    expect(itemsThatFit(items)).toEqual(items);
    expect(itemsThatFit([])).toEqual([]);
  });

  it.each(["x", "é", "📦", "\u0001", '"'])(
    "is at most 1 MiB of what is sent, whatever it holds: %j",
    (unit) => {
      const items = Array.from({ length: 100 }, (_, at) => ({ at, text: unit.repeat(8_000) }));
      const fitting = itemsThatFit(items);
      expect(fitting).toEqual(items.slice(0, fitting.length));
      expect(answered(fitting)).toBeLessThanOrEqual(1_048_576);
      // Nothing is left out without need.
      if (fitting.length < 100)
        expect(answered(items.slice(0, fitting.length + 1))).toBeGreaterThan(1_048_576 - 1_024);
    },
  );

  it("holds an item that is too large for any page, so that a list never stands still", () => {
    const items = [{ text: "x".repeat(2_000_000) }, { text: "y" }];
    expect(itemsThatFit(items)).toEqual(items.slice(0, 1));
  });
});
