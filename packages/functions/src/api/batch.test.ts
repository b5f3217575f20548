import { type MessageQueue, SendError } from "@homing/core/queue/message-queue";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";
import type { BatchResult } from "./answers/batch.ts";

const TARGET = "https://example.com/hook";

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

const post = (messages: unknown, more: { headers?: Record<string, string> } = {}) =>
  call("POST", "/v1/messages/batch", { json: { messages }, ...more });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, order) => ({ targetUrl: TARGET, body: { order } }));
const statuses = ({ results }: BatchResult) => results.map(({ httpStatus }) => httpStatus);

describe("a batch", () => {
  it("of a hundred messages stores and queues each, in the order of the request", async () => {
    const { status, body } = await post(numbered(100), { headers: { "x-correlation-id": "batch-1" } });
    expect(status).toBe(207);
    expect(body.results.map(({ index }: { index: number }) => index)).toEqual(
      numbered(100).map((_, index) => index),
    );
    expect(new Set(statuses(body))).toEqual(new Set([202]));
    for (const index of [0, 57, 99]) {
      const { messageId, correlationId } = body.results[index].message;
      expect(correlationId).toBe("batch-1");
      expect((await call("GET", `/v1/messages/${messageId}`)).body.body).toEqual({ order: index });
    }
    expect((await api.queue.depth()).visible).toBe(100);
  });

  it("accepts what is right and refuses what is wrong, each with its own result", async () => {
    const { status, body } = await post([
      { targetUrl: TARGET },
      { targetUrl: "ftp://example.com" },
      "no message",
      { targetUrl: TARGET, method: "BREW", surprise: 1 },
      { targetUrl: TARGET, idempotencyKey: "k" },
      { targetUrl: TARGET, idempotencyKey: "k", body: 1 },
      { targetUrl: TARGET, idempotencyKey: "ü" },
      { targetUrl: TARGET, deliverAt: "2026-11-23T12:00:00Z" },
    ]);
    expect(status).toBe(207);
    expect(statuses(body)).toEqual([202, 400, 400, 400, expect.any(Number), expect.any(Number), 400, 202]);
    expect([body.results[4].httpStatus, body.results[5].httpStatus].sort()).toEqual([202, 422]);
    expect(body.results[2].problem.errors).toEqual([{ path: "", message: "must be a JSON object" }]);
    expect(body.results[3].problem.errors.map(({ path }: { path: string }) => path)).toEqual([
      "method",
      "surprise",
    ]);
    expect(body.results[6].problem.errors[0].path).toBe("idempotencyKey");
    expect([body.results[7].message.status, body.results[7].message.queued]).toEqual(["PENDING", false]);
    expect((await api.queue.depth()).visible).toBe(2);
  });

  it("refuses a key that no header could carry", async () => {
    const { body } = await post(
      [" k", "k ", "k"].map((idempotencyKey) => ({ targetUrl: TARGET, idempotencyKey })),
    );
    expect(statuses(body)).toEqual([400, 400, 202]);
    expect(body.results[0].problem.errors).toEqual([
      { path: "idempotencyKey", message: "must not begin or end with a space" },
    ]);
  });

  it("that is repeated with its keys answers the same messages", async () => {
    const messages = numbered(3).map((message, index) => ({ ...message, idempotencyKey: `k${index}` }));
    const first = await post(messages);
    const second = await post(messages);
    expect(statuses(second.body)).toEqual([200, 200, 200]);
    const idsOf = (batch: BatchResult) =>
      batch.results.map((one) => ("message" in one ? one.message.messageId : ""));
    expect(idsOf(second.body)).toEqual(idsOf(first.body));
    expect((await api.queue.depth()).visible).toBe(3);
  });

  it("names a message's own errors by their place in it, and lets the others through", async () => {
    const text = `{"messages":[{"targetUrl":"${TARGET}","body":{"a":1,"a":2}},{"targetUrl":"${TARGET}","body":"\\ud800"},{"targetUrl":"${TARGET}"}]}`;
    const { body } = await call("POST", "/v1/messages/batch", { text });
    expect(statuses(body)).toEqual([400, 400, 202]);
    expect(body.results[0].problem.errors).toEqual([{ path: "body.a", message: "appears twice" }]);
    expect(body.results[1].problem.errors[0].path).toBe("body");
  });

  it("may hold what a single call may: 64 levels, and 256 KiB a message, but no more", async () => {
    const deep = JSON.parse(`${"[".repeat(63)}${"]".repeat(63)}`);
    const { body } = await post([
      { targetUrl: TARGET, body: deep },
      { targetUrl: TARGET, body: "x".repeat(262_000) },
      { targetUrl: TARGET, metadata: { much: "x".repeat(262_144) } },
    ]);
    expect(statuses(body)).toEqual([202, 202, 413]);
  });

  it.each<[string, unknown, string]>([
    ["nothing in it", [], "messages"],
    ["101 messages", numbered(101), "messages"],
    ["no array", { 0: { targetUrl: TARGET } }, "messages"],
  ])("is refused as a whole with %s", async (_what, messages, path) => {
    const { status, body } = await post(messages);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
    expect((await api.queue.depth()).visible).toBe(0);
  });

  it("is refused as a whole with an unknown field, one key for all, or more than 4 MiB", async () => {
    expect(
      (await call("POST", "/v1/messages/batch", { json: { messages: numbered(1), atomic: true } })).status,
    ).toBe(400);
    expect((await post(numbered(1), { headers: { "idempotency-key": "k" } })).body.errors[0].path).toBe(
      "idempotency-key",
    );
    expect((await post(numbered(1), { headers: { "webhook-id": "msg_1" } })).body.errors[0].path).toBe(
      "webhook-id",
    );
    const huge = Array.from({ length: 17 }, () => ({ targetUrl: TARGET, body: "x".repeat(250_000) }));
    expect((await post(huge)).status).toBe(413);
    expect(await api.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("counts for the rate limit as often as it has messages", async () => {
    api = createMemoryApi({ rateLimit: { perSecond: 1, burst: 20 } });
    call = api.call;
    expect((await post(numbered(30))).status).toBe(207);
    const { status, headers } = await post(numbered(1));
    expect([status, headers.get("retry-after")]).toEqual([429, "11"]);
  });
});

describe("sends that fail in a batch", () => {
  /** Fails the copies of these targets, as SQS does in the answer to a batch. */
  const failingFor = (fails: (body: string) => SendError | undefined) => (queue: MessageQueue) => ({
    send: async (copies: Parameters<MessageQueue["send"]>[0], timeoutMs: number) => {
      const errors = copies.map(({ body }) => fails(body));
      await queue.send(
        copies.filter((_, index) => !errors[index]),
        timeoutMs,
      );
      return errors;
    },
    depth: () => queue.depth(),
    deadLetters: () => queue.deadLetters(),
  });

  it("are rolled back and told one by one; the others are queued", async () => {
    api = createMemoryApi({
      settings: { sendBudgetMs: 1 },
      wrapQueue: failingFor((body) =>
        body.includes('"order":1}')
          ? new SendError("QUEUE_UNAVAILABLE", true, "InternalError")
          : body.includes('"order":2}')
            ? new SendError("QUEUE_REJECTED_CONTENT", false, "InvalidMessageContents")
            : undefined,
      ),
    });
    call = api.call;
    const { status, body } = await post(numbered(4));
    expect(status).toBe(207);
    expect(statuses(body)).toEqual([202, 503, 500, 202]);
    expect(body.results[1].problem).toMatchObject({
      code: "SYSTEM_ERROR",
      stored: true,
      messageStatus: "PENDING",
    });
    const { body: rolledBack } = await call("GET", "/v1/messages?rolledBack=true");
    expect(rolledBack.items.map(({ messageId }: { messageId: string }) => messageId).sort()).toEqual(
      [body.results[1].problem.messageId, body.results[2].problem.messageId].sort(),
    );
    expect((await api.queue.depth()).visible).toBe(2);
  });
});
