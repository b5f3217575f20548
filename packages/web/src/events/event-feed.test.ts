import { describe, expect, it } from "vitest";
import type { EventItem } from "../api/types.ts";
import { arrivalsIn, currentEvents } from "./event-feed.ts";

const event = (second: number, status: EventItem["status"] = "EXPANDED"): EventItem => ({
  eventId: `evt_${second}`,
  status,
  senderId: "acme",
  eventType: "invoice.paid",
  correlationId: "c",
  createdAt: `2026-11-22T01:00:0${second}.000Z`,
  matched: 1,
  skipped: [],
  skippedCount: 0,
});

describe("the list of events", () => {
  it("keeps its rows where they are, each once, in the state that was seen last", () => {
    const listed = [event(3, "PENDING"), event(2), event(2), event(1)];
    expect(currentEvents(listed, [event(4), event(3)])).toEqual([event(3), event(2), event(1)]);
  });

  it("counts what is new at its top, and nothing that belongs further down", () => {
    const listed = [event(5), event(3)];
    expect(arrivalsIn(listed, [event(7), event(6), event(5), event(4), event(3)])).toBe(2);
    expect(arrivalsIn([], [event(1)])).toBe(1);
  });
});
