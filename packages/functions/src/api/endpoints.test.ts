import { MINUTE } from "@homing/core/duration";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import { StorageError } from "@homing/core/store/message-store";
import { describe, expect, it } from "vitest";
import { createMemoryApi } from "../testing/memory-api.ts";

const URL = "https://example.com/hook";
const sound = { url: URL, senderId: "cus_42" };

describe("an endpoint", () => {
  it("is registered with nothing but its URL", async () => {
    const { call } = createMemoryApi();
    const { status, body } = await call("POST", "/v1/endpoints", { json: sound });
    expect(status).toBe(201);
    expect(body).toEqual({
      endpointId: expect.stringMatching(/^ep_[0-9A-HJKMNP-TV-Z]{26}$/),
      senderId: "cus_42",
      url: URL,
      headers: {},
      svixHeaders: false,
      state: "ACTIVE",
      stateReason: "REQUESTED",
      health: "OK",
      stateSince: "2026-11-22T12:00:00.000Z",
      held: { count: 0, capped: false },
      secret: { generation: 1, imported: false },
      createdAt: "2026-11-22T12:00:00.000Z",
      updatedAt: "2026-11-22T12:00:00.000Z",
    });
    expect((await call("GET", `/v1/endpoints/${body.endpointId}`)).body).toEqual(body);
  });

  it("is shown as it was given, but for what may be secret", async () => {
    const { call } = createMemoryApi();
    const given = {
      ...sound,
      description: "billing",
      eventTypes: ["invoice.*"],
      channels: ["project_7"],
      headers: { "X-Api-Key": "hidden", "x-plain": "shown" },
      metadata: { team: "billing" },
      svixHeaders: true,
      state: "DISABLED",
    };
    const { body } = await call("POST", "/v1/endpoints", { json: given });
    expect(body).toMatchObject({ ...given, headers: { "X-Api-Key": "***", "x-plain": "shown" } });
  });

  it("is refused with everything that is wrong at once", async () => {
    const { call } = createMemoryApi();
    const { status, body } = await call("POST", "/v1/endpoints?x=1", {
      json: { url: "http://127.0.0.2.nip.io:0/", eventTypes: [], headers: { host: "a" }, retries: 3 },
      headers: { "idempotency-key": "é" },
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(
      ["eventTypes", "headers.host", "idempotency-key", "retries", "url", "x"].sort(),
    );
  });

  it("is created once for an idempotency key, whatever has become of it since", async () => {
    const { call } = createMemoryApi();
    const headers = { "idempotency-key": "uid-1" };
    const first = await call("POST", "/v1/endpoints", {
      json: { ...sound, headers: { "X-A": "1" } },
      headers,
    });
    await call("PATCH", `/v1/endpoints/${first.body.endpointId}`, { json: { description: "later" } });
    const again = await call("POST", "/v1/endpoints", {
      json: { ...sound, headers: { "x-a": "1" } },
      headers,
    });
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toMatchObject({ endpointId: first.body.endpointId, description: "later" });

    const other = await call("POST", "/v1/endpoints", { json: { ...sound, description: "x" }, headers });
    expect([other.status, other.body.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    const ofOther = await call("POST", "/v1/endpoints", { json: { ...sound, senderId: "cus_43" }, headers });
    expect(ofOther.status).toBe(201);

    await call("DELETE", `/v1/endpoints/${first.body.endpointId}`);
    const deleted = await call("POST", "/v1/endpoints", {
      json: { ...sound, headers: { "X-A": "1" } },
      headers,
    });
    expect([deleted.status, deleted.body.code]).toEqual([409, "CONFLICT"]);
  });

  it("is one of at most 1,000 of its sender", async () => {
    const { call, dependencies } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const [first] = await dependencies.endpoints.listOf("cus_42");
    if (!first) throw new Error("not stored");
    for (let made = 1; made < 1_000; made += 1)
      await dependencies.endpoints.insert({ ...first, endpointId: `ep_${made}`, writeId: `w${made}` });
    const refused = await call("POST", "/v1/endpoints", { json: sound });
    expect([refused.status, refused.body.code]).toEqual([409, "CONFLICT"]);
    await call("DELETE", `/v1/endpoints/${body.endpointId}`);
    expect((await call("POST", "/v1/endpoints", { json: sound })).status).toBe(201);
  });
});

describe("endpoints that were deleted", () => {
  it("are known for an hour, and at most 1,000 of them: what is read for every event has an end", async () => {
    const { call, clock, dependencies } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    await call("DELETE", `/v1/endpoints/${body.endpointId}`);
    const [deleted] = await dependencies.endpoints.listOf("cus_42");
    if (!deleted) throw new Error("not known");
    for (let made = 1; made < 1_000; made += 1)
      await dependencies.endpoints.insert({ ...deleted, endpointId: `ep_${made}`, writeId: `w${made}` });
    const refused = await call("POST", "/v1/endpoints", { json: sound });
    expect(refused.body).toMatchObject({ status: 409, code: "CONFLICT" });
    expect((await call("POST", "/v1/endpoints", { json: { ...sound, senderId: "cus_43" } })).status).toBe(
      201,
    );
    clock.advance(61 * MINUTE);
    expect((await call("POST", "/v1/endpoints", { json: sound })).status).toBe(201);
  });
});

describe("a change of an endpoint", () => {
  it("is a JSON Merge Patch: null takes away, members are merged, the rest stays", async () => {
    const { call, clock } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", {
      json: { ...sound, description: "d", eventTypes: ["a"], headers: { "x-a": "1", "x-token": "t" } },
    });
    clock.advance(MINUTE);
    const patch = { description: null, eventTypes: ["b.*"], headers: { "x-a": null, "x-b": "2" } };
    const changed = await call("PATCH", `/v1/endpoints/${body.endpointId}`, { json: patch });
    expect(changed.status).toBe(200);
    const { description: _, ...rest } = body;
    const expected = {
      ...rest,
      eventTypes: ["b.*"],
      headers: { "x-token": "***", "x-b": "2" },
      updatedAt: "2026-11-22T12:01:00.000Z",
    };
    expect(changed.body).toEqual(expected);
    expect((await call("GET", `/v1/endpoints/${body.endpointId}`)).body).toEqual(expected);
  });

  it.each([
    [{ "x-api-KEY": null }, { "X-Plain": "p" }],
    [{ "x-plain": "new" }, { "X-Api-Key": "***", "x-plain": "new" }],
    [
      { "X-PLAIN": "new", "X-Plain": null },
      { "X-Api-Key": "***", "X-PLAIN": "new" },
    ],
  ])("means the same header however its name is written: %j", async (headers, expected) => {
    const { call } = createMemoryApi();
    const given = { ...sound, headers: { "X-Api-Key": "hidden", "X-Plain": "p" } };
    const { body } = await call("POST", "/v1/endpoints", { json: given });
    const changed = await call("PATCH", `/v1/endpoints/${body.endpointId}`, { json: { headers } });
    expect([changed.status, changed.body.headers]).toEqual([200, expected]);
  });

  it("is refused for a header that it gives twice", async () => {
    const { call } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const headers = { "X-A": "1", "x-a": "2" };
    const refused = await call("PATCH", `/v1/endpoints/${body.endpointId}`, { json: { headers } });
    expect(refused.status).toBe(400);
  });

  it.each([
    ["url", null],
    ["url", "http://localhost/"],
    ["state", "DISABLED"],
    ["secret", null],
    ["senderId", "other"],
    ["headers", { "x-token": "***" }],
  ])("is refused for %s: %j, and changes nothing", async (name, value) => {
    const { call } = createMemoryApi({ settings: { allowPrivateTargets: [] } });
    const { body } = await call("POST", "/v1/endpoints", { json: { ...sound, headers: { "x-token": "t" } } });
    const path = `/v1/endpoints/${body.endpointId}`;
    const refused = await call("PATCH", path, { json: { description: "new", [name]: value } });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].path.split(".")[0]).toBe(name);
    expect((await call("GET", path)).body).toEqual(body);
  });

  it("of two at the same time undoes neither", async () => {
    const { call } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const path = `/v1/endpoints/${body.endpointId}`;
    await Promise.all([
      call("PATCH", path, { json: { description: "one" } }),
      call("PATCH", path, { json: { metadata: { two: "2" } } }),
      call("POST", `${path}/disable`),
    ]);
    expect((await call("GET", path)).body).toMatchObject({
      description: "one",
      metadata: { two: "2" },
      state: "DISABLED",
    });
  });

  it("of its state keeps when and why, if it is in it already", async () => {
    const { call, clock } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const path = `/v1/endpoints/${body.endpointId}`;
    clock.advance(MINUTE);
    const disabled = await call("POST", `${path}/disable`);
    expect(disabled.body).toMatchObject({ state: "DISABLED", stateSince: "2026-11-22T12:01:00.000Z" });
    clock.advance(MINUTE);
    expect((await call("POST", `${path}/disable`)).body).toEqual(disabled.body);
    expect((await call("POST", `${path}/activate`)).body).toMatchObject({
      state: "ACTIVE",
      stateSince: "2026-11-22T12:02:00.000Z",
    });
  });

  it("is known to everybody once it is answered, also if an earlier call had died before", async () => {
    const { call, dependencies } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", {
      json: sound,
      headers: { "idempotency-key": "k" },
    });
    const path = `/v1/endpoints/${body.endpointId}`;
    const raises = async (method: string, at: string, json?: object) => {
      const before = await dependencies.endpoints.version("cus_42");
      await call(method, at, { ...(json ? { json, headers: { "idempotency-key": "k" } } : {}) });
      return (await dependencies.endpoints.version("cus_42")) > before;
    };
    expect(await raises("POST", "/v1/endpoints", sound)).toBe(true);
    expect(await raises("POST", `${path}/disable`)).toBe(true);
    expect(await raises("POST", `${path}/disable`)).toBe(true);
    expect(await raises("DELETE", path)).toBe(true);
    expect(await raises("DELETE", path)).toBe(true);
    expect(await raises("GET", "/v1/endpoints")).toBe(false);
  });
});

describe("a deleted endpoint", () => {
  it("is gone", async () => {
    const { call } = createMemoryApi();
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const path = `/v1/endpoints/${body.endpointId}`;
    expect((await call("DELETE", path)).body).toEqual({ endpointId: body.endpointId, state: "DELETED" });
    for (const [method, at] of [
      ["GET", path],
      ["PATCH", path],
      ["DELETE", path],
      ["POST", `${path}/activate`],
      ["GET", `${path}/secret`],
    ] as const) {
      const { status } = await call(method, at, method === "PATCH" ? { json: {} } : {});
      expect([method, at, status]).toEqual([method, at, 404]);
    }
    expect((await call("GET", "/v1/endpoints?senderId=cus_42")).body).toEqual({ items: [] });
    expect((await call("GET", "/v1/endpoints")).body).toEqual({ items: [] });
  });
});

describe("the secret of an endpoint", () => {
  it("is its own, and always the same", async () => {
    const { call } = createMemoryApi();
    const made = [
      await call("POST", "/v1/endpoints", { json: sound }),
      await call("POST", "/v1/endpoints", { json: sound }),
    ];
    const secrets = await Promise.all(
      made.map(async ({ body }) => (await call("GET", `/v1/endpoints/${body.endpointId}/secret`)).body),
    );
    for (const { secret, previous } of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(previous).toEqual([]);
    }
    expect(secrets[0].secret).not.toBe(secrets[1].secret);
    const again = await call("GET", `/v1/endpoints/${made[0]?.body.endpointId}/secret`);
    expect(again.body).toEqual(secrets[0]);
  });

  it("may be brought along; it is shown nowhere else and logged nowhere", async () => {
    const { call, observer } = createMemoryApi();
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const { body, text } = await call("POST", "/v1/endpoints", { json: { ...sound, secret } });
    expect(body.secret).toEqual({ generation: 1, imported: true });
    expect(text).not.toContain(secret);
    expect((await call("GET", `/v1/endpoints/${body.endpointId}/secret`)).body.secret).toBe(secret);
    expect(JSON.stringify(observer)).not.toContain(secret);
  });
});

describe("endpoints in a list", () => {
  it("come newest first, page by page, filtered by their state", async () => {
    const { call, clock } = createMemoryApi();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const state = index % 2 === 0 ? "ACTIVE" : "DISABLED";
      ids.unshift((await call("POST", "/v1/endpoints", { json: { ...sound, state } })).body.endpointId);
      clock.advance(1);
    }
    await call("POST", "/v1/endpoints", { json: { ...sound, senderId: "other" } });
    const read = async (filter: string) => {
      const found: string[] = [];
      let cursor = "";
      do {
        const { body } = await call("GET", `/v1/endpoints?limit=2&${filter}${cursor}`);
        found.push(...body.items.map((item: { endpointId: string }) => item.endpointId));
        cursor = body.nextCursor === undefined ? "" : `&cursor=${body.nextCursor}`;
      } while (cursor !== "");
      return found;
    };
    expect(await read("senderId=cus_42")).toEqual(ids);
    expect((await read("")).slice(1)).toEqual(ids);
    const disabled = ids.filter((_, index) => index % 2 === 1);
    expect(await read("senderId=cus_42&state=DISABLED")).toEqual(disabled);
    expect(await read("state=DISABLED")).toEqual(disabled);
    expect(await read("senderId=cus_42&state=ACTIVE")).toEqual(ids.filter((_, index) => index % 2 === 0));
    expect(await read("state=PAUSED")).toEqual([]);
  });

  it("are found by part of their id, by who may see them, and the answer says how far it has looked", async () => {
    const { call, clock, createKey } = createMemoryApi();
    const ids: string[] = [];
    for (const senderId of ["cus_42", "cus_42", "cus_43"]) {
      ids.push((await call("POST", "/v1/endpoints", { json: { url: URL, senderId } })).body.endpointId);
      clock.advance(1_000);
    }
    const list = async (search: string, key?: string) =>
      (await call("GET", `/v1/endpoints?idPart=${search}`, { key })).body;
    const found = async (search: string, key?: string) =>
      (await list(search, key)).items.map((one: { endpointId: string }) => one.endpointId);
    for (const id of ids) {
      for (const part of [id.slice(-9).toLowerCase(), id, `EP_${id.slice(3, 20)}`])
        expect(await found(part)).toEqual([id]);
      expect(await found(`ep_${id.slice(-9)}`)).toEqual([]);
    }
    const own = await createKey("cus_42", ["read"]);
    const [first = "", second = "", foreign = ""] = ids;
    expect([await found(second.slice(-9), own), await found(foreign.slice(-9), own)]).toEqual([[second], []]);
    expect(await found(`${second.slice(-9)}&state=PAUSED`)).toEqual([]);
    const time = first.slice(3, 9);
    for (const whose of ["", "&senderId=cus_42"]) {
      const page = await list(`${time}&limit=1${whose}`);
      const [{ createdAt }] = page.items;
      expect(page.searchedSince).toBe(new Date(Date.parse(createdAt) + 1).toISOString());
      expect(await found(`${time}${whose}`)).toEqual(
        whose === "" ? [foreign, second, first] : [second, first],
      );
      expect((await call("GET", `/v1/endpoints?cursor=${page.nextCursor}${whose}`)).status).toBe(400);
    }
    expect(await list(time)).not.toHaveProperty("searchedSince");
    expect((await list("evt_01KAM")).errors).toEqual([
      {
        path: "idPart",
        message: "must be 4 to 26 characters of an endpoint's id: digits, and letters but I, L, O and U",
      },
    ]);
  });

  it("do not take a cursor of another list", async () => {
    const { call } = createMemoryApi();
    for (let index = 0; index < 2; index += 1) await call("POST", "/v1/endpoints", { json: sound });
    const { body } = await call("GET", "/v1/endpoints?limit=1");
    const { status } = await call("GET", `/v1/endpoints?senderId=cus_42&cursor=${body.nextCursor}`);
    expect(status).toBe(400);
  });
});

describe("a key", () => {
  it("of one sender sees and manages the endpoints of that sender alone", async () => {
    const { call, createKey } = createMemoryApi();
    const key = await createKey("cus_42", ["endpoints", "read"]);
    const own = await call("POST", "/v1/endpoints", { json: { url: URL }, key });
    expect(own.body.senderId).toBe("cus_42");
    const foreign = await call("POST", "/v1/endpoints", { json: { url: URL, senderId: "cus_43" } });
    const path = `/v1/endpoints/${foreign.body.endpointId}`;
    for (const [method, at] of [
      ["GET", path],
      ["PATCH", path],
      ["DELETE", path],
      ["GET", `${path}/secret`],
      ["POST", `${path}/disable`],
    ] as const)
      expect((await call(method, at, { key, ...(method === "PATCH" ? { json: {} } : {}) })).status).toBe(404);
    const created = await call("POST", "/v1/endpoints", { json: { url: URL, senderId: "cus_43" }, key });
    expect(created.status).toBe(403);
    const { body } = await call("GET", "/v1/endpoints", { key });
    const { held: _, ...listed } = own.body;
    expect(body.items).toEqual([listed]);
    expect((await call("GET", "/v1/endpoints?senderId=cus_43", { key })).body).toEqual({ items: [] });
  });

  it.each([
    ["send", "POST", "", 403],
    ["send", "GET", "", 403],
    ["read", "POST", "", 403],
    ["read", "GET", "", 200],
    ["read", "GET", "/secret", 403],
    ["read", "PATCH", "", 403],
    ["endpoints", "GET", "/secret", 200],
    ["endpoints", "PATCH", "", 200],
    ["operate", "GET", "/secret", 200],
    ["operate", "DELETE", "", 200],
  ])("with the scope %s may %s …%s: %i", async (scope, method, rest, expected) => {
    const { call, createKey } = createMemoryApi();
    const key = await createKey("cus_42", [scope]);
    const { body } = await call("POST", "/v1/endpoints", { json: sound });
    const isNew = method === "POST";
    const path = isNew ? "/v1/endpoints" : `/v1/endpoints/${body.endpointId}${rest}`;
    const json = isNew ? sound : method === "PATCH" ? {} : undefined;
    expect((await call(method, path, { key, ...(json ? { json } : {}) })).status).toBe(expected);
  });

  it("with the scope endpoints sends nothing", async () => {
    const { call, createKey } = createMemoryApi();
    const key = await createKey("cus_42", ["endpoints"]);
    expect((await call("POST", "/v1/messages", { json: { targetUrl: URL }, key })).status).toBe(403);
  });

  it("needs the scope operate for senders of Homing's own, whatever else is wrong", async () => {
    const { call, createKey } = createMemoryApi();
    const json = { url: URL, senderId: "homing.operations" };
    const everybody = await createKey("*", ["endpoints", "read"]);
    const own = await createKey("homing.operations", ["endpoints"]);
    for (const key of [everybody, own])
      expect((await call("POST", "/v1/endpoints", { json: { ...json, url: 1 }, key })).status).toBe(403);
    expect((await call("POST", "/v1/endpoints", { json: { url: URL }, key: own })).status).toBe(403);

    const { status, body } = await call("POST", "/v1/endpoints", { json });
    expect(status).toBe(201);
    const path = `/v1/endpoints/${body.endpointId}`;
    expect((await call("GET", `${path}/secret`, { key: everybody })).status).toBe(403);
    expect((await call("DELETE", path, { key: everybody })).status).toBe(403);
    expect((await call("GET", path, { key: everybody })).status).toBe(200);
    expect((await call("DELETE", path)).status).toBe(200);
  });
});

describe("a storage that does not answer", () => {
  const silent = (endpoints: EndpointStore): EndpointStore => {
    endpoints.insert = () => Promise.reject(new StorageError(true, true, undefined));
    return endpoints;
  };

  it("makes a creation retryable with an idempotency key only: another could make a second endpoint", async () => {
    const { call } = createMemoryApi({ wrapEndpoints: silent });
    const bare = await call("POST", "/v1/endpoints", { json: sound });
    expect([bare.status, bare.body.retryable]).toEqual([503, false]);
    const keyed = await call("POST", "/v1/endpoints", { json: sound, headers: { "idempotency-key": "k" } });
    expect([keyed.status, keyed.body.retryable]).toEqual([503, true]);
  });
});
