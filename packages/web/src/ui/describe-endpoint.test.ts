import { describe, expect, it } from "vitest";
import { describeEndpoint, describeTypes, spellHeld } from "./describe-endpoint.ts";

const since = "2026-11-22T01:00:00.000Z";
const endpoint = (state: "ACTIVE" | "PAUSED" | "DISABLED", stateReason: "REQUESTED" | "FAILING" | "GONE") =>
  describeEndpoint({ state, stateReason, stateSince: since });

describe("an endpoint's state in one line", () => {
  it("what somebody wanted is no alarm; what Homing did by itself is one, and says why", () => {
    const told = ({ tone, name, text }: ReturnType<typeof endpoint>) => `${tone}, ${name}: ${text}`;
    expect(told(endpoint("ACTIVE", "REQUESTED"))).toBe("good, Active: It gets its events");
    expect(told(endpoint("PAUSED", "REQUESTED"))).toBe(
      "warn, Paused: Its deliveries are held until it is activated",
    );
    expect(told(endpoint("DISABLED", "REQUESTED"))).toBe(
      "idle, Disabled: Disabled by hand: it gets no events",
    );
    expect(told(endpoint("DISABLED", "GONE"))).toMatch(/^bad, Disabled: .*410/);
    expect(told(endpoint("DISABLED", "FAILING"))).toMatch(/^bad, Disabled: .*nothing was delivered/);
  });

  it("one that is active and fails is told as failing, since when and how", () => {
    const failingSince = "2026-11-22T02:00:00.000Z";
    const active = { state: "ACTIVE", stateReason: "REQUESTED", stateSince: since } as const;
    const last = { at: failingSince, messageId: "msg_1" };
    expect(
      describeEndpoint({ ...active, failingSince, lastFailure: { ...last, responseStatus: 503 } }),
    ).toEqual({
      appearance: "FAILING",
      name: "Failing",
      tone: "bad",
      text: "Nothing gets through: the last attempt was answered 503",
      since: failingSince,
    });
    expect(
      describeEndpoint({ ...active, failingSince, lastFailure: { ...last, errorCode: "TIMEOUT" } }).text,
    ).toContain("TIMEOUT");
    const gate = { since: failingSince, probes: 2, nextProbeAt: failingSince };
    expect(describeEndpoint({ ...active, failingSince, lastFailure: last, gate }).text).toBe(
      "Nothing gets through, and its deliveries are held: every attempt fails",
    );
    expect(describeEndpoint({ ...active, state: "PAUSED", failingSince, lastFailure: last }).appearance).toBe(
      "PAUSED",
    );
  });

  it("one that fails is told by its newest attempt, where what is kept with it is older", () => {
    const [earlier, at] = ["2026-11-22T02:00:00.000Z", "2026-11-22T02:00:30.000Z"];
    const failing = {
      ...({ state: "ACTIVE", stateReason: "REQUESTED", stateSince: since } as const),
      failingSince: earlier,
      lastFailure: { at: earlier, messageId: "msg_1", responseStatus: 500 },
    };
    const told = (attempt: Partial<NonNullable<Parameters<typeof describeEndpoint>[1]>>) =>
      describeEndpoint(failing, { at, outcome: "FAILED", messageId: "msg_2", ...attempt }).text;
    expect(told({})).toBe("Nothing gets through: the last attempt failed without an answer");
    expect(told({ responseStatus: 503 })).toBe("Nothing gets through: the last attempt was answered 503");
    const kept = "Nothing gets through: the last attempt was answered 500";
    expect(told({ at: earlier, responseStatus: 503 })).toBe(kept);
    expect(told({ outcome: "SUCCEEDED", responseStatus: 200 })).toBe(kept);
  });

  it("one that is active and has failed last is not said to be all well, until an attempt succeeds", () => {
    const active = { state: "ACTIVE", stateReason: "REQUESTED", stateSince: since } as const;
    const at = "2026-11-22T02:00:00.000Z";
    const failed = { at, outcome: "FAILED", messageId: "msg_1", responseStatus: 503 } as const;
    expect(describeEndpoint(active, failed)).toEqual({
      appearance: "ACTIVE",
      name: "Active",
      tone: "warn",
      text: "The last attempt was answered 503",
      since: at,
    });
    const { responseStatus: _, ...unanswered } = failed;
    expect(describeEndpoint(active, unanswered).text).toBe("The last attempt failed without an answer");
    expect(describeEndpoint(active, { ...failed, outcome: "SUCCEEDED" })).toEqual(describeEndpoint(active));
    expect(describeEndpoint({ ...active, state: "PAUSED" }, failed).name).toBe("Paused");
    expect(describeEndpoint({ ...active, failingSince: at }, failed).name).toBe("Failing");
  });

  it("a state that this dashboard does not know yet is shown as it is called", () => {
    const unknown = describeEndpoint({
      state: "RESTING" as "ACTIVE",
      stateReason: "REQUESTED",
      stateSince: since,
    });
    expect(unknown).toMatchObject({ name: "RESTING", text: "RESTING" });
  });
});

it("names two of the event types, and counts the others", () => {
  expect(describeTypes({})).toBe("All events");
  expect(describeTypes({ eventTypes: ["a.*"] })).toBe("a.*");
  expect(describeTypes({ eventTypes: ["a", "b", "c", "d", "e"] })).toBe("a, b and 3 more");
});

it("counts what is held, and says when there is more than was counted", () => {
  expect(spellHeld({ count: 1, capped: false })).toBe("1 delivery");
  expect(spellHeld({ count: 10_000, capped: true })).toBe("more than 10,000 deliveries");
});
