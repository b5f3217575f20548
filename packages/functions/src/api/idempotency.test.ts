import { DAY, HOUR, MINUTE } from "@homing/core/duration";
import * as Lifecycle from "@homing/core/message/lifecycle";
import type { Message } from "@homing/core/message/message";
import { SendError } from "@homing/core/queue/message-queue";
import { failing, faultyStore } from "@homing/core/testing/faulty-store";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { nextToken } from "@homing/core/testing/tokens";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

const REQUEST = {
  targetUrl: "https://example.com/hook",
  headers: { "X-A": "1", "X-B": "2" },
  body: { b: [1, { d: 1, c: 2 }], a: "x" },
  metadata: { order: "42", kind: "paid" },
};

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

const send = (json: object, key = "order-42", more: { key?: string } = {}) =>
  call("POST", "/v1/messages", { json, headers: { "idempotency-key": key }, ...more });

/** Copies that a worker would find. */
const queued = async () => (await api.queue.depth()).visible;

async function move(messageId: string, ...steps: StepName[]): Promise<Message> {
  for (const step of steps) {
    const message = await api.store.get(messageId);
    if (!message) throw new Error("The message is gone.");
    await api.store.apply(messageId, stepOf(step, message));
  }
  return (await api.store.get(messageId)) as Message;
}

describe("the same key and the same request", () => {
  it("answer the same message, say so, and queue it once", async () => {
    const first = await send(REQUEST);
    const second = await send(REQUEST);
    expect([first.status, first.body.duplicate, first.headers.get("idempotent-replayed")]).toEqual([
      202,
      false,
      null,
    ]);
    expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(second.body).toEqual({
      ...first.body,
      duplicate: true,
      correlationId: second.headers.get("x-correlation-id"),
    });
    expect(await queued()).toBe(1);
  });

  it("are the same however the request is written", async () => {
    const first = await send({
      ...REQUEST,
      senderId: "default",
      method: "POST",
      deliverAt: "2026-11-23T12:00:00Z",
    });
    const rewritten = {
      deliverAt: "2026-11-23T13:00:00.000+01:00",
      metadata: { kind: "paid", order: "42" },
      body: { a: "x", b: [1, { c: 2, d: 1 }] },
      headers: { "x-b": "2", "x-a": "1" },
      targetUrl: "HTTPS://EXAMPLE.com:443/hook#fragment",
    };
    const second = await send(rewritten);
    expect([second.status, second.body.messageId]).toEqual([200, first.body.messageId]);
  });

  it("of a hundred calls at once make one message and one copy", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(REQUEST)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
    expect(new Set(answers.map(({ body }) => body.messageId)).size).toBe(1);
    expect(await queued()).toBe(1);
  });

  it.each<[string, StepName[], string, boolean]>([
    ["QUEUED", [], "QUEUED", true],
    ["PROCESSING", ["claim"], "PROCESSING", true],
    ["COMPLETED", ["claim", "completeFirst"], "COMPLETED", false],
    ["FAILED", ["claim", "fail"], "FAILED", false],
    ["CANCELLED", ["cancel"], "CANCELLED", false],
    ["PENDING for its next attempt", ["claim", "retryLater"], "PENDING", false],
  ])("answer the present status and change nothing: %s", async (_what, steps, status, isQueued) => {
    const { body: first } = await send(REQUEST);
    const before = await move(first.messageId, ...steps);
    const copies = await queued();
    const { status: httpStatus, body } = await send(REQUEST);
    expect([httpStatus, body.status, body.queued, body.duplicate]).toEqual([200, status, isQueued, true]);
    expect(await api.store.get(first.messageId)).toEqual(before);
    expect(await queued()).toBe(copies);
  });

  it.each<[string, StepName[]]>([
    ["rolled back after a failed send", ["rollback"]],
    ["orphaned", ["orphan"]],
    ["left over by a worker that died", ["claim", "leaseOver"]],
  ])("queue the message again that is %s", async (_what, steps) => {
    const { body: first } = await send(REQUEST);
    await move(first.messageId, ...steps);
    const copies = await queued();
    const { status, body } = await send(REQUEST);
    expect([status, body.status, body.queued]).toEqual([200, "QUEUED", true]);
    expect(await queued()).toBe(copies + 1);
  });

  it("leave a scheduled message waiting", async () => {
    const scheduled = { ...REQUEST, deliverAt: "2026-11-23T12:00:00Z" };
    const first = await send(scheduled);
    expect([first.status, first.body.status, first.body.queued]).toEqual([202, "PENDING", false]);
    const second = await send(scheduled);
    expect([second.status, second.body.status, second.body.queued]).toEqual([200, "PENDING", false]);
    expect(await queued()).toBe(0);
  });

  it("answer the message also when its `deliverBy` has passed since", async () => {
    const urgent = { ...REQUEST, deliverBy: "2026-11-22T12:30:00Z" };
    const first = await send(urgent);
    api.clock.advance(HOUR);
    const second = await send(urgent);
    expect([second.status, second.body.messageId]).toEqual([200, first.body.messageId]);
    expect((await send(urgent, "another key")).status).toBe(400);
    expect((await send({ ...urgent, method: "PUT" })).status).toBe(422);
  });

  it("make a new message once the first has expired", async () => {
    const { body: first } = await send(REQUEST);
    await move(first.messageId, "claim", "completeFirst");
    api.clock.advance(31 * DAY);
    const { status, body } = await send(REQUEST);
    expect([status, body.messageId, body.duplicate]).toEqual([202, first.messageId, false]);
  });
});

describe("the same key and another request", () => {
  it.each<[string, object]>([
    ["target", { targetUrl: "https://example.com/hook2" }],
    ["method", { method: "PUT" }],
    ["header value", { headers: { "x-a": "2" } }],
    ["order of headers", { headers: { "x-b": "1", "X-A": "1" } }],
    ["body", { body: { b: [1, { d: 1, c: 2 }], a: "y" } }],
    ["order in an array of the body", { body: { b: [{ d: 1, c: 2 }, 1], a: "x" } }],
    ["body that is null", { body: null }],
    ["body that is left out", { body: undefined }],
    ["metadata", { metadata: { order: "43", kind: "paid" } }],
    ["deliverAt", { deliverAt: "2026-11-23T12:00:00Z" }],
    ["deliverBy", { deliverBy: "2026-11-23T12:00:00Z" }],
  ])("are refused and change nothing: another %s", async (_what, change) => {
    await send({ ...REQUEST, headers: { ...REQUEST.headers } });
    const { status, body } = await send({ ...REQUEST, ...change });
    expect([status, body.code, body.retryable]).toEqual([422, "IDEMPOTENCY_KEY_REUSED", false]);
    expect(body).not.toHaveProperty("messageId");
    expect(await queued()).toBe(1);
    expect((await send(REQUEST)).status).toBe(200);
  });

  it("is also one with more digits that a double would lose", async () => {
    const text = (n: string) => `{"targetUrl":"https://example.com/","body":${n}}`;
    const post = (n: string) =>
      call("POST", "/v1/messages", { text: text(n), headers: { "idempotency-key": "n" } });
    expect((await post("12345678901234567890")).status).toBe(202);
    expect((await post("12345678901234567891")).status).toBe(422);
    expect((await post("12345678901234567890")).status).toBe(200);
  });
});

describe("a key belongs to its sender", () => {
  it("so that two senders may use the same", async () => {
    const [acme, globex] = await Promise.all([
      send({ ...REQUEST, senderId: "acme" }),
      send({ ...REQUEST, senderId: "globex" }),
    ]);
    expect([acme.status, globex.status]).toEqual([202, 202]);
    expect(acme.body.messageId).not.toBe(globex.body.messageId);
  });

  it("and no sender and key together read like another pair", async () => {
    const ids = [];
    for (const [senderId, key] of [
      ["a", "1:b"],
      ["a1", ":b"],
      ["a", "1:b "],
      ["A", "1:b"],
    ] as const)
      ids.push((await send({ ...REQUEST, senderId }, `x${key}x`)).body.messageId);
    expect(new Set(ids).size).toBe(4);
  });

  it.each(["!", " inner space ".trim(), "/?#[]@:{}%00", '"quoted"', "~".repeat(255), "0", "null"])(
    "whatever printable characters it has: %s",
    async (key) => {
      expect((await send(REQUEST, key)).status).toBe(202);
      expect((await send(REQUEST, key)).status).toBe(200);
      const found = await call(
        "GET",
        `/v1/messages?senderId=default&idempotencyKey=${encodeURIComponent(key)}`,
      );
      expect(found.body.items.map((item: { idempotencyKey: string }) => item.idempotencyKey)).toEqual([key]);
    },
  );
});

describe("after a SYSTEM_ERROR", () => {
  it("the same call resumes the same message", async () => {
    let isDown = true;
    api = createMemoryApi({
      settings: { sendBudgetMs: 1 },
      wrapQueue: (queue) => ({
        send: async (copies, timeoutMs) =>
          isDown
            ? copies.map(() => new SendError("QUEUE_UNAVAILABLE", true, "ECONNREFUSED"))
            : queue.send(copies, timeoutMs),
        depth: () => queue.depth(),
        deadLetters: () => queue.deadLetters(),
      }),
    });
    call = api.call;
    const failed = await send(REQUEST);
    expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(failed.body).toMatchObject({
      code: "SYSTEM_ERROR",
      retryable: true,
      stored: true,
      messageStatus: "PENDING",
    });
    expect((await send(REQUEST)).status).toBe(503);
    isDown = false;
    const resumed = await send(REQUEST);
    expect([resumed.status, resumed.body.messageId, resumed.body.status]).toEqual([
      200,
      failed.body.messageId,
      "QUEUED",
    ]);
    expect(await queued()).toBe(1);
  });

  it("of the storage the same call stores the message, whether the first had or not", async () => {
    for (const fault of ["before", "after"] as const) {
      api = createMemoryApi({ wrapStore: (store) => faultyStore(store, failing("insert", fault)) });
      call = api.call;
      const failed = await send(REQUEST);
      expect([failed.status, failed.body.retryable, failed.body.stored]).toEqual([503, true, undefined]);
      const { status, body } = await send(REQUEST);
      expect([fault, status, body.status]).toEqual([fault, fault === "before" ? 202 : 200, "QUEUED"]);
      expect(await queued()).toBe(1);
    }
  });

  it("without a key, a call that may have stored something is not to be repeated blindly", async () => {
    api = createMemoryApi({ wrapStore: (store) => faultyStore(store, failing("insert", "after")) });
    const { status, body } = await api.call("POST", "/v1/messages", { json: REQUEST });
    expect([status, body.retryable]).toEqual([503, false]);
    expect(body.detail).toContain("may or may not");
  });
});

it("a scheduled message that was sent early is answered as it is", async () => {
  const scheduled = { ...REQUEST, deliverAt: "2026-11-22T12:10:00Z" };
  const { body: first } = await send(scheduled);
  const message = (await api.store.get(first.messageId)) as Message;
  const sendNow = Lifecycle.sendNow(message, {
    now: api.clock.now(),
    correlationId: "operator",
    token: nextToken(),
  });
  if (sendNow) await api.store.apply(first.messageId, sendNow);
  api.clock.advance(MINUTE);
  const { status, body } = await send(scheduled);
  expect([status, body.messageId]).toEqual([200, first.messageId]);
});
