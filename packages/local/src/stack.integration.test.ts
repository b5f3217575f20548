/** The founding story, told on the whole local stack over HTTP. It is about SQS: one machine has no queue that fails alone. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { embeddedConnection } from "./embedded/clients.ts";
import { randomAccessKeyId } from "./embedded/guard.ts";
import { startSqs } from "./embedded/sqs.ts";
import { loadLocalSettings } from "./local-settings.ts";
import { type Stack, startStack } from "./stack.ts";
import { type ApiCaller, callApi } from "./testing/api-caller.ts";
import { type OutageProxy, startOutageProxy } from "./testing/outage-proxy.ts";
import { type Receiver, startReceiver } from "./testing/receiver.ts";

const KEY = "an operator key for the tests";
const IMPATIENT = {
  PORT: "0",
  HOMING_DATA_DIR: "memory",
  HOMING_OPERATOR_KEY: KEY,
  HOMING_RECONCILE_INTERVAL: "200ms",
  HOMING_SEND_BUDGET: "500ms",
};

const statuses = (message: { history: ReadonlyArray<{ to: string; reason: string }> }) =>
  message.history.map(({ to, reason }) => `${to} ${reason}`);

describe("a send that fails is handled, visibly", () => {
  let sqs: Awaited<ReturnType<typeof startSqs>>;
  let proxy: OutageProxy;
  let stack: Stack;
  let api: ApiCaller;
  let receiver: Receiver;

  beforeAll(async () => {
    const accessKeyId = randomAccessKeyId();
    sqs = await startSqs({ accessKeyId });
    proxy = await startOutageProxy(sqs.endpoint);
    const { credentials, region } = embeddedConnection(sqs.endpoint, accessKeyId);
    const external = {
      AWS_REGION: region ?? "",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    };
    for (const [name, value] of Object.entries(external)) vi.stubEnv(name, value);
    stack = await startStack(
      loadLocalSettings({ ...IMPATIENT, ...external, AWS_ENDPOINT_URL_SQS: proxy.endpoint }),
    );
    api = callApi(stack.url, KEY);
  });

  afterAll(async () => {
    await stack.stop();
    await proxy.stop();
    await sqs.close();
    vi.unstubAllEnvs();
  });

  beforeEach(async () => {
    receiver = await startReceiver();
  });

  afterEach(() => receiver.close());

  it("SQS stopped: 503 and PENDING with its rollback on record; SQS back: delivered without anybody asking", async () => {
    await proxy.stop();
    const answer = await api.send(
      { targetUrl: `${receiver.url}/hook`, body: { order: 42 } },
      { "x-correlation-id": "outage-1" },
    );
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(answer.headers.get("x-correlation-id")).toBe("outage-1");
    expect(answer.body).toMatchObject({
      code: "SYSTEM_ERROR",
      status: 503,
      correlationId: "outage-1",
      stored: true,
      messageStatus: "PENDING",
      retryable: false,
    });
    const rolledBack = await api.get(answer.body.messageId);
    expect(rolledBack).toMatchObject({
      status: "PENDING",
      pendingReason: "SEND_FAILED",
      body: { order: 42 },
      attemptCount: 0,
      sends: { lastErrorCode: "QUEUE_UNAVAILABLE" },
    });
    expect(rolledBack.rolledBackAt).toBeDefined();
    expect(statuses(rolledBack).slice(0, 3)).toEqual([
      "PENDING ACCEPTED",
      "QUEUED ENQUEUED",
      "PENDING SEND_FAILED",
    ]);

    await proxy.start();
    const delivered = await api.until(answer.body.messageId, ({ status }) => status === "COMPLETED");
    expect(statuses(delivered).slice(-3)).toEqual([
      "QUEUED ENQUEUED",
      "PROCESSING CLAIMED",
      "COMPLETED DELIVERED",
    ]);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({ method: "POST", path: "/hook", body: '{"order":42}' });
  });

  it("a permanent SQS error: 500, no retry spent, nothing of AWS in the answer", async () => {
    const retried = vi.spyOn(stack.services.queue, "send");
    proxy.refuseWith({ type: "com.amazonaws.sqs#AccessDeniedException", status: 403 });
    const answer = await api.send({ targetUrl: receiver.url, body: 1 });
    proxy.refuseWith(undefined);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      code: "SYSTEM_ERROR",
      retryable: false,
      stored: true,
      messageStatus: "PENDING",
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/arn:|sqs|AccessDenied|123456789012|homing-/i);
    expect(
      retried.mock.calls.filter(([copies]) =>
        copies.some((copy) => copy.messageId === answer.body.messageId),
      ),
    ).toHaveLength(1);
    retried.mockRestore();
    await api.until(answer.body.messageId, ({ status }) => status === "COMPLETED");
  });

  it("the same idempotency key after a SYSTEM_ERROR resumes the same message", async () => {
    const message = { targetUrl: receiver.url, body: "again" };
    const key = { "idempotency-key": "order-43" };
    await proxy.stop();
    const first = await api.send(message, key);
    expect(first.body).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    await proxy.start();
    const second = await api.send(message, key);
    expect(second.status).toBe(200);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.body).toMatchObject({ messageId: first.body.messageId, duplicate: true });
    await api.until(first.body.messageId, ({ status }) => status === "COMPLETED");
    expect(receiver.received.map(({ body }) => body)).toEqual(["again"]);
  });
});
