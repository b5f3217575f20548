import { stepOf } from "@homing/core/testing/journey";
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});

async function failed(json: object = {}): Promise<string> {
  const message = { targetUrl: "https://example.com/hook", senderId: "acme", ...json };
  const { messageId } = (await api.call("POST", "/v1/messages", { json: message })).body;
  for (const step of ["claim", "fail"] as const) {
    const read = await api.store.get(messageId);
    if (read) await api.store.apply(messageId, stepOf(step, read));
  }
  return messageId;
}

const post = (path: string, json?: object, key?: string) =>
  api.call("POST", path, { ...(json ? { json } : {}), ...(key ? { key } : {}) });
const listed = async (query: string, key?: string): Promise<string[]> =>
  (await api.call("GET", `/v1/messages?${query}`, key ? { key } : {})).body.items.map(
    (item: { messageId: string }) => item.messageId,
  );

describe("POST /v1/messages/:id/resolve", () => {
  it("keeps the failure findable, tells it from those that nobody has dealt with, and counts it no more", async () => {
    const [resolved, open] = [await failed(), await failed()];
    const { status, body } = await post(`/v1/messages/${resolved}/resolve`);
    expect([status, body]).toEqual([
      200,
      { messageId: resolved, status: "FAILED", queued: false, correlationId: expect.any(String) },
    ]);
    const shown = (await api.call("GET", `/v1/messages/${resolved}`)).body;
    expect(shown).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_REJECTED",
      resolvedAt: new Date(api.clock.now()).toISOString(),
    });
    for (const sender of ["", "&senderId=acme"]) {
      expect(await listed(`status=FAILED${sender}`)).toEqual(expect.arrayContaining([resolved, open]));
      expect(await listed(`status=FAILED&resolved=false${sender}`)).toEqual([open]);
      expect(await listed(`resolved=true${sender}`)).toEqual([resolved]);
    }
    expect((await api.call("GET", "/v1/stats?senderId=acme")).body.counts.FAILED).toBe(1);
    expect((await post(`/v1/messages/${resolved}/resolve`)).status).toBe(409);
    expect((await post(`/v1/messages/${resolved}/retry`)).status).toBe(202);
    expect((await api.call("GET", `/v1/messages/${resolved}`)).body).not.toHaveProperty("resolvedAt");
  });

  it("needs the scope operate, and a key that sees the message", async () => {
    const messageId = await failed();
    const path = `/v1/messages/${messageId}/resolve`;
    expect((await post(path, undefined, await api.createKey("acme", ["send", "read"]))).status).toBe(403);
    expect((await post(path, undefined, await api.createKey("globex", ["operate"]))).status).toBe(404);
    expect((await post(path, undefined, await api.createKey("acme", ["operate"]))).status).toBe(200);
  });
});

describe("POST /v1/messages/resolve", () => {
  it("resolves what matches, counts first if asked, and a retry of all that failed leaves it alone", async () => {
    const gone = await failed({ targetUrl: "https://gone.example/hook" });
    const other = await failed();
    const filter = { status: "FAILED", target: "gone.example" };
    expect((await post("/v1/messages/resolve", { ...filter, dryRun: true })).body).toEqual({
      matching: 1,
      skipped: 0,
    });
    expect(await listed("resolved=true")).toEqual([]);
    expect((await post("/v1/messages/resolve", filter)).body).toEqual({ resolved: 1, skipped: 0 });
    expect(await listed("resolved=true")).toEqual([gone]);
    expect((await post("/v1/messages/retry", { status: "FAILED" })).body).toEqual({ retried: 1, skipped: 0 });
    expect((await api.store.get(other))?.status).toBe("QUEUED");
    const again = { status: "FAILED", resolved: true };
    expect((await post("/v1/messages/retry", again)).body).toEqual({ retried: 1, skipped: 0 });
  });

  it("goes on at its cursor, and resolves no other sender's", async () => {
    await failed({ senderId: "globex" });
    for (let sent = 0; sent < 3; sent += 1) await failed();
    const key = await api.createKey("acme", ["operate"]);
    const first = (await post("/v1/messages/resolve", { status: "FAILED", limit: 2 }, key)).body;
    expect(first).toMatchObject({ resolved: 2, skipped: 0 });
    const rest = { status: "FAILED", cursor: first.nextCursor };
    expect((await post("/v1/messages/resolve", rest, key)).body).toEqual({ resolved: 1, skipped: 0 });
    expect(await listed("resolved=false")).toHaveLength(1);
    const foreign = { status: "FAILED", senderId: "globex" };
    expect((await post("/v1/messages/resolve", foreign, key)).status).toBe(403);
  });

  it.each([
    [{}, "status"],
    [{ status: "PENDING" }, "status"],
    [{ status: "FAILED", resolved: true }, "resolved"],
  ])("refuses %o", async (json, path) => {
    const { status, body } = await post("/v1/messages/resolve", json);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it("needs the scope operate", async () => {
    const key = await api.createKey("acme", ["send", "read", "endpoints"]);
    expect((await post("/v1/messages/resolve", { status: "FAILED" }, key)).status).toBe(403);
  });
});
