import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { Payload } from "../message/message.ts";
import { buildPayload } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { buildRequest } from "./build-request.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

function build(payload: Payload) {
  const request = buildRequest({
    id: "msg_0",
    payload,
    correlationId: "call-1",
    now: NOON,
    secrets: [SECRET],
  });
  return { ...request, sent: Object.fromEntries(request.headers) };
}

describe("the request of an attempt", () => {
  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    ["a JSON string as its text", '"é \\"😀\\""', 'é "😀"', "text/plain; charset=utf-8"],
    ["an empty string as an empty body", '""', "", "text/plain; charset=utf-8"],
    [
      "an object as compact JSON",
      '{"n":12345678901234567890}',
      '{"n":12345678901234567890}',
      "application/json",
    ],
    ["null as JSON", "null", "null", "application/json"],
    ["no body as no bytes", undefined, undefined, undefined],
  ])("carries %s", (_name, body, delivered, contentType) => {
    const payload: Payload = { targetUrl: "https://example.com/", method: "POST", headers: {} };
    const request = build(body === undefined ? payload : { ...payload, body });
    expect(request.body).toBe(delivered);
    expect("body" in request).toBe(delivered !== undefined);
    expect(request.sent["content-type"]).toBe(contentType);
  });

  it("keeps the producer's headers, their spelling and order, and a content type or user agent it gave", () => {
    const headers = { "X-B": "2", "x-a": "1", "Content-Type": "application/xml", "USER-AGENT": "acme" };
    const request = build(buildPayload({ headers }));
    expect(request.headers.slice(0, 4)).toEqual(Object.entries(headers));
    const names = request.headers.map(([name]) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it("says who is asking where the producer does not", () => {
    expect(build(buildPayload()).sent["user-agent"]).toMatch(/^Homing\//);
  });

  it("is signed over the delivered bytes, not over their JSON", () => {
    const { sent } = build(buildPayload({ body: '"signed 😀"' }));
    expect(sent).toMatchObject({
      "webhook-id": "msg_0",
      "webhook-timestamp": String(NOON / 1_000),
      "webhook-signature": new Webhook(SECRET).sign("msg_0", new Date(NOON), "signed 😀"),
    });
  });

  it("continues the producer's trace in a span of its own", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { sent } = build(buildPayload({ traceparent }));
    expect(sent.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(sent.traceparent).not.toBe(traceparent);
    expect(sent["x-correlation-id"]).toBe("call-1");
  });

  it("passes on what the producer's tracing systems say, but never of another trace", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const tracestate = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
    expect(build(buildPayload({ traceparent, tracestate })).sent.tracestate).toBe(tracestate);
    expect(build(buildPayload({ tracestate })).sent.tracestate).toBeUndefined();
    expect(build(buildPayload({ traceparent })).sent.tracestate).toBeUndefined();
  });
});
