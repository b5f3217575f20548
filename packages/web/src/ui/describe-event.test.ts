import { describe, expect, it } from "vitest";
import { appearanceOfEvent, describeEvent } from "./describe-event.ts";

const event = (
  matched: number,
  skippedCount = 0,
  status: "PENDING" | "EXPANDED" | "FAILED" = "EXPANDED",
) => ({
  status,
  matched,
  skippedCount,
});

describe("what has become of an event in one line", () => {
  it.each([
    [event(2), "EXPANDED", "To 2 endpoints"],
    [event(1, 1), "EXPANDED", "To 1 endpoint, 1 disabled one left out"],
    [event(0), "UNMATCHED", "No endpoint matched"],
    [event(0, 3), "UNMATCHED", "To no endpoint: 3 disabled ones left out"],
    [event(1_000, 0, "PENDING"), "PENDING", "About to go to 1,000 endpoints"],
    [event(12, 0, "FAILED"), "FAILED", "Its messages could not be made for 7 days"],
  ] as const)("%j", (one, appearance, text) => {
    expect(appearanceOfEvent(one)).toBe(appearance);
    expect(describeEvent(one)).toBe(text);
  });
});
