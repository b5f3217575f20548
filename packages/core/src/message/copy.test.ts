import { describe, expect, it } from "vitest";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { EVERY_PLANE } from "../testing/every-plane.ts";
import { NOON } from "../testing/test-clock.ts";
import { decodeCopy, encodeCopy } from "./copy.ts";
import type { Message, Payload } from "./message.ts";

const queued: Message = buildMessage({ status: "QUEUED", attempt: 2, sendId: "send-3" });
const encode = (payload: Payload, over: Partial<Message> = {}) => encodeCopy({ ...queued, ...over }, payload);

describe("a copy", () => {
  it("is one JSON document with a version that names the attempt it starts and all the worker needs", () => {
    const payload = buildPayload({ metadata: { order: "42" } });
    expect(JSON.parse(encode(payload, { deliverBy: NOON + 9 }))).toEqual({
      version: 1,
      attempt: 3,
      sendId: "send-3",
      senderId: "acme",
      createdAt: NOON,
      deliverBy: NOON + 9,
      targetUrl: "https://example.com/hook?token=hidden",
      method: "POST",
      headers: { "X-Order": "42" },
      metadata: { order: "42" },
      body: { order: 42 },
    });
  });

  it.each<[string, Payload]>([
    ["a body and metadata", buildPayload({ metadata: { order: "42" } })],
    ["no body", { targetUrl: "https://example.com/", method: "GET", headers: {} }],
    ["a body that is null", buildPayload({ body: "null" })],
    ["a body that is false", buildPayload({ body: "false" })],
    ["an empty string as its body", buildPayload({ body: '""' })],
    ["numbers digit for digit", buildPayload({ body: "[12345678901234567890,1e20,1.0,-0,1E400]" })],
    [
      "a body named like the copy's own fields",
      buildPayload({ body: '{"body":{"attempt":9},"__proto__":1}' }),
    ],
    [
      "a body's names in their order, escapes as they are",
      buildPayload({ body: '{"b":1,"2":2,"1":"\\/\\u003c\\u00e9\\ud83d\\ude00"}' }),
    ],
    [
      "escapes beside the characters they stand for",
      buildPayload({ body: '["\\ud83d\\ude00 😀 \\uffff \uffff"]' }),
    ],
    [
      "headers in their spelling and order",
      buildPayload({ headers: { "X-B": "2", "x-a": "1", "X-C": "é" } }),
    ],
    [
      "every plane",
      buildPayload({ body: JSON.stringify(EVERY_PLANE), metadata: { [EVERY_PLANE]: EVERY_PLANE } }),
    ],
  ])("arrives as it was sent: %s", (_name, payload) => {
    expect(decodeCopy(encode(payload))).toEqual({
      attempt: 3,
      sendId: "send-3",
      senderId: "acme",
      createdAt: NOON,
      payload,
    });
  });

  it("holds only characters that every queue takes, as few bytes longer as that needs", () => {
    const text = encode(buildPayload({ body: JSON.stringify(EVERY_PLANE), metadata: { a: EVERY_PLANE } }));
    // A plain space is the first character that is no control; surrogates, U+FFFE and U+FFFF are refused or lost.
    expect(text).not.toMatch(/[^ -\ud7ff\ue000-\ufffd]/);
    expect(encode(buildPayload({ body: '"é ☃ 漢"' }))).toContain('"é ☃ 漢"');
  });

  it("fits into one message of the queue, whatever the largest body is made of", () => {
    for (const character of ["a", "é", "漢", "😀", "\uffff", '"']) {
      const bytes = Buffer.byteLength(JSON.stringify(character)) - 2;
      const body = JSON.stringify(character.repeat(Math.floor(262_142 / bytes)));
      expect(Buffer.byteLength(encode(buildPayload({ body })))).toBeLessThan(1_048_576 - 20_000);
    }
  });

  it("takes the trace from the record that brought it, and the deadline from the document", () => {
    const text = encode(buildPayload(), { deliverBy: NOON + 9 });
    expect(decodeCopy(text, "00-aa-bb-01")).toMatchObject({
      deliverBy: NOON + 9,
      payload: { traceparent: "00-aa-bb-01" },
    });
  });

  const valid = JSON.parse(encode(buildPayload())) as Record<string, unknown>;

  it.each<[string, string]>([
    ["nothing", ""],
    ["text", "hello"],
    ["a list", "[]"],
    ["null", "null"],
    ["cut off", encode(buildPayload()).slice(0, -1)],
    ...Object.entries({
      "another version": { version: 2 },
      "no version": { version: undefined },
      "no attempt": { attempt: undefined },
      "attempt 0": { attempt: 0 },
      "half an attempt": { attempt: 1.5 },
      "no send": { sendId: undefined },
      "no sender": { senderId: 7 },
      "no target": { targetUrl: undefined },
      "no method": { method: null },
      "no headers": { headers: undefined },
      "headers that are a list": { headers: ["a"] },
      "headers that are no text": { headers: { a: 1 } },
      "metadata that is no text": { metadata: { a: {} } },
      "a body that is to be text and is not": { bodyText: { a: 1 } },
      "no time of acceptance": { createdAt: "soon" },
      "a deadline that is no time": { deliverBy: "soon" },
    }).map(([name, over]): [string, string] => [name, JSON.stringify({ ...valid, ...over })]),
  ])("is not read from a record with %s", (_name, text) => {
    expect(decodeCopy(text)).toBeUndefined();
  });
});
