import { describe, expect, it } from "vitest";
import { describeCounts } from "./describe-counts.ts";
import { reasonsOf } from "./reasons-of.ts";

describe("why an endpoint did not get an event", () => {
  it("is what is on record, then what its present configuration explains, each endpoint once", () => {
    expect(
      reasonsOf(
        [{ endpointId: "ep_a", reason: "ENDPOINT_DISABLED" }],
        [
          { endpointId: "ep_a", reason: "DISABLED", changedSince: false },
          { endpointId: "ep_b", reason: "EVENT_TYPE", changedSince: false },
          { endpointId: "ep_c", reason: "CHANNEL", changedSince: true },
          { endpointId: "ep_d", reason: "CREATED_LATER", changedSince: true },
        ],
      ),
    ).toEqual([
      { endpointId: "ep_a", text: "It was disabled then" },
      { endpointId: "ep_b", text: "It does not want this type of event" },
      { endpointId: "ep_c", text: "It has no channel in common with the event now; it was changed since" },
      { endpointId: "ep_d", text: "It was registered later" },
    ]);
  });
});

describe("the deliveries of an event in one line", () => {
  it("name what has come home first, and nothing that there is none of", () => {
    expect(describeCounts({ PENDING: 1, COMPLETED: 1_200, FAILED: 0 })).toBe("1,200 delivered, 1 waiting");
    expect(describeCounts({})).toBe("");
  });
});
