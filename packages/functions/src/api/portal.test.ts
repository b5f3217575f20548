import { DAY, HOUR, MINUTE } from "@homing/core/duration";
import { StorageError } from "@homing/core/store/message-store";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { keyIdOf } from "../keys/api-key.ts";
import { createAuthenticator } from "../keys/authenticator.ts";
import { createCaller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";
import { createApp } from "./app.ts";

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});

const invite = (json: object, key = OPERATOR_KEY) => api.call("POST", "/v1/portal", { json, key });
const keyIn = (url: string) => new URL(url).hash.replace("#key=", "");
/** A key from a link, as the page takes it. */
const portalKey = async (senderId: string, expiresIn = "1h") =>
  keyIn((await invite({ senderId, expiresIn })).body.url);
const self = (key: string) => api.call("GET", "/v1/keys/self", { key });

describe("a link to the portal", () => {
  it("holds a key of one sender in its fragment, that reads and manages endpoints until it expires", async () => {
    const { status, body, headers } = await invite({ senderId: "acme", expiresIn: "12h" });
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body).toEqual({ url: expect.any(String), expiresAt: "2026-11-23T00:00:00.000Z" });
    const { pathname, search, hash } = new URL(body.url);
    expect([pathname, search]).toEqual(["/portal", ""]);
    expect(hash).toMatch(/^#key=hk_[0-9a-z_]+$/);
    expect((await self(keyIn(body.url))).body).toEqual({
      keyId: keyIdOf(keyIn(body.url)),
      senderId: "acme",
      scopes: ["read", "endpoints"],
      name: "portal",
      expiresAt: body.expiresAt,
    });
  });

  it("works for an hour unless it says how long, and not a moment longer", async () => {
    const { body } = await invite({ senderId: "acme" });
    expect(body.expiresAt).toBe("2026-11-22T13:00:00.000Z");
    api.clock.advance(HOUR - 1);
    expect((await self(keyIn(body.url))).status).toBe(200);
    api.clock.advance(1);
    expect((await self(keyIn(body.url))).status).toBe(401);
  });

  it.each(["1m", "60000ms", "7d"])("may work for %s", async (expiresIn) => {
    expect((await invite({ senderId: "acme", expiresIn })).status).toBe(201);
  });

  it.each(["59s", "169h", "0d", "12", "-1h", "PT1H", "", 3_600, null])(
    "does not work for %j",
    async (expiresIn) => {
      const { status, body } = await invite({ senderId: "acme", expiresIn });
      expect([status, body.errors[0].path]).toEqual([400, "expiresIn"]);
    },
  );

  it.each([
    ["all senders at once", { senderId: "*" }, "senderId"],
    ["nobody", {}, "senderId"],
    ["a sender that cannot be", { senderId: "a/b" }, "senderId"],
    ["more than it may", { senderId: "acme", scopes: ["operate"] }, "scopes"],
  ])("is not made for %s", async (_whom, json, path) => {
    const { status, body } = await invite(json);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
    expect((await api.keyStore.list({ limit: 100 })).keys).toEqual([]);
  });

  it("leads to the dashboard's own origin, where that is not the API's", async () => {
    const dependencies = { ...api.dependencies, publicUrl: "https://homing.example.com" };
    const call = createCaller(createApp(dependencies), OPERATOR_KEY);
    const { body } = await call("POST", "/v1/portal", { json: { senderId: "acme" } });
    expect(body.url).toMatch(/^https:\/\/homing\.example\.com\/portal#key=hk_/);
  });

  it("is in no log line, and stored as a hash", async () => {
    const { body } = await invite({ senderId: "acme" });
    const secret = keyIn(body.url);
    await self(secret);
    expect(JSON.stringify(api.observer.lines)).not.toContain(secret);
    expect(JSON.stringify(await api.keyStore.list({ limit: 100 }))).not.toContain(secret);
    const line = api.observer.lines.find(({ fields }) => fields.path === "/v1/portal");
    expect(line?.fields).toMatchObject({ senderId: "acme", createdKeyId: keyIdOf(secret) });
  });

  it("is listed among the keys, and opens nothing once it is revoked", async () => {
    const secret = await portalKey("acme");
    const { items } = (await api.call("GET", "/v1/keys")).body;
    expect(items).toMatchObject([{ senderId: "acme", name: "portal", scopes: ["read", "endpoints"] }]);
    await api.call("DELETE", `/v1/keys/${items[0].keyId}`);
    expect((await self(secret)).status).toBe(401);
  });

  it("leaves the sender's signing secret to the sender's first key", async () => {
    await invite({ senderId: "acme" });
    const json = { senderId: "acme", scopes: ["send"] };
    expect((await api.call("POST", "/v1/keys", { json })).body.signingSecret).toMatch(/^whsec_/);
  });

  it("makes room when it expires: a day later it counts no more", async () => {
    for (let made = 0; made < 200; made += 1) await invite({ senderId: "acme", expiresIn: "1h" });
    const refused = await invite({ senderId: "acme" });
    expect([refused.status, refused.body.code]).toEqual([409, "CONFLICT"]);
    expect((await invite({ senderId: "globex" })).status).toBe(201);
    api.clock.advance(HOUR);
    expect((await invite({ senderId: "acme" })).status).toBe(201);
  });

  it("that may or may not have been stored is not to be repeated blindly", async () => {
    vi.spyOn(api.keyStore, "create").mockRejectedValue(new StorageError(true, true, new Error("lost")));
    expect((await invite({ senderId: "acme" })).body).toMatchObject({ status: 503, retryable: false });
  });
});

describe("who makes links", () => {
  it.each<[string, readonly string[], number]>([
    ["*", ["operate"], 201],
    ["*", ["read", "endpoints"], 201],
    ["*", ["send", "read", "endpoints"], 201],
    // Nobody hands out what they do not have.
    ["*", ["send", "endpoints"], 403],
    ["*", ["read"], 403],
    ["*", ["endpoints"], 403],
    ["acme", ["operate"], 201],
    // Nobody who was let in lets others in.
    ["acme", ["read", "endpoints"], 403],
    ["acme", ["send", "read", "endpoints"], 403],
  ])("a key of %s with %j: %i", async (senderId, scopes, status) => {
    const key = await api.createKey(senderId, scopes);
    expect((await invite({ senderId: "acme" }, key)).status).toBe(status);
  });

  it("a key of one sender makes them for that sender, and one of all for all but Homing's own", async () => {
    const [own, all] = [
      await api.createKey("acme", ["operate"]),
      await api.createKey("*", ["read", "endpoints"]),
    ];
    expect((await invite({ senderId: "globex" }, own)).status).toBe(403);
    expect((await invite({ senderId: "globex" }, all)).status).toBe(201);
    expect((await invite({ senderId: "homing.operations" }, all)).status).toBe(403);
    expect((await invite({ senderId: "homing.operations" })).status).toBe(201);
  });

  it("a key that expires makes none that outlives it", async () => {
    const { body } = await api.call("POST", "/v1/keys", {
      json: { senderId: "*", scopes: ["read", "endpoints"], expiresIn: "30m" },
    });
    expect((await invite({ senderId: "acme", expiresIn: "31m" }, body.key)).status).toBe(403);
    expect((await invite({ senderId: "acme", expiresIn: "30m" }, body.key)).status).toBe(201);
  });
});

describe("whoever came by a link", () => {
  const document = { url: "https://example.com/hook" };
  let key: string;
  const as = (method: string, path: string, json?: object) =>
    api.call(method, path, { key, ...(json === undefined ? {} : { json }) });
  beforeEach(async () => {
    key = await portalKey("acme");
  });

  it("makes, changes, pauses, tests and rotates the endpoints of the sender, and reads and replays what went there", async () => {
    const made = await as("POST", "/v1/endpoints", document);
    expect([made.status, made.body.senderId]).toEqual([201, "acme"]);
    const path = `/v1/endpoints/${made.body.endpointId}`;
    const statuses = [
      await as("GET", "/v1/endpoints"),
      await as("GET", path),
      await as("PATCH", path, { description: "ours" }),
      await as("POST", `${path}/pause`),
      await as("POST", `${path}/activate`),
      await as("GET", `${path}/secret`),
      await as("POST", `${path}/rotate`, {}),
      await as("POST", `${path}/test`),
      await as("POST", `${path}/replay`, { include: "failed", since: "2026-11-22T00:00:00Z" }),
      await as("GET", `/v1/stats?endpointId=${made.body.endpointId}`),
      await as("GET", "/v1/messages"),
      await as("GET", "/v1/events"),
      await as("POST", `${path}/disable`),
      await as("DELETE", path),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 202, 200, 200, 200, 200, 200, 200]);
  });

  it("sends nothing, cancels nothing, and neither sees nor makes keys", async () => {
    const sent = await api.call("POST", "/v1/messages", {
      json: { senderId: "acme", targetUrl: "https://example.com/" },
    });
    const { eventId } = (
      await api.call("POST", "/v1/events", {
        json: { senderId: "acme", eventType: "invoice.paid", body: {} },
      })
    ).body;
    const { messageId } = sent.body;
    const refused = [
      await as("POST", "/v1/messages", { targetUrl: "https://example.com/" }),
      await as("POST", "/v1/messages/batch", { messages: [{ targetUrl: "https://example.com/" }] }),
      await as("POST", `/v1/messages/${messageId}/cancel`),
      await as("POST", `/v1/messages/${messageId}/retry`),
      await as("POST", "/v1/messages/retry", { status: "FAILED" }),
      await as("POST", "/v1/messages/cancel", { status: "QUEUED" }),
      await as("POST", "/v1/events", { eventType: "invoice.paid", body: {} }),
      await as("POST", "/v1/events/batch", { events: [{ eventType: "invoice.paid", body: {} }] }),
      await as("POST", `/v1/events/${eventId}/cancel`),
      await as("GET", "/v1/keys"),
      await as("POST", "/v1/keys", { senderId: "acme", scopes: ["read"], expiresIn: "1m" }),
      await as("DELETE", `/v1/keys/${keyIdOf(key)}`),
      await as("POST", "/v1/portal", { senderId: "acme", expiresIn: "1m" }),
      await as("POST", "/v1/senders/acme/rotate"),
    ].map(({ status }) => status);
    expect(refused).toEqual(refused.map(() => 403));
  });

  it("meets nothing of another sender", async () => {
    const foreign = (await api.call("POST", "/v1/endpoints", { json: { ...document, senderId: "globex" } }))
      .body.endpointId;
    const { messageId } = (await api.call("POST", `/v1/endpoints/${foreign}/test`)).body;
    for (const [method, path] of [
      ["GET", `/v1/endpoints/${foreign}`],
      ["GET", `/v1/endpoints/${foreign}/secret`],
      ["POST", `/v1/endpoints/${foreign}/pause`],
      ["POST", `/v1/endpoints/${foreign}/test`],
      ["POST", `/v1/endpoints/${foreign}/rotate`],
      ["DELETE", `/v1/endpoints/${foreign}`],
      ["GET", `/v1/messages/${messageId}`],
      ["POST", `/v1/messages/${messageId}/retry`],
    ] as const)
      expect([method, path, (await as(method, path)).status]).toEqual([method, path, 404]);
    for (const path of ["/v1/endpoints", "/v1/messages", "/v1/events", "/v1/targets"])
      expect((await as("GET", path)).body.items, path).toEqual([]);
    expect((await as("POST", "/v1/endpoints", { ...document, senderId: "globex" })).status).toBe(403);
    for (const path of ["/v1/stats", "/v1/stats/series", "/v1/targets"])
      expect((await as("GET", `${path}?senderId=globex`)).status).toBe(403);
  });

  it("is remembered by no process for longer than the link says", async () => {
    // As the process knows it that has just looked the key up.
    const { keyStore, clock } = api;
    const authenticator = createAuthenticator({ operatorKey: OPERATOR_KEY, keyStore, clock });
    const short = await portalKey("acme", "1m");
    expect(await authenticator.authenticate(short)).toMatchObject({ senderId: "acme" });
    clock.advance(MINUTE - 1);
    expect(await authenticator.authenticate(short)).toBeDefined();
    clock.advance(1);
    expect(await authenticator.authenticate(short)).toBeUndefined();
    clock.advance(DAY);
    expect(await authenticator.authenticate(short)).toBeUndefined();
  });
});
