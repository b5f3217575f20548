import { type MessageQueue, SendError } from "@homing/core/queue/message-queue";
import type { PayloadOwner } from "@homing/core/store/message-store";
import { failing, faultyStore, type StoreCall } from "@homing/core/testing/faulty-store";
import { stepOf } from "@homing/core/testing/journey";
import type { TestClock } from "@homing/core/testing/test-clock";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi, type MemoryApiOptions } from "../testing/memory-api.ts";

const TARGET = "https://example.com/hook";

async function withFailed(count: number, options: MemoryApiOptions = {}): Promise<MemoryApi> {
  const api = createMemoryApi(options);
  for (let sent = 0; sent < count; sent += 1) await sendFailed(api);
  return api;
}

async function sendFailed(
  { call, store, clock }: MemoryApi,
  json: object = {},
  ending: "fail" | "giveUp" = "fail",
): Promise<string> {
  clock.advance(1_000);
  const { messageId } = (await call("POST", "/v1/messages", { json: { targetUrl: TARGET, ...json } })).body;
  const steps = { fail: ["claim", "fail"], giveUp: ["rollback", "giveUp"] } as const;
  for (const step of steps[ending]) {
    const message = await store.get(messageId);
    if (message) await store.apply(messageId, stepOf(step, message));
  }
  return messageId;
}

const retryAll = ({ call }: MemoryApi, json: object = {}) =>
  call("POST", "/v1/messages/retry", {
    json: { status: "FAILED", ...json },
    headers: { "x-correlation-id": "bulk-1" },
  });

const failedIn = async ({ call }: MemoryApi) =>
  (await call("GET", "/v1/messages?status=FAILED&limit=100")).body.items.length;

describe("bulk retry", () => {
  it("counts each message that it looked at as a request: the next call waits for them", async () => {
    const api = createMemoryApi({ rateLimit: { perSecond: 1, burst: 30 } });
    for (let sent = 0; sent < 25; sent += 1) await sendFailed(api);
    api.clock.advance(30_000);
    expect((await retryAll(api, { dryRun: true, limit: 10 })).body.matching).toBe(10);
    expect((await retryAll(api)).body).toEqual({ retried: 25, skipped: 0 });
    const refused = await retryAll(api);
    // Of 30 tokens 35 are spent: 5 are owed, and a call takes one.
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "6"]);
    api.clock.advance(6_000);
    expect((await retryAll(api)).body).toEqual({ retried: 0, skipped: 0 });
  });

  it("brings every failed message back and queues it", async () => {
    const api = await withFailed(60);
    const before = (await api.queue.depth()).visible;
    const { status, body } = await retryAll(api);
    expect([status, body]).toEqual([200, { retried: 60, skipped: 0 }]);
    expect(await failedIn(api)).toBe(0);
    expect((await api.queue.depth()).visible).toBe(before + 60);
    const { items } = (await api.call("GET", "/v1/messages?limit=1")).body;
    const { history } = (await api.call("GET", `/v1/messages/${items[0].messageId}`)).body;
    expect(history.slice(-2)).toEqual([
      expect.objectContaining({
        from: "FAILED",
        to: "PENDING",
        reason: "MANUAL_RETRY",
        correlationId: "bulk-1",
      }),
      expect.objectContaining({ to: "QUEUED", reason: "ENQUEUED", correlationId: "bulk-1" }),
    ]);
  });

  it("stops at its limit, oldest first, and goes on at its cursor", async () => {
    const api = await withFailed(7);
    const { body: first } = await retryAll(api, { limit: 3 });
    expect(first).toEqual({ retried: 3, skipped: 0, nextCursor: expect.any(String) });
    const left = (await api.call("GET", "/v1/messages?status=FAILED")).body.items;
    expect(left).toHaveLength(4);
    expect(left.at(-1).createdAt > "2026-11-22T12:00:02.000Z").toBe(true);
    const { body: second } = await retryAll(api, { limit: 100, cursor: first.nextCursor });
    expect(second).toEqual({ retried: 4, skipped: 0 });
    expect((await retryAll(api)).body).toEqual({ retried: 0, skipped: 0 });
  });

  it("stops after 10 seconds, and can be resumed", async () => {
    let clock: TestClock | undefined;
    const slow = (queue: MessageQueue): MessageQueue => ({
      send: async (copies, timeoutMs) => {
        clock?.advance(1_200);
        return queue.send(copies, timeoutMs);
      },
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    });
    const api = await withFailed(120, { wrapQueue: slow });
    clock = api.clock;
    // Chunks of 50, five batches of ten each: 6 s a chunk.
    const { body: first } = await retryAll(api);
    expect(first).toEqual({ retried: 100, skipped: 0, nextCursor: expect.any(String) });
    expect((await retryAll(api, { cursor: first.nextCursor })).body).toEqual({ retried: 20, skipped: 0 });
  });

  it("takes only what its filter names", async () => {
    const api = createMemoryApi();
    const wanted = await sendFailed(api, { senderId: "acme", targetUrl: "https://other.example/" });
    await sendFailed(api, { senderId: "acme" });
    await sendFailed(api, { targetUrl: "https://other.example/" });
    const { body } = await retryAll(api, {
      senderId: "acme",
      target: "other.example",
      since: "2026-11-22T12:00:00Z",
    });
    expect(body).toEqual({ retried: 1, skipped: 0 });
    expect((await api.store.get(wanted))?.status).toBe("QUEUED");
    expect(await failedIn(api)).toBe(2);
  });

  it("skips what cannot be sent again, and says how many", async () => {
    const api = await withFailed(2, {
      wrapStore: (store) =>
        new Proxy(store, {
          get: (inner, name, self) => (name === "getPayload" ? withoutFirst : Reflect.get(inner, name, self)),
        }),
    });
    let asked = 0;
    const payloadOf = api.store.getPayload;
    async function withoutFirst(owner: PayloadOwner) {
      asked += 1;
      return asked === 1 ? undefined : payloadOf(owner);
    }
    expect((await retryAll(api)).body).toEqual({ retried: 1, skipped: 1 });
  });

  it("passes over a message that the storage refuses, and brings all others back", async () => {
    let refused: string | undefined;
    const api = await withFailed(3, {
      wrapStore: (store) =>
        faultyStore(store, (called, messageId) => {
          if (called !== "apply manualRetry") return undefined;
          refused ??= String(messageId);
          return messageId === refused ? "refused" : undefined;
        }),
    });
    expect((await retryAll(api)).body).toEqual({ retried: 2, skipped: 1 });
    expect(await failedIn(api)).toBe(1);
  });

  it("sends those that are back when the storage falters under it, and counts what was not taken", async () => {
    const api = await withFailed(3, {
      wrapStore: (store) => faultyStore(store, failing("apply manualRetry", undefined, "before")),
    });
    const before = (await api.queue.depth()).visible;
    expect((await retryAll(api)).body).toEqual({ retried: 2, skipped: 1 });
    expect((await api.queue.depth()).visible - before).toBe(2);
    expect((await retryAll(api)).body).toEqual({ retried: 1, skipped: 0 });
  });

  it.each<[string, StoreCall]>([
    ["takes no message", "apply manualRetry"],
    ["cannot be listed", "list"],
  ])("tells what it has done when the storage %s any more, and goes on from there", async (_what, down) => {
    let calls = 0;
    let isDown = true;
    const api = await withFailed(60, {
      wrapStore: (store) =>
        faultyStore(store, (called) => {
          // 50 messages, or the first page of them.
          if (called === down) calls += 1;
          return isDown && called === down && calls > (down === "list" ? 1 : 50) ? "before" : undefined;
        }),
    });
    const first = await retryAll(api);
    expect([first.status, first.body]).toEqual([
      200,
      { retried: 50, skipped: 0, nextCursor: expect.any(String) },
    ]);
    const { nextCursor: cursor } = first.body;
    expect((await retryAll(api, { cursor })).status).toBe(503);
    isDown = false;
    expect((await retryAll(api, { cursor })).body).toEqual({ retried: 10, skipped: 0 });
  });

  it("takes what failed for the reason that is over, and what was answered so, alone", async () => {
    const api = createMemoryApi();
    const rejected = await sendFailed(api);
    await sendFailed(api, {}, "giveUp");
    const filters = { failureReason: "TARGET_REJECTED", responseStatus: 404 };
    expect((await retryAll(api, { ...filters, responseStatus: 503 })).body).toEqual({
      retried: 0,
      skipped: 0,
    });
    expect((await retryAll(api, filters)).body).toEqual({ retried: 1, skipped: 0 });
    expect((await api.store.get(rejected))?.status).toBe("QUEUED");
    expect((await retryAll(api, { failureReason: "PAYLOAD_MISSING" })).body).toEqual({
      retried: 1,
      skipped: 0,
    });
  });

  it("as a dry run counts what matches, page by page, and changes nothing", async () => {
    const api = await withFailed(7);
    await sendFailed(api, { senderId: "acme" });
    // A call is answered when all before it is stored: from then on it is counted.
    expect(await failedIn(api)).toBe(8);
    const counters = await api.dependencies.counters.kept();
    const { body } = await retryAll(api, { senderId: "default", dryRun: true, limit: 5 });
    expect(body).toEqual({ matching: 5, skipped: 0, nextCursor: expect.any(String) });
    const rest = await retryAll(api, { senderId: "default", dryRun: true, cursor: body.nextCursor });
    expect(rest.body).toEqual({ matching: 2, skipped: 0 });
    expect(await failedIn(api)).toBe(8);
    expect(await api.dependencies.counters.kept()).toEqual(counters);
    // What was counted can then be retried from the same place.
    const asked = { senderId: "default", dryRun: false, cursor: body.nextCursor };
    expect((await retryAll(api, asked)).body).toEqual({ retried: 2, skipped: 0 });
  });

  it("does not hammer a queue that is down: it stops behind the first chunk, all of it kept", async () => {
    let isDown = false;
    const down = (queue: MessageQueue): MessageQueue => ({
      send: async (copies, timeoutMs) =>
        isDown
          ? copies.map(() => new SendError("QUEUE_UNAVAILABLE", true, "x"))
          : queue.send(copies, timeoutMs),
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    });
    const api = await withFailed(60, { wrapQueue: down, settings: { sendBudgetMs: 1 } });
    isDown = true;
    const { status, body } = await retryAll(api);
    expect([status, body]).toEqual([200, { retried: 50, skipped: 0, nextCursor: expect.any(String) }]);
    expect(await failedIn(api)).toBe(10);
    expect((await api.call("GET", "/v1/messages?rolledBack=true&limit=100")).body.items).toHaveLength(50);
  });

  it.each<[string, object, string]>([
    ["another status", { status: "CANCELLED" }, "status"],
    ["no status", { status: undefined }, "status"],
    ["a limit of 1,001", { limit: 1_001 }, "limit"],
    ["a limit of nothing", { limit: 0 }, "limit"],
    ["half a message", { limit: 1.5 }, "limit"],
    ["a cursor of a list", { cursor: "W10" }, "cursor"],
    ["an unknown reason", { failureReason: "BAD_LUCK" }, "failureReason"],
    ["a status as text", { responseStatus: "503" }, "responseStatus"],
    ["a dry run that is neither", { dryRun: "yes" }, "dryRun"],
    ["an unknown field", { until: "2026-11-22T12:00:00Z", force: true }, "force"],
  ])("refuses %s", async (_what, json, path) => {
    const { status, body } = await retryAll(createMemoryApi(), json);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
  });

  it("refuses a cursor made for another filter", async () => {
    const api = await withFailed(3);
    const { nextCursor } = (await retryAll(api, { limit: 1 })).body;
    expect((await retryAll(api, { cursor: nextCursor, target: "example.com" })).status).toBe(400);
  });
});
