import { describe, expect, it } from "vitest";
import { nextPage } from "./next-page.ts";

/** A list whose pages hold so many items each. */
function list(...sizes: readonly number[]) {
  const asked: (string | undefined)[] = [];
  const fetchFrom = async (cursor: string | undefined) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    const items = Array.from({ length: sizes[at] ?? 0 }, (_, i) => `${at}.${i}`);
    return at + 1 < sizes.length ? { items, nextCursor: String(at + 1) } : { items };
  };
  return { asked, fetchFrom };
}

describe("the next page of a list", () => {
  it("skips those that are empty and have others after them", async () => {
    const { asked, fetchFrom } = list(0, 0, 2, 1);
    expect(await nextPage(fetchFrom, undefined)).toEqual({ items: ["2.0", "2.1"], nextCursor: "3" });
    expect(asked).toEqual([undefined, "1", "2"]);
    expect(await nextPage(fetchFrom, "3")).toEqual({ items: ["3.0"] });
  });

  it("is the empty last one at the end", async () => {
    expect(await nextPage(list(0, 0).fetchFrom, undefined)).toEqual({ items: [] });
  });

  it("is asked for twenty times at the most, and says where to go on", async () => {
    const { asked, fetchFrom } = list(...Array.from({ length: 50 }, () => 0));
    expect(await nextPage(fetchFrom, undefined)).toEqual({ items: [], nextCursor: "20" });
    expect(asked).toHaveLength(20);
  });
});
