import { MINUTE } from "@homing/core/duration";
import { faultyStore } from "@homing/core/testing/faulty-store";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi, type MemoryApiOptions } from "../testing/memory-api.ts";

async function send(api: MemoryApi, json: object = {}, ...steps: StepName[]): Promise<string> {
  api.clock.advance(MINUTE);
  const sent = await api.call("POST", "/v1/messages", {
    json: { targetUrl: "https://example.com/hook", ...json },
  });
  for (const step of steps) await move(api, sent.body.messageId, step);
  return sent.body.messageId;
}

async function move({ store }: MemoryApi, messageId: string, step: StepName): Promise<void> {
  const message = await store.get(messageId);
  if (message) await store.apply(messageId, stepOf(step, message));
}

/** Messages that wait for their next attempt. */
async function withWaiting(count: number, options: MemoryApiOptions = {}) {
  const api = createMemoryApi(options);
  const ids: string[] = [];
  for (let sent = 0; sent < count; sent += 1) ids.push(await send(api, {}, "claim", "retryLater"));
  return { api, ids };
}

const cancelAll = ({ call }: MemoryApi, json: object = {}, key?: string) =>
  call("POST", "/v1/messages/cancel", {
    json: { status: "PENDING", ...json },
    headers: { "x-correlation-id": "bulk-1" },
    key,
  });

const statusOf = async ({ store }: MemoryApi, id: string) => (await store.get(id))?.status;

describe("bulk cancel", () => {
  it("ends every message that waits in the status it names, and no other", async () => {
    const api = createMemoryApi();
    const waiting = await send(api, {}, "claim", "retryLater");
    const scheduled = await send(api, { deliverAt: "2026-11-23T00:00:00Z" });
    const queued = await send(api);
    const processing = await send(api, {}, "claim");
    const failed = await send(api, {}, "claim", "fail");
    expect((await cancelAll(api)).body).toEqual({ cancelled: 2, skipped: 0 });
    for (const id of [waiting, scheduled]) expect(await statusOf(api, id)).toBe("CANCELLED");
    const { history } = (await api.call("GET", `/v1/messages/${waiting}`)).body;
    expect(history.at(-1)).toMatchObject({ from: "PENDING", to: "CANCELLED", correlationId: "bulk-1" });
    expect(await statusOf(api, queued)).toBe("QUEUED");
    expect((await cancelAll(api, { status: "QUEUED" })).body).toEqual({ cancelled: 1, skipped: 0 });
    expect(await statusOf(api, queued)).toBe("CANCELLED");
    expect(await statusOf(api, processing)).toBe("PROCESSING");
    expect(await statusOf(api, failed)).toBe("FAILED");
  });

  it("takes only what its filter names", async () => {
    const api = createMemoryApi();
    const wanted = await send(
      api,
      { senderId: "acme", targetUrl: "https://gone.example/" },
      "claim",
      "retryLater",
    );
    await send(api, { senderId: "acme" }, "claim", "retryLater");
    await send(api, { targetUrl: "https://gone.example/" }, "claim", "retryLater");
    const filter = { senderId: "acme", target: "gone.example", since: "2026-11-22T12:00:00Z" };
    expect((await cancelAll(api, { ...filter, responseStatus: 500 })).body.cancelled).toBe(0);
    expect((await cancelAll(api, { ...filter, responseStatus: 503 })).body).toEqual({
      cancelled: 1,
      skipped: 0,
    });
    expect(await statusOf(api, wanted)).toBe("CANCELLED");
  });

  it("stops at its limit, soonest due first, and goes on at its cursor", async () => {
    const { api, ids } = await withWaiting(5);
    const { body: first } = await cancelAll(api, { limit: 3 });
    expect(first).toEqual({ cancelled: 3, skipped: 0, nextCursor: expect.any(String) });
    expect(await Promise.all(ids.map((id) => statusOf(api, id)))).toEqual([
      ...["CANCELLED", "CANCELLED", "CANCELLED"],
      ...["PENDING", "PENDING"],
    ]);
    const { body: second } = await cancelAll(api, { cursor: first.nextCursor });
    expect(second).toEqual({ cancelled: 2, skipped: 0 });
  });

  it("as a dry run counts what matches and changes nothing", async () => {
    const { api, ids } = await withWaiting(3);
    expect((await cancelAll(api, { dryRun: true })).body).toEqual({ matching: 3, skipped: 0 });
    for (const id of ids) expect(await statusOf(api, id)).toBe("PENDING");
  });

  it("skips a message that has moved on since it was found: the filter may hold for it no more", async () => {
    let moved: string | undefined;
    const { api, ids } = await withWaiting(3, {
      wrapStore: (store) =>
        new Proxy(store, {
          get: (inner, name) => {
            if (name !== "getSummaries") return Reflect.get(inner, name);
            return async (...args: Parameters<typeof inner.getSummaries>) => {
              if (moved !== undefined) await move(api, moved, "sendNow");
              return inner.getSummaries(...args);
            };
          },
        }),
    });
    moved = ids[1];
    expect((await cancelAll(api)).body).toEqual({ cancelled: 2, skipped: 1 });
    expect(await statusOf(api, moved ?? "")).toBe("PENDING");
  });

  it("passes over a message that the storage refuses, and ends all others", async () => {
    let refused: unknown;
    const { api, ids } = await withWaiting(3, {
      wrapStore: (store) =>
        faultyStore(store, (called, messageId) =>
          called === "apply cancel" && messageId === refused ? "refused" : undefined,
        ),
    });
    refused = ids[1];
    expect((await cancelAll(api)).body).toEqual({ cancelled: 2, skipped: 1 });
    expect(await statusOf(api, ids[1] ?? "")).toBe("PENDING");
    expect(api.observer.lines.filter(({ event }) => event === "bulk_skipped")).toHaveLength(1);
  });

  it("is refused as a whole while the storage takes nothing", async () => {
    const { api } = await withWaiting(3, {
      wrapStore: (store) =>
        faultyStore(store, (called) => (called === "apply cancel" ? "before" : undefined)),
    });
    const { status, body } = await cancelAll(api);
    expect([status, body.retryable]).toEqual([503, true]);
  });

  it("with a sender's key ends that sender's messages alone, and needs the scope operate", async () => {
    const api = createMemoryApi();
    const own = await send(api, { senderId: "acme" }, "claim", "retryLater");
    const foreign = await send(api, { senderId: "globex" }, "claim", "retryLater");
    const key = await api.createKey("acme", ["operate"]);
    expect((await cancelAll(api, { senderId: "globex" }, key)).status).toBe(403);
    expect((await cancelAll(api, {}, key)).body).toEqual({ cancelled: 1, skipped: 0 });
    expect([await statusOf(api, own), await statusOf(api, foreign)]).toEqual(["CANCELLED", "PENDING"]);
    expect((await cancelAll(api, {}, await api.createKey("acme", ["send", "read"]))).status).toBe(403);
  });

  it.each<[string, object, string]>([
    ["a status that cannot be cancelled", { status: "PROCESSING" }, "status"],
    ["no status", { status: undefined }, "status"],
    ["a limit of 1,001", { limit: 1_001 }, "limit"],
    ["a cursor of a list", { cursor: "W10" }, "cursor"],
  ])("refuses %s", async (_what, json, path) => {
    const { status, body } = await cancelAll(createMemoryApi(), json);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
  });

  it("refuses the cursor of a bulk retry, and of another status", async () => {
    const { api } = await withWaiting(3);
    const { nextCursor: cursor } = (await cancelAll(api, { limit: 1 })).body;
    expect((await cancelAll(api, { status: "QUEUED", cursor })).status).toBe(400);
    const retry = { json: { status: "FAILED", cursor } };
    expect((await api.call("POST", "/v1/messages/retry", retry)).status).toBe(400);
  });
});
