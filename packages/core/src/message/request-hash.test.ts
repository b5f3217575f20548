import { describe, expect, it } from "vitest";
import { buildPayload } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import type { Payload } from "./message.ts";
import type { AcceptedInput } from "./message-input.ts";
import { requestHash } from "./request-hash.ts";

const input: AcceptedInput = {
  senderId: "acme",
  payload: buildPayload({
    headers: { "X-A": "1", "X-B": "2" },
    body: '{"a":1,"b":[1,2]}',
    metadata: { m: "1" },
  }),
  deliverAt: NOON,
  deliverBy: NOON + 1,
};
const withPayload = (over: Partial<Payload>): AcceptedInput => ({
  ...input,
  payload: { ...input.payload, ...over },
});

describe("the request hash", () => {
  it.each<[string, AcceptedInput]>([
    ["the spelling of header names", withPayload({ headers: { "x-a": "1", "X-b": "2" } })],
    // RFC 9110 §5.3.
    ["the order of headers", withPayload({ headers: { "X-B": "2", "X-A": "1" } })],
    ["the spelling and the order of headers", withPayload({ headers: { "x-b": "2", "x-A": "1" } })],
    ["how a body's text is escaped", withPayload({ body: '{"\\u0061":1,"b":[1,2]}' })],
    ["the order of a body's names", withPayload({ body: '{"b":[1,2],"a":1}' })],
    ["the trace it belongs to", withPayload({ traceparent: "00-aa-bb-01" })],
    ["the idempotency key", { ...input, idempotencyKey: "order 42" }],
  ])("does not depend on %s", (_name, other) => {
    expect(requestHash(other)).toBe(requestHash(input));
  });

  const without = (key: "deliverAt" | "deliverBy"): AcceptedInput => {
    const { [key]: _, ...rest } = input;
    return rest;
  };
  const bodiless = (): AcceptedInput => {
    const { body: _, ...payload } = input.payload;
    return { ...input, payload };
  };

  it.each<[string, AcceptedInput]>([
    ["the sender", { ...input, senderId: "other" }],
    ["the method", withPayload({ method: "PUT" })],
    ["the target", withPayload({ targetUrl: "https://example.com/Hook?token=hidden" })],
    ["which header has which value", withPayload({ headers: { "X-A": "2", "X-B": "1" } })],
    ["a header's value", withPayload({ headers: { "X-A": "1", "X-B": "3" } })],
    ["the order of a list in the body", withPayload({ body: '{"a":1,"b":[2,1]}' })],
    ["a digit of the body", withPayload({ body: '{"a":1.0,"b":[1,2]}' })],
    ["a value of the metadata", withPayload({ metadata: { m: "2" } })],
    ["when it is to be delivered", { ...input, deliverAt: NOON + 1 }],
    ["whether it is to be delivered later", without("deliverAt")],
    ["until when it is useful", { ...input, deliverBy: NOON + 2 }],
    ["whether it ever becomes useless", without("deliverBy")],
    ["whether there is a body", bodiless()],
  ])("depends on %s", (_name, other) => {
    expect(requestHash(other)).not.toBe(requestHash(input));
  });

  it("tells no body, null, an empty string and the text null from each other", () => {
    const bodies = ["null", '""', '"null"', "{}", "[]", "0", "false"].map((body) => withPayload({ body }));
    expect(new Set([bodiless(), ...bodies].map(requestHash)).size).toBe(8);
  });

  it("does not tell an empty metadata or its order from the default", () => {
    const { metadata: _, ...payload } = input.payload;
    expect(requestHash(withPayload({ metadata: {} }))).toBe(requestHash({ ...input, payload }));
    expect(requestHash(withPayload({ metadata: { a: "1", b: "2" } }))).toBe(
      requestHash(withPayload({ metadata: { b: "2", a: "1" } })),
    );
  });
});
