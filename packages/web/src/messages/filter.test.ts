import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/types.ts";
import { belongs, type Filter, filterSearch, orderOf, parseFilter, sourcesOf } from "./filter.ts";

describe("the filter is the URL", () => {
  it("comes back as it was written", () => {
    const filter = {
      tab: "failed",
      sender: "acme",
      target: "example.com:8443",
      endpoint: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5",
      event: "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5",
      ordering: "order/4711&more",
      reason: "TARGET_REJECTED",
      answer: "401",
      type: "invoice.paid",
      since: "2026-11-22T01:00:00.000Z",
      until: "2026-11-22T02:00:00.000Z",
      key: "order 42&x=1",
    } as const;
    expect(parseFilter(filterSearch(filter))).toEqual(filter);
  });

  it("ignores what is no filter: unknown tabs, empty fields, times that are none", () => {
    expect(parseFilter("?tab=nonsense&sender=&since=yesterday&answer=4xx&other=1")).toEqual({ tab: "all" });
    expect(filterSearch({ tab: "all" })).toBe("");
  });
});

describe("the lists behind the tabs", () => {
  it("waiting: what the table holds, and what the queue holds until its time; the rest of it is queued", () => {
    expect(sourcesOf({ tab: "waiting", sender: "acme" })).toEqual([
      { senderId: "acme", status: "PENDING" },
      { senderId: "acme", status: "QUEUED" },
    ]);
    const now = Date.UTC(2026, 10, 22);
    const item = (status: "PENDING" | "QUEUED", nextAttemptAt?: string) =>
      ({ status, attemptCount: 1, ...(nextAttemptAt ? { nextAttemptAt } : {}) }) as MessageItem;
    const later = "2026-11-22T00:00:05.000Z";
    const shown = (tab: "waiting" | "queued", of: MessageItem) => belongs({ tab }, of, now);
    expect(shown("waiting", item("PENDING"))).toBe(true);
    expect(shown("waiting", item("QUEUED", later))).toBe(true);
    expect(shown("queued", item("QUEUED", later))).toBe(false);
    expect(shown("waiting", item("QUEUED"))).toBe(false);
    expect(shown("queued", item("QUEUED"))).toBe(true);
  });

  it("an address from before, or from the API's words, still leads there", () => {
    expect(parseFilter("?tab=pending")).toEqual({ tab: "waiting" });
  });

  it("unfinished messages come soonest due first, all others newest first", () => {
    const name = (tab: Filter["tab"]) => orderOf({ tab }).name;
    expect((["waiting", "queued", "processing"] as const).map(name)).toEqual(
      Array(3).fill("soonest due first"),
    );
    expect((["all", "attention", "completed", "failed", "cancelled"] as const).map(name)).toEqual(
      Array(5).fill("newest first"),
    );
  });

  it("deliveries of an endpoint or an event come newest first, whatever their state", () => {
    const endpoint = "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5";
    expect(orderOf({ tab: "waiting", endpoint }).name).toBe("newest first");
    expect(sourcesOf({ tab: "failed", endpoint })).toEqual([
      { endpointId: endpoint, status: "FAILED", resolved: "false" },
    ]);
    const event = "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5";
    expect(orderOf({ tab: "queued", event }).name).toBe("newest first");
    expect(sourcesOf({ tab: "all", event })).toEqual([{ eventId: event }]);
  });

  it("one lane is a sender's messages of one ordering key", () => {
    expect(sourcesOf({ tab: "all", sender: "acme", ordering: "order-1" })).toEqual([
      { senderId: "acme", orderingKey: "order-1" },
    ]);
  });

  it("by reason, where there is one, by answer, and by type", () => {
    const why = { reason: "TARGET_REJECTED", answer: "401" } as const;
    const asked = { failureReason: "TARGET_REJECTED", responseStatus: "401" };
    expect(sourcesOf({ tab: "all", ...why })).toEqual([asked]);
    expect(sourcesOf({ tab: "completed", ...why })).toEqual([{ responseStatus: "401", status: "COMPLETED" }]);
    expect(sourcesOf({ tab: "all", type: "invoice.paid", sender: "acme" })).toEqual([
      { senderId: "acme", eventType: "invoice.paid" },
    ]);
  });

  it("failed: those that nobody has dealt with; the others are resolved", () => {
    expect(sourcesOf({ tab: "failed" })).toEqual([{ status: "FAILED", resolved: "false" }]);
    expect(sourcesOf({ tab: "resolved" })).toEqual([{ status: "FAILED", resolved: "true" }]);
  });

  it("needs attention: failed, and rolled back", () => {
    expect(sourcesOf({ tab: "attention", sender: "acme" })).toEqual([
      { senderId: "acme", status: "FAILED", resolved: "false" },
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

  it("asks for what came with a call of one correlation id", () => {
    expect(sourcesOf(parseFilter("?correlation=checkout-7f3a"))).toEqual([
      { correlationId: "checkout-7f3a" },
    ]);
    expect(filterSearch({ tab: "all", correlation: "a:b" })).toBe("?correlation=a%3Ab");
  });

  it("asks for metadata by name and value, and for nothing that is no pair", () => {
    expect(sourcesOf(parseFilter("?metadata=order%3D42"))).toEqual([{ metadata: "order=42" }]);
    expect(parseFilter("?metadata=order")).toEqual({ tab: "all" });
  });
});
