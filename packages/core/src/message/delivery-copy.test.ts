import { describe, expect, it } from "vitest";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventPayload } from "../event/event-input.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { EVERY_PLANE } from "../testing/every-plane.ts";
import { NOON } from "../testing/test-clock.ts";
import { decodeCopy, encodeCopy } from "./copy.ts";
import type { Message } from "./message.ts";

const queued: Message = buildMessage({
  status: "QUEUED",
  attempt: 0,
  sendId: "send-1",
  eventId: "evt_1",
  endpointId: "ep_1",
  eventType: "invoice.paid",
  requestHash: "hash-1",
});
const ENDPOINT: KnownEndpoint = {
  url: "https://customer.example/hook",
  headers: { "X-Api-Key": "k" },
  svixHeaders: true,
  state: "ACTIVE",
  generation: 2,
  readAt: NOON - 7,
};
const HEAD = {
  attempt: 1,
  sendId: "send-1",
  senderId: "acme",
  createdAt: NOON,
  eventId: "evt_1",
  endpointId: "ep_1",
  eventType: "invoice.paid",
  requestHash: "hash-1",
};

const encode = (event: EventPayload, over: Partial<Message> = {}, endpoint?: KnownEndpoint) =>
  encodeCopy({ ...queued, ...over }, { event, ...(endpoint ? { endpoint } : {}) });

describe("the copy of a delivery", () => {
  it("is version 2: the event, the endpoint as it was known and since when, and what is sent", () => {
    const payload = buildEventPayload({ metadata: { order: "42" } });
    expect(JSON.parse(encode(payload, { deliverBy: NOON + 9 }, ENDPOINT))).toEqual({
      version: 2,
      ...HEAD,
      deliverBy: NOON + 9,
      endpoint: {
        url: "https://customer.example/hook",
        headers: { "X-Api-Key": "k" },
        svixHeaders: true,
        state: "ACTIVE",
        generation: 2,
        readAt: NOON - 7,
      },
      headers: { "X-Order": "42" },
      metadata: { order: "42" },
      body: { order: 42 },
    });
  });

  it.each<[string, EventPayload]>([
    ["metadata", buildEventPayload({ metadata: { order: "42" } })],
    ["a body that is null", buildEventPayload({ body: "null" })],
    ["an empty string as its body", buildEventPayload({ body: '""' })],
    ["numbers digit for digit", buildEventPayload({ body: "[12345678901234567890,1e20,1.0,-0,1E400]" })],
    [
      "a body named like the copy's own fields",
      buildEventPayload({ body: '{"endpoint":{"url":1},"body":2}' }),
    ],
    ["no headers", buildEventPayload({ headers: {} })],
    ["every plane", buildEventPayload({ body: JSON.stringify(EVERY_PLANE), metadata: { a: EVERY_PLANE } })],
    ["what tracing systems say", buildEventPayload({ tracestate: "vendor=1" })],
  ])("arrives as it was sent: %s", (_name, event) => {
    expect(decodeCopy(encode(event, {}, ENDPOINT))).toEqual({
      ...HEAD,
      forced: false,
      endpoint: ENDPOINT,
      event,
    });
  });

  it("takes the trace from the record that brought it", () => {
    const { event } = decodeCopy(encode(buildEventPayload()), "00-aa-bb-01") as { event?: EventPayload };
    expect(event?.traceparent).toBe("00-aa-bb-01");
  });

  it("of an endpoint that is not known says nothing of it: whoever delivers it reads it", () => {
    const event = buildEventPayload();
    expect(decodeCopy(encode(event))).toEqual({ ...HEAD, forced: false, event });
  });

  it("carries a secret that was brought along as it is stored: sealed", () => {
    const sealed = { ...ENDPOINT, sealedSecret: "c2VhbGVk" };
    expect(decodeCopy(encode(buildEventPayload(), {}, sealed))).toMatchObject({ endpoint: sealed });
  });

  it("is forced for the attempt that somebody has asked for, and for no other", () => {
    const event = buildEventPayload();
    const forced = (over: Partial<Message>) =>
      (decodeCopy(encode(event, over)) as { forced?: boolean }).forced;
    expect(forced({ forcedAttempt: 1 })).toBe(true);
    expect(forced({ forcedAttempt: 1, attempt: 1 })).toBe(false);
    expect(forced({ forcedAttempt: 4, attempt: 3 })).toBe(true);
  });

  it("carries the payload up to 64,000 bytes of its own, and beyond leads to where it is stored", () => {
    const empty = Buffer.byteLength(encode(buildEventPayload({ body: '""' }), {}, ENDPOINT));
    const withBody = (bytes: number) => buildEventPayload({ body: JSON.stringify("x".repeat(bytes)) });
    const whole = encode(withBody(64_000 - empty), {}, ENDPOINT);
    expect(Buffer.byteLength(whole)).toBe(64_000);
    expect(decodeCopy(whole)).toMatchObject({ event: withBody(64_000 - empty) });
    const byReference = encode(withBody(64_001 - empty), {}, ENDPOINT);
    expect(Buffer.byteLength(byReference)).toBeLessThan(1_000);
    expect(decodeCopy(byReference)).toEqual({ ...HEAD, forced: false, endpoint: ENDPOINT });
  });

  it("counts bytes, not characters, and escapes as they are sent", () => {
    for (const character of ["é", "漢", "😀", "\uffff"]) {
      const body = JSON.stringify(character.repeat(40_000));
      const text = encode(buildEventPayload({ body }), {}, ENDPOINT);
      expect(Buffer.byteLength(text)).toBeLessThan(1_000);
    }
  });

  it("is never larger than 64,000 bytes, so that ten of them are one request", () => {
    const headers = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`x-${index}`, "漢".repeat(60)]),
    );
    const metadata = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [`key-${index}`, "漢".repeat(150)]),
    );
    const payload = buildEventPayload({ body: JSON.stringify("x".repeat(262_000)), metadata, headers });
    const text = encode(payload, {}, { ...ENDPOINT, headers });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64_000);
  });

  it("is of an event or of a message, and never half of each", () => {
    expect(() => encodeCopy(queued, buildPayload())).toThrow("A delivery carries its event.");
    expect(() => encodeCopy(buildMessage(), { event: buildEventPayload() })).toThrow();
  });

  const valid = JSON.parse(encode(buildEventPayload(), {}, ENDPOINT)) as Record<string, unknown>;

  it.each(
    Object.entries({
      "another version": { version: 3 },
      "no event": { eventId: undefined },
      "no endpoint's id": { endpointId: 7 },
      "no type": { eventType: undefined },
      "no hash": { requestHash: undefined },
      "a force that is none": { forced: "yes" },
      "headers that are no text": { headers: { a: 1 } },
      "headers and no body": { body: undefined },
      "an endpoint that is none": { endpoint: "ep_1" },
      "an endpoint without a URL": { endpoint: { ...ENDPOINT, url: undefined } },
      "an endpoint's headers that are no text": { endpoint: { ...ENDPOINT, headers: { a: 1 } } },
      "an endpoint without a state": { endpoint: { ...ENDPOINT, state: undefined } },
      "an endpoint of no generation": { endpoint: { ...ENDPOINT, generation: "1" } },
      "an endpoint that was read at no time": { endpoint: { ...ENDPOINT, readAt: undefined } },
      "a secret that is no text": { endpoint: { ...ENDPOINT, sealedSecret: {} } },
    }),
  )("is not read from a record with %s", (_name, over) => {
    expect(decodeCopy(JSON.stringify({ ...valid, ...over }))).toBeUndefined();
  });
});
