import { DAY, MINUTE } from "@homing/core/duration";
import { StorageError } from "@homing/core/store/message-store";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { keyIdOf } from "../keys/api-key.ts";
import { createSigningSecrets } from "../signing-secrets.ts";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";

const TARGET = "https://example.com/hook";

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

const create = (json: object, key = OPERATOR_KEY) => call("POST", "/v1/keys", { json, key });

/** What the worker signs with, for as long as its cache allows. */
const inForce = async (senderId: string) => {
  const { keyStore: senders, clock, signingMaster: master } = api.dependencies;
  return createSigningSecrets({ master, senders, clock }).forSender(senderId);
};

describe("a key", () => {
  it("is shown once, works at once, and is stored as a hash", async () => {
    const { status, body, headers } = await create({
      senderId: "acme",
      scopes: ["send", "read"],
      name: "billing",
    });
    expect(status).toBe(201);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({ senderId: "acme", scopes: ["send", "read"], name: "billing" });
    expect(keyIdOf(body.key)).toBe(body.keyId);
    expect((await call("GET", "/v1/messages", { key: body.key })).status).toBe(200);
    const { body: list, text } = await call("GET", "/v1/keys");
    const { key, signingSecret: _, ...shown } = body;
    expect(list.items).toEqual([shown]);
    expect(text).not.toContain(key);
    expect(JSON.stringify(await api.keyStore.list({ limit: 100 }))).not.toContain(key);
    expect(JSON.stringify(api.observer.lines)).not.toContain(key);
  });

  it.each([
    { senderId: "acme", scopes: ["read"], name: "support desk" },
    { senderId: "acme", scopes: ["send"] },
    { senderId: "*", scopes: ["operate"] },
  ])("tells whoever holds it whose it is and what it may do: $scopes", async (asked) => {
    const { body: made } = await create(asked);
    const { status, body } = await call("GET", "/v1/keys/self", { key: made.key });
    expect({ status, body }).toEqual({ status: 200, body: { keyId: made.keyId, ...asked } });
  });

  it("that is the operator's says so; none that is unknown is told anything, and nothing else is to be asked", async () => {
    expect((await call("GET", "/v1/keys/self")).body).toEqual({
      keyId: "operator",
      senderId: "*",
      scopes: ["send", "read", "endpoints", "operate"],
    });
    expect((await call("GET", "/v1/keys/self", { key: "hk_unknown" })).status).toBe(401);
    expect((await call("GET", "/v1/keys/self?name=1")).status).toBe(400);
    expect((await call("DELETE", "/v1/keys/self")).status).toBe(405);
  });

  it("that is revoked is refused at once by the process that revoked it, and shown as revoked", async () => {
    const { body } = await create({ senderId: "acme", scopes: ["read"] });
    expect((await call("GET", "/v1/messages", { key: body.key })).status).toBe(200);
    const revoked = await call("DELETE", `/v1/keys/${body.keyId}`);
    expect([revoked.status, revoked.body.revokedAt]).toEqual([200, "2026-11-22T12:00:00.000Z"]);
    expect((await call("GET", "/v1/messages", { key: body.key })).status).toBe(401);
    expect((await call("DELETE", `/v1/keys/${body.keyId}`)).body).toEqual(revoked.body);
    expect((await call("GET", "/v1/keys")).body.items).toEqual([revoked.body]);
  });

  it("that expires says when, to its maker, to its holder and in the list, and is refused from then on", async () => {
    const { status, body } = await create({ senderId: "acme", scopes: ["read"], expiresIn: "90m" });
    expect([status, body.expiresAt]).toEqual([201, "2026-11-22T13:30:00.000Z"]);
    const self = () => call("GET", "/v1/keys/self", { key: body.key });
    expect((await self()).body.expiresAt).toBe("2026-11-22T13:30:00.000Z");
    expect((await call("GET", "/v1/keys")).body.items[0].expiresAt).toBe("2026-11-22T13:30:00.000Z");
    api.clock.advance(90 * MINUTE - 1);
    expect((await self()).status).toBe(200);
    api.clock.advance(1);
    expect((await self()).status).toBe(401);
  });

  it.each(["1m", "60s", "60000ms", "90d", "2160h"])("may be made for %s", async (expiresIn) => {
    expect((await create({ senderId: "acme", scopes: ["read"], expiresIn })).status).toBe(201);
  });

  it.each(["59s", "91d", "2161h", "0d", "-1h", "1.5h", "12", "12 h", "PT1H", "", 3_600])(
    "is not made for %j",
    async (expiresIn) => {
      const { status, body } = await create({ senderId: "acme", scopes: ["read"], expiresIn });
      expect([status, body.errors[0].path]).toEqual([400, "expiresIn"]);
    },
  );

  it("that expires makes none that outlives it", async () => {
    const { body } = await create({ senderId: "acme", scopes: ["operate"], expiresIn: "1h" });
    const make = async (expiresIn?: string) =>
      (await create({ senderId: "acme", scopes: ["operate"], expiresIn }, body.key)).status;
    expect([await make(), await make("61m"), await make("1h")]).toEqual([403, 403, 201]);
    api.clock.advance(MINUTE);
    expect([await make("1h"), await make("59m")]).toEqual([403, 201]);
  });

  it("that does not exist cannot be revoked", async () => {
    for (const keyId of ["0000000000", "operator", "nonsense"])
      expect((await call("DELETE", `/v1/keys/${keyId}`)).status).toBe(404);
  });

  it.each<[string, object, string]>([
    ["without scopes", { senderId: "acme", scopes: [] }, "scopes"],
    ["with a scope nobody knows", { senderId: "acme", scopes: ["admin"] }, "scopes.0"],
    ["with a scope twice", { senderId: "acme", scopes: ["read", "read"] }, "scopes"],
    ["without a sender", { scopes: ["read"] }, "senderId"],
    ["for a sender that cannot be", { senderId: "a b", scopes: ["read"] }, "senderId"],
    ["without a name", { senderId: "acme", scopes: ["read"], name: "" }, "name"],
    ["with an unknown field", { senderId: "acme", scopes: ["read"], key: "mine" }, "key"],
  ])("is not made %s", async (_what, json, path) => {
    const { status, body } = await create(json);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
    expect((await api.keyStore.list({ limit: 100 })).keys).toEqual([]);
  });

  it("whose creation may or may not have been stored is not to be repeated blindly", async () => {
    vi.spyOn(api.keyStore, "create").mockRejectedValue(new StorageError(true, true, new Error("lost")));
    expect((await create({ senderId: "acme", scopes: ["read"] })).body).toMatchObject({
      status: 503,
      retryable: false,
    });
    vi.spyOn(api.keyStore, "create").mockRejectedValue(new StorageError(false, true, new Error("refused")));
    expect((await create({ senderId: "acme", scopes: ["read"] })).body).toMatchObject({
      status: 503,
      retryable: true,
    });
  });

  it("that cannot be looked up is no reason to say 401", async () => {
    const { body } = await create({ senderId: "acme", scopes: ["read"] });
    vi.spyOn(api.keyStore, "get").mockRejectedValueOnce(new StorageError(false, true, new Error("down")));
    const { status, headers } = await call("GET", "/v1/messages", { key: body.key });
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  });
});

describe("the keys of a sender", () => {
  const CREATED = { senderId: "acme", scopes: ["read"] };

  it("are listed in pages, newest first, each for its own operator", async () => {
    const made: string[] = [];
    for (let keys = 0; keys < 7; keys += 1) {
      api.clock.advance(MINUTE);
      made.unshift((await create(CREATED)).body.keyId);
    }
    await create({ senderId: "globex", scopes: ["read"] });
    api.clock.advance(MINUTE);
    const operator = await api.createKey("acme", ["operate"]);
    const pages: string[][] = [];
    let cursor = "";
    do {
      const { status, body } = await call("GET", `/v1/keys?limit=3${cursor}`, { key: operator });
      expect(status).toBe(200);
      pages.push(body.items.map(({ keyId }: { keyId: string }) => keyId));
      cursor = body.nextCursor === undefined ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    expect(pages.flat()).toEqual([keyIdOf(operator), ...made]);
    expect(pages[0]).toHaveLength(3);
  });

  it("are listed by sender, those of all senders too; a key of one sender asks for no other's", async () => {
    const ids = async (query: string, key = OPERATOR_KEY) => {
      const { status, body } = await call("GET", `/v1/keys${query}`, { key });
      return status === 200 ? body.items.map(({ keyId }: { keyId: string }) => keyId) : status;
    };
    const globex = keyIdOf(await api.createKey("globex", ["read"]));
    const all = keyIdOf(await api.createKey("*", ["read"]));
    const acme = await api.createKey("acme", ["operate"]);
    expect(await ids("?senderId=globex")).toEqual([globex]);
    expect(await ids("?senderId=*")).toEqual([all]);
    expect(await ids("?senderId=nobody")).toEqual([]);
    expect(await ids("?senderId=acme", acme)).toEqual([keyIdOf(acme)]);
    expect([await ids("?senderId=globex", acme), await ids("?senderId=*", acme)]).toEqual([403, 403]);
    api.clock.advance(MINUTE);
    await api.createKey("globex", ["read"]);
    const { nextCursor } = (await call("GET", "/v1/keys?senderId=globex&limit=1")).body;
    expect(await ids(`?senderId=globex&cursor=${nextCursor}`)).toEqual([globex]);
    expect(await ids(`?cursor=${nextCursor}`)).toBe(400);
  });

  it.each(["limit=0", "limit=101", "cursor=nonsense", "surprise=1", "senderId=a/b"])(
    "are not listed with %s",
    async (asked) => {
      expect((await call("GET", `/v1/keys?${asked}`)).status).toBe(400);
    },
  );

  it("are not listed on with another key's cursor", async () => {
    for (let keys = 0; keys < 3; keys += 1) await create(CREATED);
    const operator = await api.createKey("acme", ["operate"]);
    const { nextCursor } = (await call("GET", "/v1/keys?limit=1")).body;
    expect((await call("GET", `/v1/keys?limit=2&cursor=${nextCursor}`)).status).toBe(200);
    expect((await call("GET", `/v1/keys?limit=1&cursor=${nextCursor}`, { key: operator })).status).toBe(400);
  });

  it("are at most 200 in force: a further one is a conflict until one is revoked", async () => {
    const first = (await create(CREATED)).body.keyId;
    for (let keys = 1; keys < 200; keys += 1) await create(CREATED);
    const refused = await create(CREATED);
    expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([409, "CONFLICT", false]);
    expect((await create({ ...CREATED, senderId: "globex" })).status).toBe(201);
    await call("DELETE", `/v1/keys/${first}`);
    expect((await create(CREATED)).status).toBe(201);
  });

  it("are at most 1,000 with the revoked ones that are still listed", async () => {
    api = createMemoryApi({ rateLimit: { perSecond: 1, burst: 10_000 } });
    ({ call } = api);
    for (let keys = 0; keys < 1_000; keys += 1) {
      const { keyId } = (await create(CREATED)).body;
      await call("DELETE", `/v1/keys/${keyId}`);
    }
    expect((await create(CREATED)).body).toMatchObject({ status: 409, code: "CONFLICT" });
  }, 60_000);
});

describe("the signing secret of a sender", () => {
  it("comes with its first key and with no other", async () => {
    const first = await create({ senderId: "acme", scopes: ["send"] });
    expect(first.body.signingSecret).toMatch(/^whsec_/);
    expect(await inForce("acme")).toEqual([first.body.signingSecret]);
    expect((await create({ senderId: "acme", scopes: ["read"] })).body).not.toHaveProperty("signingSecret");
    expect((await create({ senderId: "*", scopes: ["operate"] })).body).not.toHaveProperty("signingSecret");
    expect((await create({ senderId: "globex", scopes: ["send"] })).body.signingSecret).not.toBe(
      first.body.signingSecret,
    );
  });

  it("is replaced by a rotation, and the old one signs along for 24 hours", async () => {
    const { signingSecret: old } = (await create({ senderId: "acme", scopes: ["send"] })).body;
    const { status, body, headers } = await call("POST", "/v1/senders/acme/rotate");
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(body.previousValidUntil).toBe("2026-11-23T12:00:00.000Z");
    expect(await inForce("acme")).toEqual([body.signingSecret, old]);
    api.clock.advance(DAY);
    expect(await inForce("acme")).toEqual([body.signingSecret]);
  });

  it("can be had by a rotation for a sender without a key, once it has sent a message", async () => {
    expect((await call("POST", "/v1/senders/default/rotate")).status).toBe(404);
    await call("POST", "/v1/messages", { json: { targetUrl: TARGET } });
    const { status, body } = await call("POST", "/v1/senders/default/rotate");
    expect([status, (await inForce("default"))[0]]).toEqual([200, body.signingSecret]);
  });

  it("is not made for a name that nobody has used, which may be a slip of the hand", async () => {
    await create({ senderId: "acme", scopes: ["send"] });
    const { status, body } = await call("POST", "/v1/senders/amce/rotate");
    expect([status, body.code]).toEqual([404, "NOT_FOUND"]);
    expect(await api.keyStore.getSender("amce")).toBeUndefined();
  });

  it("is replaced for a sender that was not written down when its key was", async () => {
    vi.spyOn(api.keyStore, "introduceSender").mockRejectedValueOnce(
      new StorageError(true, true, new Error("lost")),
    );
    expect((await create({ senderId: "acme", scopes: ["send"] })).status).toBe(503);
    expect((await call("POST", "/v1/senders/acme/rotate")).status).toBe(200);
  });

  it.each(["*", "a%20b", "-a", "%2e%2e"])("belongs to nobody called %s", async (senderId) => {
    expect((await call("POST", `/v1/senders/${senderId}/rotate`)).status).toBe(404);
  });
});

describe("scopes", () => {
  const ID = "msg_00000000000000000000000000";

  it.each<[string, Record<string, number>]>([
    [
      "send",
      {
        send: 400,
        batch: 400,
        list: 403,
        stats: 403,
        targets: 403,
        bulk: 403,
        keys: 403,
        newKey: 403,
        rotate: 403,
      },
    ],
    [
      "read",
      {
        send: 403,
        batch: 403,
        list: 200,
        stats: 200,
        targets: 200,
        bulk: 403,
        keys: 403,
        newKey: 403,
        rotate: 403,
      },
    ],
    [
      "operate",
      {
        send: 400,
        batch: 400,
        list: 200,
        stats: 200,
        targets: 200,
        bulk: 400,
        keys: 200,
        newKey: 400,
        rotate: 200,
      },
    ],
  ])("%s lets through what it should and nothing else", async (scope, expected) => {
    const key = await api.createKey("acme", [scope]);
    const calls: Record<string, [string, string]> = {
      send: ["POST", "/v1/messages"],
      batch: ["POST", "/v1/messages/batch"],
      list: ["GET", "/v1/messages"],
      stats: ["GET", "/v1/stats"],
      targets: ["GET", "/v1/targets"],
      bulk: ["POST", "/v1/messages/retry"],
      keys: ["GET", "/v1/keys"],
      newKey: ["POST", "/v1/keys"],
      rotate: ["POST", "/v1/senders/acme/rotate"],
    };
    const statuses: Record<string, number> = {};
    for (const [name, [method, path]] of Object.entries(calls))
      statuses[name] = (await call(method, path, { key, ...(method === "POST" ? { json: {} } : {}) })).status;
    expect(statuses).toEqual(expected);
  });

  it("are asked for each message: read to see it, send to retry and to cancel it", async () => {
    const { messageId } = (
      await call("POST", "/v1/messages", { json: { targetUrl: TARGET, senderId: "acme" } })
    ).body;
    const [sends, reads] = [await api.createKey("acme", ["send"]), await api.createKey("acme", ["read"])];
    expect((await call("GET", `/v1/messages/${messageId}`, { key: sends })).status).toBe(403);
    expect((await call("GET", `/v1/messages/${messageId}`, { key: reads })).status).toBe(200);
    expect((await call("POST", `/v1/messages/${messageId}/cancel`, { key: reads })).status).toBe(403);
    expect((await call("POST", `/v1/messages/${messageId}/cancel`, { key: sends })).status).toBe(200);
    expect((await call("GET", `/v1/messages/${ID}`, { key: sends })).status).toBe(404);
  });
});

describe("another sender", () => {
  let acme: string;
  let foreignId: string;
  beforeEach(async () => {
    acme = await api.createKey("acme", ["operate"]);
    const sent = await call("POST", "/v1/messages", {
      json: { targetUrl: TARGET, senderId: "globex" },
      headers: { "idempotency-key": "shared" },
    });
    foreignId = sent.body.messageId;
  });

  it("has no message that can be seen, retried or cancelled", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/retry"],
      ["POST", "/cancel"],
      ["POST", "/skip"],
      ["POST", "/resolve"],
    ] as const) {
      const foreign = await call(method, `/v1/messages/${foreignId}${path}`, { key: acme });
      const unknown = await call(method, `/v1/messages/msg_${"0".repeat(26)}${path}`, { key: acme });
      const { correlationId: one, ...seen } = foreign.body;
      const { correlationId: other, ...nothing } = unknown.body;
      expect([foreign.status, seen]).toEqual([404, nothing]);
      expect(one).not.toBe(other);
    }
    expect((await api.store.get(foreignId))?.status).toBe("QUEUED");
  });

  it("has nothing in lists, by whatever filter", async () => {
    const own = (await call("POST", "/v1/messages", { key: acme, json: { targetUrl: TARGET } })).body;
    expect(own.messageId).toBeDefined();
    for (const query of ["", "?status=QUEUED", "?target=example.com"]) {
      const { body } = await call("GET", `/v1/messages${query}`, { key: acme });
      expect(body.items.map((item: { messageId: string }) => item.messageId)).toEqual([own.messageId]);
    }
    for (const query of [
      "?senderId=globex",
      "?senderId=globex&idempotencyKey=shared",
      "?idempotencyKey=shared",
    ])
      expect((await call("GET", `/v1/messages${query}`, { key: acme })).body.items).toEqual([]);
  });

  it("has no share in the counts", async () => {
    const { body } = await call("GET", "/v1/stats", { key: acme });
    expect(body.counts.QUEUED).toBe(0);
    expect((await call("GET", "/v1/stats?senderId=globex", { key: acme })).status).toBe(403);
    expect((await call("GET", "/v1/stats?senderId=globex")).body.counts.QUEUED).toBe(1);
    expect((await call("GET", "/v1/targets", { key: acme })).body.items).toEqual([]);
    expect((await call("GET", "/v1/targets?senderId=globex", { key: acme })).status).toBe(403);
    const { points } = (await call("GET", "/v1/stats/series", { key: acme })).body;
    expect(points.map(({ accepted }: { accepted: number }) => accepted)).not.toContain(1);
    expect((await call("GET", "/v1/stats/series?senderId=globex", { key: acme })).status).toBe(403);
    expect((await call("GET", "/v1/targets?senderId=globex")).body.items).toHaveLength(1);
  });

  it("cannot be sent for, singly or in a batch", async () => {
    const json = { targetUrl: TARGET, senderId: "globex" };
    expect((await call("POST", "/v1/messages", { key: acme, json })).status).toBe(403);
    const { body } = await call("POST", "/v1/messages/batch", {
      key: acme,
      json: { messages: [json, { targetUrl: TARGET }] },
    });
    expect(body.results.map(({ httpStatus }: { httpStatus: number }) => httpStatus)).toEqual([403, 202]);
  });

  it("is not retried in bulk, and has keys of its own", async () => {
    const foreign = (await create({ senderId: "globex", scopes: ["read"] })).body;
    const json = { status: "FAILED", senderId: "globex" };
    expect((await call("POST", "/v1/messages/retry", { key: acme, json })).status).toBe(403);
    const keys = (await call("GET", "/v1/keys", { key: acme })).body.items;
    expect(new Set(keys.map(({ senderId }: { senderId: string }) => senderId))).toEqual(new Set(["acme"]));
    expect((await call("DELETE", `/v1/keys/${foreign.keyId}`, { key: acme })).status).toBe(404);
    expect((await call("POST", "/v1/senders/globex/rotate", { key: acme })).status).toBe(404);
    for (const senderId of ["globex", "*"])
      expect((await create({ senderId, scopes: ["operate"] }, acme)).status).toBe(403);
  });

  it("cannot go on with a cursor of somebody else's", async () => {
    for (let sent = 0; sent < 3; sent += 1)
      await call("POST", "/v1/messages", { key: acme, json: { targetUrl: TARGET } });
    const { nextCursor } = (await call("GET", "/v1/messages?limit=1&senderId=acme")).body;
    expect(nextCursor).toBeDefined();
    expect((await call("GET", `/v1/messages?limit=1&senderId=acme&cursor=${nextCursor}`)).status).toBe(200);
    expect(
      (await call("GET", `/v1/messages?limit=1&senderId=acme&cursor=${nextCursor}`, { key: acme })).status,
    ).toBe(400);
    expect((await call("GET", `/v1/messages?limit=1&cursor=${nextCursor}`)).status).toBe(400);
  });

  it("learns nothing of others from a cursor, though its page may end behind one of theirs, and can make none", async () => {
    // More than a page looks through.
    const messages = Array.from({ length: 100 }, () => ({ targetUrl: TARGET, senderId: "globex" }));
    for (let batches = 0; batches < 5; batches += 1)
      await call("POST", "/v1/messages/batch", { json: { messages } });
    const list = (cursor = "") =>
      call("GET", `/v1/messages?status=QUEUED&limit=1${cursor && `&cursor=${cursor}`}`, { key: acme });

    const { items, nextCursor } = (await list()).body;
    expect(items).toEqual([]);
    const sealed = Buffer.from(nextCursor, "base64url");
    expect(sealed.toString("latin1")).not.toContain("msg_");
    expect((await list(nextCursor)).status).toBe(200);
    for (let at = 0; at < sealed.length; at += 1) {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect((await list(forged.toString("base64url"))).status, `byte ${at}`).toBe(400);
    }
  });
});

it("a sender's key sends for its sender, and one for all senders for `default` or whom it names", async () => {
  const key = await api.createKey("acme", ["operate"]);
  const senderOf = async (sent: { body: { messageId: string } }) =>
    (await call("GET", `/v1/messages/${sent.body.messageId}`)).body.senderId;
  expect(await senderOf(await call("POST", "/v1/messages", { key, json: { targetUrl: TARGET } }))).toBe(
    "acme",
  );
  expect(await senderOf(await call("POST", "/v1/messages", { json: { targetUrl: TARGET } }))).toBe("default");
  expect(
    await senderOf(await call("POST", "/v1/messages", { json: { targetUrl: TARGET, senderId: "globex" } })),
  ).toBe("globex");
});
