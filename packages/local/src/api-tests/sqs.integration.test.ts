/**
 * Requirements that Homing was begun for, each by its name, where they are about SQS itself, on the real adapters: one
 * machine has no queue that fails alone. What a disk that fails does there is in `refusing-disk.integration.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type EmbeddedApi, startEmbeddedApi } from "../testing/embedded-api.ts";
import { type OutageProxy, startOutageProxy } from "../testing/outage-proxy.ts";

const TARGET = "https://example.com/hook";
const CORRELATION_ID = "checkout-7f3a";
const OF_AWS =
  /arn:|amazonaws|sqs|dynamo|queue_url|QueueDoesNotExist|AccessDenied|ECONN|123456789012|homing-|at \w+ \(/i;

const send = (to: EmbeddedApi, json: object, headers: Record<string, string> = {}) =>
  to.call("POST", "/v1/messages", { json, headers: { "x-correlation-id": CORRELATION_ID, ...headers } });

const transitions = (message: {
  history: ReadonlyArray<{ from: string | null; to: string; reason: string }>;
}) => message.history.map(({ from, to, reason }) => `${from ?? "new"} → ${to} ${reason}`);

describe("safe SYSTEM_ERROR with the correlation id", () => {
  let proxy: OutageProxy;
  let cutOff: EmbeddedApi;
  beforeAll(async () => {
    proxy = await startOutageProxy("http://127.0.0.1:1");
    cutOff = await startEmbeddedApi({ sqsEndpoint: proxy.endpoint, settings: { sendBudgetMs: 400 } });
  });
  afterAll(async () => {
    await cutOff.close();
    await proxy.stop();
  });

  it("of a queue that cannot be reached: 503, and the message waits as PENDING", async () => {
    await proxy.stop();
    const { status, headers, body, text } = await send(cutOff, { targetUrl: TARGET });
    await proxy.start();
    expect([status, headers.get("retry-after"), headers.get("x-correlation-id")]).toEqual([
      503,
      "5",
      CORRELATION_ID,
    ]);
    expect(body).toEqual({
      type: "about:blank",
      title: "Something on our side failed",
      status: 503,
      detail: expect.stringContaining("kept, and sent"),
      code: "SYSTEM_ERROR",
      correlationId: CORRELATION_ID,
      retryable: false,
      stored: true,
      messageId: expect.stringMatching(/^msg_/),
      messageStatus: "PENDING",
    });
    expect(text).not.toMatch(OF_AWS);
    expect([...headers].join()).not.toMatch(OF_AWS);

    const shown = await cutOff.call("GET", `/v1/messages/${body.messageId}`);
    expect(transitions(shown.body)).toEqual([
      "new → PENDING ACCEPTED",
      "PENDING → QUEUED ENQUEUED",
      "QUEUED → PENDING SEND_FAILED",
    ]);
    expect(shown.body.rolledBackAt).toBe(shown.body.history[2].at);
    expect(shown.body.sends).toEqual({ count: 1, rollbacks: 1, lastErrorCode: "QUEUE_UNAVAILABLE" });
    expect(cutOff.observer.count("SendRetries")).toBeGreaterThan(0);
    expect(shown.text).not.toMatch(OF_AWS);
  });

  it.each([
    ["com.amazonaws.sqs#AccessDeniedException", 403, "QUEUE_DENIED"],
    ["com.amazonaws.sqs#QueueDoesNotExist", 400, "QUEUE_MISSING"],
    ["com.amazonaws.sqs#InvalidMessageContents", 400, "QUEUE_REJECTED_CONTENT"],
  ])("of a queue that refuses for good (%s): 500, and no retry is spent", async (type, httpStatus, code) => {
    const retries = cutOff.observer.count("SendRetries");
    proxy.refuseWith({ type, status: httpStatus });
    const { status, headers, body, text } = await send(
      cutOff,
      { targetUrl: TARGET },
      { "idempotency-key": type },
    );
    proxy.refuseWith(undefined);
    expect([status, headers.get("retry-after"), body.retryable, body.messageStatus]).toEqual([
      500,
      null,
      false,
      "PENDING",
    ]);
    expect(body.correlationId).toBe(CORRELATION_ID);
    expect(text).not.toMatch(OF_AWS);
    expect(cutOff.observer.count("SendRetries")).toBe(retries);
    const shown = await cutOff.call("GET", `/v1/messages/${body.messageId}`);
    expect(shown.body.sends).toEqual({ count: 1, rollbacks: 1, lastErrorCode: code });
  });

  it("of a queue that throttles: 503, after retries", async () => {
    proxy.refuseWith({ type: "com.amazonaws.sqs#RequestThrottled", status: 400 });
    const { status, body, text } = await send(
      cutOff,
      { targetUrl: TARGET },
      { "idempotency-key": "throttled" },
    );
    proxy.refuseWith(undefined);
    expect([status, body.retryable]).toEqual([503, true]);
    expect(text).not.toMatch(OF_AWS);
    const shown = await cutOff.call("GET", `/v1/messages/${body.messageId}`);
    expect(shown.body.sends.lastErrorCode).toBe("QUEUE_THROTTLED");
  });

  it("of a service that is not ready says nothing of why", async () => {
    proxy.refuseWith({ type: "com.amazonaws.sqs#AccessDeniedException", status: 403 });
    const { status, headers, text } = await cutOff.call("GET", "/v1/ready", { key: "" });
    proxy.refuseWith(undefined);
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(text).not.toMatch(OF_AWS);
  });
});

describe("message attributes and payload shape in SQS", () => {
  it("names message, sender, call and trace as attributes, and holds all that a delivery needs", async () => {
    const api = await startEmbeddedApi();
    onTestFinished(() => api.close());
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { body } = await send(
      api,
      {
        targetUrl: `${TARGET}?a=1`,
        method: "PUT",
        headers: { "X-Order": "42" },
        body: { order: 42 },
        senderId: "acme",
        deliverBy: "2099-01-01T00:00:00Z",
        metadata: { order: "42" },
      },
      { traceparent },
    );
    const [copy] = await api.receive();
    const attributes = Object.entries(copy?.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      value.DataType,
      value.StringValue,
    ]);
    expect(attributes.sort()).toEqual([
      ["correlationId", "String", CORRELATION_ID],
      ["messageId", "String", body.messageId],
      ["senderId", "String", "acme"],
      ["traceparent", "String", traceparent],
    ]);
    const message = await api.services.store.get(body.messageId);
    expect(JSON.parse(copy?.Body ?? "")).toEqual({
      version: 1,
      attempt: 1,
      sendId: message?.sendId,
      senderId: "acme",
      createdAt: Date.parse(body.createdAt),
      deliverBy: Date.parse("2099-01-01T00:00:00Z"),
      targetUrl: `${TARGET}?a=1`,
      method: "PUT",
      headers: { "X-Order": "42" },
      metadata: { order: "42" },
      body: { order: 42 },
    });
  });
});
