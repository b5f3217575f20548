import { describe, expect, it } from "vitest";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON } from "../testing/test-clock.ts";
import { type EventAddress, matchEndpoints } from "./match.ts";

const everything = buildEndpoint({ createdAt: NOON });
const invoices = buildEndpoint({ createdAt: NOON + 1, eventTypes: ["invoice.*", "refund"] });
const project7 = buildEndpoint({ createdAt: NOON + 2, channels: ["project_7", "project_8"] });
const both = buildEndpoint({ createdAt: NOON + 3, eventTypes: ["invoice.*"], channels: ["project_7"] });
// In no order of their own.
const all = [both, invoices, everything, project7];

const matched = (address: EventAddress, endpoints = all) =>
  matchEndpoints(endpoints, address).matched.map(({ endpointId }) => endpointId);
const ids = (...endpoints: (typeof everything)[]) => endpoints.map(({ endpointId }) => endpointId);

describe("an event goes to an endpoint", () => {
  it("if one of its event types fits, or it names none; oldest endpoint first", () => {
    expect(matched({ eventType: "invoice.paid" })).toEqual(ids(everything, invoices));
    expect(matched({ eventType: "refund" })).toEqual(ids(everything, invoices));
    expect(matched({ eventType: "user.created" })).toEqual(ids(everything));
  });

  it("and it shares a channel with the event, or names none", () => {
    expect(matched({ eventType: "user.created", channels: ["project_8", "x"] })).toEqual(
      ids(everything, project7),
    );
    expect(matched({ eventType: "invoice.paid", channels: ["project_7"] })).toEqual(
      ids(everything, invoices, project7, both),
    );
    expect(matched({ eventType: "user.created", channels: ["elsewhere"] })).toEqual(ids(everything));
  });

  it("alone, whatever its types and channels, if the event names it", () => {
    expect(matched({ eventType: "user.created", endpointId: both.endpointId })).toEqual(ids(both));
    expect(matched({ eventType: "user.created", endpointId: "ep_unknown" })).toEqual([]);
  });

  it("not while that is disabled, which is noted only if it would have matched", () => {
    const disabled = { ...invoices, state: "DISABLED" } as const;
    expect(matchEndpoints([disabled], { eventType: "invoice.paid" })).toEqual({
      matched: [],
      skipped: [{ endpointId: invoices.endpointId, reason: "ENDPOINT_DISABLED" }],
    });
    expect(matchEndpoints([disabled], { eventType: "other" })).toEqual({ matched: [], skipped: [] });
    const named = { eventType: "other", endpointId: disabled.endpointId };
    expect(matchEndpoints([disabled], named).skipped).toHaveLength(1);
  });

  it("while that is paused, to be held", () => {
    expect(matched({ eventType: "x" }, [{ ...everything, state: "PAUSED" }])).toEqual(ids(everything));
  });

  it("never once that is deleted, without a note", () => {
    expect(matchEndpoints([{ ...everything, state: "DELETED" }], { eventType: "x" })).toEqual({
      matched: [],
      skipped: [],
    });
  });
});
