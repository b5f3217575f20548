import { beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";
import { documentOf } from "./openapi/document.ts";

const TARGET = "https://example.com/hook";
const UNKNOWN_ID = "msg_00000000000000000000000000";
const UNKNOWN_KEY = "0000000000";
const UNKNOWN_EVENT = "evt_00000000000000000000000000";
const UNKNOWN_ENDPOINT = "ep_00000000000000000000000000";

let api: MemoryApi;
let call: Caller;
beforeAll(() => {
  api = createMemoryApi();
  call = api.call;
});

/** Every route of the document, with path parameters that fit. */
async function routes(): Promise<Array<{ method: string; path: string; open: boolean }>> {
  const { paths } = await documentOf(api.app);
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path
        .replace("{id}", UNKNOWN_ID)
        .replace("{keyId}", UNKNOWN_KEY)
        .replace("{endpointId}", UNKNOWN_ENDPOINT)
        .replace("{eventId}", UNKNOWN_EVENT)
        .replace("{orderingKey}", "order-1")
        .replace("{senderId}", "acme")
        .replace("{page}", "api"),
      open: (operation as { security?: unknown[] }).security?.length === 0,
    })),
  );
}

describe("every route", () => {
  it("is in the document, and the document names no other", async () => {
    const described = new Set((await routes()).map(({ method, path }) => `${method} ${path}`));
    const registered = api.app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
      .map(
        ({ method, path }) =>
          `${method} ${path.replace(":id", UNKNOWN_ID).replace(":keyId", UNKNOWN_KEY).replace(":endpointId", UNKNOWN_ENDPOINT).replace(":eventId", UNKNOWN_EVENT).replace(":orderingKey{.+}", "order-1").replace(":senderId", "acme").replace(":page", "api")}`,
      );
    expect([...described].sort()).toEqual([...new Set(registered)].sort());
    expect(described).toContain("POST /v1/messages");
  });

  it("wants a key, but for health, ready, the document and its page", async () => {
    for (const { method, path, open } of await routes()) {
      const { status, headers, body } = await call(method, path, { key: "" });
      expect([`${method} ${path}`, status]).toEqual([`${method} ${path}`, open ? 200 : 401]);
      if (!open) expect([headers.get("www-authenticate"), body.code]).toEqual(["Bearer", "UNAUTHORIZED"]);
    }
    expect((await routes()).filter(({ open }) => open).map(({ path }) => path)).toEqual([
      "/v1/health",
      "/v1/ready",
      "/v1/openapi.json",
      "/docs",
      "/docs/api",
    ]);
  });

  it("refuses a query parameter that it does not know, unless there is nothing to be found", async () => {
    for (const { method, path } of await routes()) {
      const { status, body } = await call(
        method,
        `${path}?surprise=1`,
        method === "POST" ? { json: {} } : {},
      );
      if ([UNKNOWN_ID, UNKNOWN_KEY, UNKNOWN_ENDPOINT].some((unknown) => path.includes(unknown))) {
        expect(status).toBe(404);
        continue;
      }
      expect([`${method} ${path}`, status]).toEqual([`${method} ${path}`, 400]);
      expect(body.errors).toContainEqual({ path: "surprise", message: "is not a known field" });
    }
  });

  it("refuses a parameter that is given twice", async () => {
    const { status, body } = await call("GET", "/v1/messages?limit=1&limit=2");
    expect([status, body.errors]).toEqual([400, [{ path: "limit", message: "is given twice" }]]);
  });

  it("answers HEAD as GET, without a body", async () => {
    for (const path of ["/v1/health", "/v1/messages", "/docs", "/docs/api"]) {
      const { status, text } = await call("HEAD", path);
      expect([path, status, text]).toEqual([path, 200, ""]);
    }
  });

  it("names its methods when another is used", async () => {
    for (const [method, path, allow] of [
      ["DELETE", "/v1/messages", "GET, HEAD, POST"],
      ["PUT", `/v1/messages/${UNKNOWN_ID}`, "GET, HEAD"],
      ["GET", "/v1/messages/batch", "POST"],
      ["OPTIONS", "/v1/messages/batch", "POST"],
      ["HEAD", "/v1/messages/retry", "POST"],
      ["OPTIONS", "/v1/messages/retry", "POST"],
      ["OPTIONS", "/v1/messages", "GET, HEAD, POST"],
      ["OPTIONS", `/v1/messages/${UNKNOWN_ID}/retry`, "POST"],
      ["GET", `/v1/messages/${UNKNOWN_ID}/cancel`, "POST"],
      ["GET", `/v1/events/${UNKNOWN_EVENT}/retry`, "POST"],
      ["GET", `/v1/keys/${UNKNOWN_KEY}`, "DELETE"],
      ["GET", "/v1/senders/acme/rotate", "POST"],
      ["GET", "/v1/portal", "POST"],
      ["PUT", `/v1/endpoints/${UNKNOWN_ENDPOINT}`, "DELETE, GET, HEAD, PATCH"],
      ["OPTIONS", "/v1/nowhere", undefined],
      ["PATCH", "/v1/keys", "GET, HEAD, POST"],
      ["OPTIONS", "/v1/stats", "GET, HEAD"],
    ] as const) {
      const { status, headers } = await call(method, path);
      if (allow === undefined) expect(status).toBe(404);
      else
        expect([path, status, headers.get("allow")?.split(", ").sort().join(", ")]).toEqual([
          path,
          405,
          allow,
        ]);
    }
  });

  it("names them to everybody where everybody may ask", async () => {
    for (const path of ["/v1/health", "/v1/ready", "/v1/openapi.json", "/docs", "/docs/api"]) {
      const { status, body, headers } = await call("POST", path, { key: "" });
      const allow = headers.get("allow");
      expect([path, status, body.code, allow]).toEqual([path, 405, "METHOD_NOT_ALLOWED", "GET, HEAD"]);
    }
  });
});

describe("the correlation id", () => {
  it.each([
    ["/v1/health", 200],
    ["/v1/messages/nothing", 404],
    ["/nowhere", 404],
    ["/v1/messages?limit=0", 400],
  ])("is on every answer, the caller's own: %s", async (path, status) => {
    const answer = await call("GET", path, { headers: { "x-correlation-id": "my:call-1" } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("x-correlation-id")).toBe("my:call-1");
    if (status !== 200) expect(answer.body.correlationId).toBe("my:call-1");
  });

  it.each(["", "with space", "x".repeat(129), "semi;colon"])(
    "is a new one where the caller's cannot be used: %j",
    async (given) => {
      const { headers } = await call("GET", "/v1/health", { headers: { "x-correlation-id": given } });
      expect(headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it("is in the one log line of every request, whatever became of it", async () => {
    for (const path of ["/v1/health", "/nowhere", "/v1/messages?limit=0", `/v1/messages/${UNKNOWN_ID}`])
      await call("GET", path, { headers: { "x-correlation-id": `log-${path.length}` } });
    const logged = api.observer.lines.filter(({ event }) => event === "request");
    for (const path of ["/v1/health", "/nowhere", "/v1/messages", `/v1/messages/${UNKNOWN_ID}`]) {
      expect(
        logged.filter(
          ({ fields }) => fields.path === path && String(fields.correlationId).startsWith("log-"),
        ),
      ).toHaveLength(1);
    }
    expect(JSON.stringify(logged)).not.toContain("limit=0");
  });
});

describe("no log line", () => {
  it("holds a key that somebody has put where its id belongs, nor a path of any length", async () => {
    const own = createMemoryApi({
      wrapStore: (store) => ({ ...store, list: () => Promise.reject(new Error("broken")) }),
    });
    const key = await own.createKey("acme", ["operate"]);
    const secrets = [key, OPERATOR_KEY.replaceAll(" ", "-").repeat(2)];
    for (const secret of secrets) {
      await own.call("DELETE", `/v1/keys/${secret}`);
      await own.call("GET", `/v1/messages/${secret}`);
      await own.call("POST", `/v1/senders/${secret}/rotate`);
      await own.call("GET", `/nowhere/${secret}/else`);
    }
    await own.call("GET", `/${"a/".repeat(5_000)}`);
    const lines = own.observer.lines.map((line) => JSON.stringify(line));
    expect(lines.length).toBeGreaterThan(9);
    for (const secret of secrets) expect(lines.join("\n")).not.toContain(secret);
    for (const line of lines) expect(line.length).toBeLessThan(1_000);
  });
});

describe("refusals come in this order", () => {
  const LARGE = JSON.stringify({ targetUrl: TARGET, body: "x".repeat(262_144) });
  const plain = { "content-type": "text/plain" };
  const strict = () => createMemoryApi({ rateLimit: { perSecond: 1, burst: 2 } });

  it("401 before everything", async () => {
    expect((await call("POST", "/v1/nowhere", { key: "wrong", text: LARGE, headers: plain })).status).toBe(
      401,
    );
    expect((await call("DELETE", "/v1/messages", { key: "" })).status).toBe(401);
  });

  it("404 and 405 before 403", async () => {
    const key = await api.createKey("acme", ["read"]);
    expect((await call("POST", "/v1/nowhere", { key, text: LARGE, headers: plain })).status).toBe(404);
    expect((await call("PUT", "/v1/messages", { key, text: LARGE, headers: plain })).status).toBe(405);
    expect((await call("POST", `/v1/messages/${UNKNOWN_ID}/retry`, { key })).status).toBe(404);
  });

  it("403 before 429", async () => {
    const { call: calls, createKey } = strict();
    const key = await createKey("acme", ["read"]);
    for (let requests = 0; requests < 3; requests += 1) await calls("GET", "/v1/messages", { key });
    expect((await calls("GET", "/v1/messages", { key })).status).toBe(429);
    expect((await calls("POST", "/v1/messages", { key, text: LARGE, headers: plain })).status).toBe(403);
  });

  it("429 before 415, 415 before 413, 413 before 400", async () => {
    const { call: calls, clock } = strict();
    for (let requests = 0; requests < 2; requests += 1) await calls("GET", "/v1/stats");
    const limited = await calls("POST", "/v1/messages", { text: LARGE, headers: plain });
    expect([limited.status, limited.headers.get("retry-after"), limited.headers.get("ratelimit")]).toEqual([
      429,
      "1",
      '"key";r=0;t=1',
    ]);
    expect(limited.body).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    clock.advance(2_000);
    expect((await calls("POST", "/v1/messages?x=1", { text: LARGE, headers: plain })).status).toBe(415);
    expect((await calls("POST", "/v1/messages?x=1", { text: LARGE })).status).toBe(413);
    clock.advance(2_000);
    expect((await calls("POST", "/v1/messages?x=1", { text: "{" })).status).toBe(400);
  });

  it("403 for another sender before anything else that is wrong with the message", async () => {
    const key = await api.createKey("acme", ["send"]);
    const json = { senderId: "globex", targetUrl: "ftp://nowhere", surprise: true };
    const { status, body } = await call("POST", "/v1/messages", { key, json });
    expect([status, body.code]).toEqual([403, "FORBIDDEN"]);
  });
});

it("no content type counts as JSON, and so does any of its kind", async () => {
  const text = JSON.stringify({ targetUrl: TARGET });
  for (const headers of [
    {},
    { "content-type": "application/json; charset=utf-8" },
    { "content-type": "application/vnd.acme+json" },
  ] as Record<string, string>[]) {
    expect((await call("POST", "/v1/messages", { text, headers })).status).toBe(202);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
    expect((await call("POST", "/v1/messages", { text, headers: { "content-type": type } })).status).toBe(
      415,
    );
});

it("a malformed authorization header is no key", async () => {
  for (const authorization of ["Bearer", "Bearer ", "Basic abc", OPERATOR_KEY, `Bearer  ${OPERATOR_KEY}x`])
    expect((await call("GET", "/v1/stats", { key: "", headers: { authorization } })).status).toBe(401);
  for (const authorization of [
    `Bearer ${" ".repeat(16_000)}`,
    `Bearer${"\t ".repeat(8_000)}x`,
    `Bearer\t${OPERATOR_KEY}`,
  ])
    expect((await call("GET", "/v1/stats", { key: "", headers: { authorization } })).status).toBe(401);
  for (const authorization of [`Bearer ${OPERATOR_KEY}`, `bearer   ${OPERATOR_KEY}`])
    expect((await call("GET", "/v1/stats", { key: "", headers: { authorization } })).status).toBe(200);
});
