import { describe, expect, it } from "vitest";
import { filterSearch, parseFilter, sourcesOf } from "./filter.ts";

describe("the filter is the URL", () => {
  it("comes back as it was written", () => {
    const filter = {
      tab: "failed",
      sender: "acme",
      target: "example.com:8443",
      since: "2026-11-22T01:00:00.000Z",
      until: "2026-11-22T02:00:00.000Z",
      key: "order 42&x=1",
    } as const;
    expect(parseFilter(filterSearch(filter))).toEqual(filter);
  });

  it("ignores what is no filter: unknown tabs, empty fields, times that are none", () => {
    expect(parseFilter("?tab=nonsense&sender=&since=yesterday&other=1")).toEqual({ tab: "all" });
    expect(filterSearch({ tab: "all" })).toBe("");
  });
});

describe("the lists behind the tabs", () => {
  it("needs attention: failed, and rolled back", () => {
    expect(sourcesOf({ tab: "attention", sender: "acme" })).toEqual([
      { senderId: "acme", status: "FAILED" },
      { senderId: "acme", rolledBack: "true" },
    ]);
  });

  it("a status is a list; all is one without a status", () => {
    expect(sourcesOf({ tab: "processing", target: "example.com" })).toEqual([
      { target: "example.com", status: "PROCESSING" },
    ]);
    expect(sourcesOf({ tab: "all" })).toEqual([{}]);
  });

  it("an idempotency key names one message, whatever its status", () => {
    expect(sourcesOf({ tab: "failed", key: "order-42", sender: "acme" })).toEqual([
      { senderId: "acme", idempotencyKey: "order-42" },
    ]);
  });
});
