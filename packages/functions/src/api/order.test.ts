import { deliverRecord } from "@homing/core/delivery/deliver";
import { DAY, MINUTE } from "@homing/core/duration";
import { reconcile } from "@homing/core/reconcile/reconcile";
import { answered } from "@homing/core/testing/test-system";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";
import type { BatchResult } from "./answers/batch.ts";

const TARGET = "https://example.com/";

let api: MemoryApi;
let call: Caller;
/** What the next requests are answered; 200 once there is nothing left. */
let answers: number[];
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
  answers = [];
});

const ordered = (over: object = {}) => ({
  targetUrl: TARGET,
  senderId: "acme",
  orderingKey: "order-1",
  ...over,
});
const send = async (over: object = {}) => (await call("POST", "/v1/messages", { json: ordered(over) })).body;
const show = async ({ messageId }: { messageId: string }) =>
  (await call("GET", `/v1/messages/${messageId}`)).body;

/** Delivers what is in the queue, and what is released by it. */
async function deliver(): Promise<void> {
  const deps = {
    ...api.dependencies,
    http: { request: async () => answered(answers.shift() ?? 200) },
    signingSecrets: { forSender: async () => [], forEndpoint: () => [] },
  };
  for (let copies = api.queue.receive(10); copies.length > 0; copies = api.queue.receive(10)) {
    for (const copy of copies) {
      await deliverRecord(deps, copy, () => 30_000);
      api.queue.delete(copy.receipt);
    }
  }
}

describe("a message with an ordering key", () => {
  it("is queued if it is the first, and waits if it is not", async () => {
    expect(await send()).toMatchObject({ status: "QUEUED", queued: true });
    expect(await send()).toMatchObject({ status: "PENDING", queued: false });
    await deliver();
    const { body } = await call("GET", "/v1/messages?senderId=acme");
    expect(body.items.map(({ status }: { status: string }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
  });

  it("is shown with what it waits for, and with its number once its turn has come", async () => {
    const first = await send({ afterFailure: "block" });
    const waiting = [await send(), await send(), await send()];
    expect(await show(first)).toMatchObject({
      orderingKey: "order-1",
      afterFailure: "block",
      sequence: api.clock.now() + 1,
    });
    expect((await show(first)).waitsFor).toBeUndefined();
    for (const [index, message] of waiting.entries())
      expect(await show(message)).toMatchObject({
        pendingReason: "WAITING_FOR_PREVIOUS",
        waitsFor: { messageId: first.messageId, ahead: index + 1 },
      });
    for (let more = 0; more < 30; more += 1) await send();
    expect((await show(await send())).waitsFor).toEqual({ messageId: first.messageId, ahead: 34 });
  });

  it.each<[string, object, string]>([
    ["an empty key", { orderingKey: "" }, "orderingKey"],
    ["a key with a space", { orderingKey: "order 1" }, "orderingKey"],
    ["a key that is too long", { orderingKey: "x".repeat(129) }, "orderingKey"],
    ["another time", { deliverAt: "2026-11-23T12:00:00Z" }, "deliverAt"],
    ["another word", { afterFailure: "stop" }, "afterFailure"],
    ["nobody to block", { orderingKey: undefined, afterFailure: "block" }, "afterFailure"],
    ["a bad key alone", { orderingKey: "order 1", afterFailure: "block" }, "orderingKey"],
  ])("is refused with %s", async (_name, over, path) => {
    const { status, body } = await call("POST", "/v1/messages", { json: ordered(over) });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
  });

  it("is another request with another key, or if it blocks", async () => {
    const post = (over: object) =>
      call("POST", "/v1/messages", { json: ordered(over), headers: { "idempotency-key": "k" } });
    expect((await post({})).status).toBe(202);
    expect((await post({ afterFailure: "continue" })).status).toBe(200);
    expect((await post({ afterFailure: "block" })).status).toBe(422);
    expect((await post({ orderingKey: "order-2" })).status).toBe(422);
  });

  it("is found by its key", async () => {
    const { messageId } = await send();
    await send({ orderingKey: "order-2" });
    await send({ senderId: "globex" });
    const { body } = await call("GET", "/v1/messages?senderId=acme&orderingKey=order-1");
    expect(body.items.map((item: { messageId: string }) => item.messageId)).toEqual([messageId]);
    const { status, body: problem } = await call("GET", "/v1/messages?orderingKey=order-1");
    expect([status, problem.errors[0].path]).toEqual([400, "orderingKey"]);
    const key = await api.createKey("acme", ["read"]);
    const own = await call("GET", "/v1/messages?orderingKey=order-1", { key });
    expect(own.body.items).toHaveLength(1);
  });
});

describe("a batch", () => {
  const post = async (messages: unknown[]): Promise<BatchResult["results"]> =>
    (await call("POST", "/v1/messages/batch", { json: { messages } })).body.results;

  it("is accepted up to the first of a lane that is refused", async () => {
    const results = await post([
      ordered(),
      ordered({ targetUrl: "ftp://example.com" }),
      ordered(),
      ordered({ idempotencyKey: "k" }),
      ordered({ orderingKey: "order-2" }),
      { targetUrl: TARGET },
    ]);
    expect(results.map(({ httpStatus }) => httpStatus)).toEqual([202, 400, 424, 424, 202, 202]);
    for (const at of [2, 3])
      expect(results[at]).toMatchObject({
        problem: { code: "PREVIOUS_NOT_ACCEPTED", retryable: true },
      });
    const { body } = await call("GET", "/v1/messages?senderId=acme");
    expect(body.items).toHaveLength(2);
  });

  it("is one lane for a key of one sender, whether it names itself or not", async () => {
    const key = await api.createKey("acme", ["send"]);
    const { body } = await call("POST", "/v1/messages/batch", {
      key,
      json: {
        messages: [
          { targetUrl: "ftp://example.com", orderingKey: "order-1" },
          ordered(),
          { targetUrl: TARGET, orderingKey: "order-1" },
        ],
      },
    });
    expect(body.results.map(({ httpStatus }: { httpStatus: number }) => httpStatus)).toEqual([400, 424, 424]);
  });
});

describe("a lane", () => {
  const lane = async (query = "?senderId=acme") => call("GET", `/v1/lanes/order-1${query}`);

  it("flows while its first message is young, is held up when that is old, and blocked once it failed", async () => {
    answers = [503];
    const first = await send({ afterFailure: "block" });
    await send();
    await send();
    await deliver();
    const since = "2026-11-22T12:00:00.000Z";
    expect((await lane()).body).toEqual({
      senderId: "acme",
      orderingKey: "order-1",
      state: "FLOWING",
      head: {
        messageId: first.messageId,
        status: "QUEUED",
        attemptCount: 1,
        nextAttemptAt: expect.any(String),
      },
      since,
      waiting: 2,
      capped: false,
    });
    api.clock.advance(2 * MINUTE);
    expect((await lane()).body).toMatchObject({ state: "HELD_UP", since });
    answers = [410];
    await deliver();
    expect((await lane()).body).toMatchObject({
      state: "BLOCKED",
      head: { messageId: first.messageId, status: "FAILED", attemptCount: 2 },
      since: new Date(api.clock.now()).toISOString(),
    });
  });

  it("counts all that wait", async () => {
    for (let sent = 0; sent < 50; sent += 1) await send();
    expect((await lane()).body).toMatchObject({ waiting: 49, capped: false });
  });

  it("is its sender's own, and is not there before anybody joins", async () => {
    await send();
    expect((await lane("")).status).toBe(400);
    expect((await lane("?senderId=globex")).status).toBe(404);
    const key = await api.createKey("globex", ["read"]);
    expect((await call("GET", "/v1/lanes/order-1?senderId=acme", { key })).status).toBe(404);
    expect((await call("GET", "/v1/lanes/order-1", { key })).status).toBe(404);
    const own = await api.createKey("acme", ["read"]);
    expect((await call("GET", "/v1/lanes/order-1", { key: own })).status).toBe(200);
    expect((await call("GET", "/v1/lanes/a%20b?senderId=acme")).status).toBe(404);
  });

  it("is found under a key of any characters", async () => {
    const orderingKey = "a/b?c#d%e";
    await send({ orderingKey });
    const { body } = await call("GET", `/v1/lanes/${encodeURIComponent(orderingKey)}?senderId=acme`);
    expect(body.orderingKey).toBe(orderingKey);
  });

  it("is listed while it stands still, the longest first, page by page, each sender's own", async () => {
    answers = [410, 410, 410];
    for (const [at, senderId] of ["acme", "globex", "acme"].entries()) {
      await send({ senderId, orderingKey: `order-${at}`, afterFailure: "block" });
      await deliver();
      api.clock.advance(MINUTE);
    }
    const first = await call("GET", "/v1/lanes?limit=2");
    const rest = await call("GET", `/v1/lanes?limit=2&cursor=${first.body.nextCursor}`);
    const items = [...first.body.items, ...rest.body.items];
    expect(items.map((item: { orderingKey: string }) => item.orderingKey)).toEqual([
      "order-0",
      "order-1",
      "order-2",
    ]);
    expect(rest.body.nextCursor).toBeUndefined();
    const key = await api.createKey("acme", ["read"]);
    const own = await call("GET", "/v1/lanes", { key });
    expect(own.body.items.map((item: { senderId: string }) => item.senderId)).toEqual(["acme", "acme"]);
    expect((await call("GET", "/v1/lanes?senderId=globex", { key })).body.items).toEqual([]);
    expect((await call("GET", "/v1/lanes?senderId=globex")).body.items).toHaveLength(1);
    const { body: stats } = await call("GET", "/v1/stats");
    expect([stats.heldUpLanes, stats.oldestHeldUpSeconds]).toEqual([3, 180]);
    const { body: ofSender } = await call("GET", "/v1/stats?senderId=globex");
    expect([ofSender.heldUpLanes, ofSender.oldestHeldUpSeconds]).toEqual([1, 120]);
  });
});

describe("retry and skip", () => {
  const act = (what: string, { messageId }: { messageId: string }, key?: string) =>
    call("POST", `/v1/messages/${messageId}/${what}`, { key });

  it("say whether the place was kept", async () => {
    answers = [410, 410];
    const passed = await send();
    await deliver();
    const blocking = await send({ afterFailure: "block" });
    await deliver();
    expect((await act("retry", blocking)).body).toMatchObject({ status: "QUEUED", place: "KEPT" });
    expect((await act("retry", passed)).body).toMatchObject({ status: "PENDING", place: "END_OF_LINE" });
    const { messageId } = await send({ orderingKey: undefined });
    answers = [410, 410, 410, 410];
    await deliver();
    expect((await act("retry", { messageId })).body).not.toHaveProperty("place");
  });

  it("refuse what waits for its turn, and what blocks nobody", async () => {
    const first = await send();
    const second = await send();
    expect((await act("retry", second)).status).toBe(409);
    expect((await act("skip", first)).status).toBe(409);
    answers = [410];
    await deliver();
    expect((await act("skip", first)).status).toBe(409);
  });

  it("let those behind it go on", async () => {
    answers = [410];
    const first = await send({ afterFailure: "block" });
    const second = await send();
    await deliver();
    expect((await show(second)).status).toBe("PENDING");
    expect((await act("skip", first)).body).toMatchObject({ status: "FAILED", queued: false });
    expect(await show(first)).toMatchObject({
      skippedAt: new Date(api.clock.now()).toISOString(),
      history: expect.arrayContaining([expect.objectContaining({ reason: "SKIPPED" })]),
    });
    expect((await act("skip", first)).status).toBe(409);
    await deliver();
    expect((await show(second)).status).toBe("COMPLETED");
  });

  it("need the scope send, and their own sender's key", async () => {
    const first = await send();
    expect((await act("skip", first, await api.createKey("acme", ["read"]))).status).toBe(403);
    expect((await act("skip", first, await api.createKey("globex", ["send"]))).status).toBe(404);
  });
});

it("a lane that stands still is overdue when nobody looks at it", async () => {
  answers = [503];
  await send();
  await send();
  await deliver();
  api.clock.advance(DAY);
  const { body } = await call("GET", "/v1/stats");
  expect(body.oldestOverdueSeconds).toBeGreaterThan(80_000);
  await reconcile(api.dependencies, "run-1");
  await deliver();
  await reconcile(api.dependencies, "run-2");
  api.clock.advance(MINUTE);
  expect((await call("GET", "/v1/stats")).body.oldestOverdueSeconds).toBe(0);
});
