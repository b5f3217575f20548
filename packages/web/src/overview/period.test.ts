import { describe, expect, it } from "vitest";
import { parseScope, scopeSearch, stepsOf } from "./period.ts";

const NOTHING = { accepted: 0, completed: 0, failed: 0, retried: 0, rolledBack: 0 };

describe("what the charts show", () => {
  it("stands in the URL, and what is no part of it is ignored", () => {
    const search = "?period=week&sender=acme&target=shop.example%3A8443";
    const scope = { period: "week", sender: "acme", target: "shop.example:8443" } as const;
    expect(parseScope(`${search}&x=1&endpoint=`)).toEqual(scope);
    expect(scopeSearch(scope)).toBe(search);
    expect(parseScope("?period=year")).toEqual({ period: "hour" });
    expect(scopeSearch({ period: "hour" })).toBe("");
  });

  it("leaves the place of what is not known open", () => {
    const from = "2026-11-22T00:00:00.000Z";
    const known = { at: "2026-11-22T00:30:00.000Z", ...NOTHING, accepted: 4 };
    const { points } = stepsOf("day", { from, points: [known] });
    expect(points).toHaveLength(96);
    expect(points.slice(0, 4)).toEqual([undefined, undefined, known, undefined]);
  });
});
