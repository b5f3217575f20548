/** The requirements that Homing was begun for, each by its name, on the real adapters. */
import { createHmac } from "node:crypto";
import { EVERY_PLANE } from "@homing/core/testing/every-plane";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedApi, startEmbeddedApi } from "../testing/embedded-api.ts";
import { type OutageProxy, startOutageProxy } from "../testing/outage-proxy.ts";
import { type Receiver, startReceiver } from "../testing/receiver.ts";

const CORRELATION_ID = "checkout-7f3a";
const OF_AWS =
  /arn:|amazonaws|sqs|dynamo|queue_url|QueueDoesNotExist|AccessDenied|ECONN|123456789012|homing-|at \w+ \(/i;

let api: EmbeddedApi;
let receiver: Receiver;
beforeAll(async () => {
  api = await startEmbeddedApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

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
    const { status, headers, body, text } = await send(cutOff, { targetUrl: receiver.url });
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
      { targetUrl: receiver.url },
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
      { targetUrl: receiver.url },
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

describe("structured logs with the correlation id from API to attempt", () => {
  it("one line each, none of them with a payload, a secret or a query string", async () => {
    api.observer.lines.length = 0;
    const { body } = await send(api, {
      targetUrl: `${receiver.url}/hook?token=hidden-query`,
      headers: { authorization: "Bearer hidden-header" },
      body: { hidden: "hidden-body" },
      metadata: { m: "hidden-metadata" },
      senderId: "acme",
    });
    await api.deliver();
    const ofMessage = api.observer.lines.filter(({ fields }) => fields.messageId === body.messageId);
    expect(ofMessage.map(({ event }) => event)).toEqual(["request", "attempt"]);
    for (const { fields } of ofMessage)
      expect(fields).toMatchObject({ correlationId: CORRELATION_ID, senderId: "acme" });
    expect(JSON.stringify(api.observer.lines)).not.toMatch(/hidden/);
    expect(receiver.received[0]?.headers["x-correlation-id"]).toBe(CORRELATION_ID);
    const { body: shown } = await api.call("GET", `/v1/messages/${body.messageId}`);
    expect(shown.status).toBe("COMPLETED");
    expect(new Set(shown.history.map((entry: { correlationId: string }) => entry.correlationId))).toEqual(
      new Set([CORRELATION_ID]),
    );
  });
});

describe("message attributes and payload shape in SQS", () => {
  it("names message, sender, call and trace as attributes, and holds all that a delivery needs", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { body } = await send(
      api,
      {
        targetUrl: `${receiver.url}/hook?a=1`,
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
      targetUrl: `${receiver.url}/hook?a=1`,
      method: "PUT",
      headers: { "X-Order": "42" },
      metadata: { order: "42" },
      body: { order: 42 },
    });
  });
});

describe("the body arrives as written", () => {
  it.each([
    [
      "an object",
      `{"emoji":${JSON.stringify(EVERY_PLANE)},"n":12345678901234567890,"e":1e20,"f":1.0}`,
      undefined,
    ],
    ["a number that no double holds", "12345678901234567890", undefined],
    ["1e20", "1e20", undefined],
    ["null", "null", undefined],
    ["a text of every plane", JSON.stringify(EVERY_PLANE), EVERY_PLANE],
    ["names in their order, those that look like an index too", '{"b":1,"2":2,"1":3}', undefined],
    [
      "the escapes of PHP's json_encode",
      '{"url":"https:\\/\\/example.com\\/","name":"caf\\u00e9"}',
      undefined,
    ],
    ["the escapes of Go's encoding/json", '{"html":"\\u003cb\\u003e \\u0026 \\u2028"}', undefined],
    ["the escapes of Python's json.dumps", '["\\ud83d\\ude00","\\u00fc"]', undefined],
    ["escapes beside the characters they stand for", '["\\ud83d\\ude00 😀 \\uffff \uffff"]', undefined],
    ["a text with escapes", '"caf\\u00e9 \\/ \\ud83d\\ude00"', "café / 😀"],
  ])("through POST, SQS and delivery, and in GET: %s", async (_what, bodyText, asText) => {
    const { body } = await api.call("POST", "/v1/messages", {
      text: `{"targetUrl":${JSON.stringify(receiver.url)},"body":${bodyText}}`,
    });
    await api.deliver();
    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received;
    expect(request?.body).toBe(asText ?? bodyText);
    expect(request?.headers["content-type"]).toBe(
      asText === undefined ? "application/json" : "text/plain; charset=utf-8",
    );
    expect((await api.call("GET", `/v1/messages/${body.messageId}`)).text).toContain(`"body":${bodyText}`);
  });

  it("in a batch too, without its insignificant white space, at every attempt", async () => {
    const written = ' {\n\t"b" : [ 1.0 , "\\u003c a \\"b\\" 😀" ] ,\r\n "1" : { } } ';
    const compact = '{"b":[1.0,"\\u003c a \\"b\\" 😀"],"1":{}}';
    const statuses = [503, 200];
    const unsteady = await startReceiver((response) => {
      response.statusCode = statuses.shift() ?? 500;
      response.end();
    });
    const { body } = await api.call("POST", "/v1/messages/batch", {
      text: `{ "messages" : [ { "targetUrl" : ${JSON.stringify(unsteady.url)} , "body" :${written}} ] }`,
    });
    await api.deliver();
    await api.call("POST", `/v1/messages/${body.results[0].message.messageId}/retry`);
    await api.deliver();
    await unsteady.close();
    expect(unsteady.received.map((request) => request.body)).toEqual([compact, compact]);
  });
});

it("a hundred concurrent posts with one key make one message and one delivery", async () => {
  const json = { targetUrl: receiver.url, body: { once: true } };
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => send(api, json, { "idempotency-key": "hundred" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(99).fill(200), 202]);
  expect(new Set(answers.map(({ body }) => body.messageId)).size).toBe(1);
  await api.deliver();
  expect((await api.services.queue.depth()).visible).toBe(0);
  expect(receiver.received).toHaveLength(1);
});

it("a rotated signing secret signs along with the new one, so that receivers may hold either", async () => {
  const created = await api.call("POST", "/v1/keys", { json: { senderId: "rotating", scopes: ["send"] } });
  const rotated = await api.call("POST", "/v1/senders/rotating/rotate");
  await api.call("POST", "/v1/messages", {
    key: created.body.key,
    json: { targetUrl: receiver.url, body: "signed" },
  });
  await api.deliver();
  const { headers = {}, body = "" } = receiver.received[0] ?? {};
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const signatures = [rotated.body.signingSecret, created.body.signingSecret].map((secret: string) => {
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  });
  expect(headers["webhook-signature"]).toBe(signatures.join(" "));
});
