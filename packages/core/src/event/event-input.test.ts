import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { NOON } from "../testing/test-clock.ts";
import { checkEventInput, type EventInput, eventInputSchema } from "./event-input.ts";

const check = (input: Partial<EventInput>) =>
  checkEventInput({ eventType: "a", body: {}, ...input }, { now: NOON, defaultSenderId: "acme" });
const pathsOf = (input: Partial<EventInput>) => {
  const checked = check(input);
  return "errors" in checked ? checked.errors.listed.map(({ path }) => path) : [];
};

describe("what is asked for an event", () => {
  it("needs a type and a body, which may be any JSON value", () => {
    for (const body of [{ id: 1 }, [], "text", 0, false, null])
      expect(v.is(eventInputSchema, { eventType: "a.b", body })).toBe(true);
    expect(v.is(eventInputSchema, { eventType: "a.b" })).toBe(false);
    expect(v.is(eventInputSchema, { body: {} })).toBe(false);
    expect(check({ eventType: "a.b", body: { id: 1 } })).toEqual({
      input: { senderId: "acme", eventType: "a.b", payload: { headers: {}, body: '{"id":1}' } },
    });
  });

  it.each([
    ["eventType", "a*"],
    ["channels", []],
    ["channels", ["a b"]],
    ["endpointId", "ep_short"],
    ["deliverBy", "tomorrow"],
    ["metadata", { a: 1 }],
    ["targetUrl", "https://example.com/"],
    ["deliverAt", "2026-12-24T08:00:00Z"],
  ])("is refused for %s: %j", (name, value) => {
    const { issues } = v.safeParse(eventInputSchema, { eventType: "a", body: {}, [name]: value });
    expect(issues?.[0].path?.[0]?.key).toBe(name);
  });

  it("brings at most 40 headers, 12 KiB, and none that Homing sets", () => {
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "1"]));
    expect(pathsOf({ headers: headers(40) })).toEqual([]);
    expect(pathsOf({ headers: headers(41) })).toEqual(["headers"]);
    expect(pathsOf({ headers: { "x-a": "v".repeat(12_285) } })).toEqual([]);
    expect(pathsOf({ headers: { "x-a": "v".repeat(12_286) } })).toEqual(["headers"]);
    expect(pathsOf({ headers: { "webhook-event-type": "a" } })).toEqual(["headers.webhook-event-type"]);
  });

  it("has a body of at most 262,144 bytes as it is delivered", () => {
    expect(pathsOf({ body: "x".repeat(262_144) })).toEqual([]);
    expect(pathsOf({ body: "x".repeat(262_145) })).toEqual(["body"]);
    expect(pathsOf({ body: { a: "é".repeat(131_072) } })).toEqual(["body"]);
  });

  it("is useless after deliverBy, which lies ahead", () => {
    expect(pathsOf({ deliverBy: "2026-11-22T12:00:00Z" })).toEqual(["deliverBy"]);
    expect(check({ deliverBy: "2026-11-22T12:00:01Z" })).toMatchObject({
      input: { deliverBy: NOON + 1_000 },
    });
  });
});
