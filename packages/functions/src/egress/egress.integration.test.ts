import { createServer } from "node:net";
import type { HttpClient } from "@homing/core/delivery/http-client";
import { afterEach, describe, expect, it } from "vitest";
import type { Resolution } from "./host-resolver.ts";
import { createHttpClient, type HttpClientOptions } from "./http-client.ts";
import { type Answer, type RawReceiver, startRawReceiver } from "./test-fixtures/raw-receiver.ts";

const LOOPBACK = ["127.0.0.0/8", "::1/128"];
const LIMITS = { timeoutMs: 2_000, keepBytes: 4_096 };
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const created = createHttpClient({ allowPrivateTargets: LOOPBACK, ...options });
  cleanups.push(() => created.close());
  return created;
}
async function receiver(answer: Answer = (socket) => socket.write(OK)): Promise<RawReceiver> {
  const started = await startRawReceiver(answer);
  cleanups.push(() => started.close());
  return started;
}
/** undici lends a connection again one turn of the event loop after its last response. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const post = (url: string, body = "{}") => ({ url, method: "POST", headers: [], body }) as const;

describe("the egress guard", () => {
  it("refuses an address literal without opening a connection, naming address and rule", async () => {
    const target = await receiver();
    const result = await client({ allowPrivateTargets: [] }).request(
      post(`http://127.0.0.1:${target.port}/`),
      LIMITS,
    );
    expect(result).toMatchObject({
      kind: "error",
      code: "TARGET_NOT_ALLOWED",
      detail: "The address 127.0.0.1 is refused: loopback (RFC 1122).",
    });
    expect(target.connections()).toBe(0);
  });

  it.each([
    ["169.254.169.254", "link-local (RFC 3927)"],
    ["10.0.0.1", "private (RFC 1918)"],
    ["::1", "loopback (RFC 4291)"],
    ["::ffff:127.0.0.1", "loopback (RFC 1122)"],
    ["64:ff9b::7f00:1", "NAT64 (RFC 6052)"],
    ["fd00:ec2::254", "unique local (RFC 4193)"],
  ])("refuses a name that resolves to %s", async (address, rule) => {
    const result = await client({
      allowPrivateTargets: [],
      resolve: async () => ({ addresses: [address] }),
    }).request(post("http://hook.example/"), LIMITS);
    expect(result).toMatchObject({
      code: "TARGET_NOT_ALLOWED",
      detail: `The address ${address} is refused: ${rule}.`,
    });
  });

  it("refuses a name of several addresses if one of them is refused, wherever it stands", async () => {
    const target = await receiver();
    for (const addresses of [
      ["127.0.0.1", "10.0.0.1"],
      ["10.0.0.1", "127.0.0.1"],
    ]) {
      const result = await client({ resolve: async () => ({ addresses }) }).request(
        post(`http://hook.example:${target.port}/`),
        LIMITS,
      );
      expect(result).toMatchObject({
        code: "TARGET_NOT_ALLOWED",
        detail: expect.stringContaining("10.0.0.1"),
      });
    }
    expect(target.connections()).toBe(0);
  });

  it("checks and uses no more than 32 addresses of a name, so that none costs much time", async () => {
    const target = await receiver();
    const many = Array.from({ length: 4_000 }, (_, i) => (i < 32 ? "127.0.0.1" : "10.0.0.1"));
    const url = `http://hook.example:${target.port}/`;
    const http = client({ resolve: async () => ({ addresses: many }) });
    expect(await http.request(post(url), LIMITS)).toMatchObject({ kind: "response", status: 200 });
    const cautious = client({ resolve: async () => ({ addresses: [...many.slice(0, 31), "10.0.0.1"] }) });
    expect(await cautious.request(post(url), LIMITS)).toMatchObject({ code: "TARGET_NOT_ALLOWED" });
  });

  it("connects to an address it checked, though the DNS answers differently the second time", async () => {
    const target = await receiver((socket) => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok`));
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    let asked = 0;
    const http = client({ resolve: async () => ({ addresses: answers[asked++] ?? [] }) });
    const url = `http://rebind.example:${target.port}/`;

    expect(await http.request(post(url), LIMITS)).toMatchObject({ kind: "response", status: 200 });
    expect(asked).toBe(1);
    expect(await http.request(post(url), LIMITS)).toMatchObject({ code: "TARGET_NOT_ALLOWED" });
    expect(target.requests).toHaveLength(1);
  });

  it("reuses a connection to a checked address without asking the DNS again", async () => {
    const target = await receiver();
    let asked = 0;
    const http = client({
      resolve: async () => {
        asked += 1;
        return { addresses: ["127.0.0.1"] };
      },
    });
    for (let i = 0; i < 3; i++) {
      await http.request(post(`http://hook.example:${target.port}/`), LIMITS);
      await nextTurn();
    }
    expect(target.requests).toHaveLength(3);
    expect(target.connections()).toBe(1);
    expect(asked).toBe(1);
  });

  it("never reaches the ports of Homing's own servers, by literal, localhost or any other name", async () => {
    const own = await receiver();
    const http = client({
      refusePorts: () => new Set([own.port]),
      resolve: async () => ({ addresses: ["127.0.0.1"] }),
    });
    for (const host of [
      "127.0.0.1",
      "localhost",
      "a.localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "hook.example",
    ]) {
      const result = await http.request(post(`http://${host}:${own.port}/`), LIMITS);
      expect(result, host).toMatchObject({
        code: "TARGET_NOT_ALLOWED",
        detail: expect.stringContaining("one of Homing's own servers"),
      });
    }
    expect(own.connections()).toBe(0);
  });

  it("answers localhost itself and never asks the DNS for it", async () => {
    const target = await receiver();
    const http = client({
      resolve: async () => {
        throw new Error("asked the DNS");
      },
    });
    for (const host of ["localhost", "a.localhost", "localhost."]) {
      const result = await http.request(post(`http://${host}:${target.port}/`), LIMITS);
      expect(result, host).toMatchObject({ kind: "response", status: 200 });
    }
  });

  it("refuses a redirect's target by not following it", async () => {
    const own = await receiver();
    const target = await receiver((socket) =>
      socket.write(
        `HTTP/1.1 302 Found\r\nlocation: http://localhost:${own.port}/\r\ncontent-length: 0\r\n\r\n`,
      ),
    );
    expect(await client().request(post(target.url), LIMITS)).toMatchObject({ kind: "response", status: 302 });
    expect(own.connections()).toBe(0);
  });
});

describe("the request on the wire", () => {
  it("is the producer's method, path, headers in their spelling and order, and body, byte for byte", async () => {
    const target = await receiver();
    await client().request(
      {
        url: `${target.url}/a%20b?c=d#e`,
        method: "PUT",
        headers: [
          ["X-Zeta", "1"],
          ["x-alpha", "Grüße"],
          ["Accept-Encoding", "gzip"],
        ],
        body: '{"name":"Zoë 🙂"}',
      },
      LIMITS,
    );
    const [request] = target.requests;
    expect(request?.head.split("\r\n")).toEqual([
      "PUT /hook/a%20b?c=d HTTP/1.1",
      `host: localhost:${target.port}`,
      "connection: keep-alive",
      "X-Zeta: 1",
      "x-alpha: Grüße",
      "accept-encoding: identity",
      "content-length: 20",
    ]);
    expect(request?.body.toString("utf8")).toBe('{"name":"Zoë 🙂"}');
  });

  it("has no body where none was given", async () => {
    const target = await receiver();
    const http = client();
    await http.request({ url: target.url, method: "GET", headers: [] }, LIMITS);
    await http.request({ url: target.url, method: "POST", headers: [] }, LIMITS);
    expect(target.requests[0]?.head).not.toMatch(/content-length|transfer-encoding/i);
    expect(target.requests[1]?.head).toMatch(/content-length: 0/);
  });

  it.each([
    [
      "a header twice in different case",
      [
        ["X-A", "1"],
        ["x-a", "2"],
      ],
    ],
    ["content-length", [["Content-Length", "5"]]],
    ["host", [["host", "internal.example"]]],
    ["transfer-encoding", [["transfer-encoding", "chunked"]]],
    ["a line break in a value", [["x-a", "1\r\nx-b: 2"]]],
    ["a name that is no token", [["x a", "1"]]],
  ] as const)("never leaves with %s", async (_name, headers) => {
    const target = await receiver();
    const result = await client().request({ url: target.url, method: "POST", headers, body: "{}" }, LIMITS);
    expect(result).toMatchObject({ kind: "error", code: "INVALID_REQUEST" });
    expect(target.requests).toHaveLength(0);
  });
});

describe("connections", () => {
  it("are at most as many to one host as allowed, the others waiting", async () => {
    let open = 0;
    let most = 0;
    const target = await receiver((socket) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        socket.write(OK);
      });
    });
    const http = client({ connectionsPerHost: 3 });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => http.request(post(target.url), LIMITS)),
    );
    expect(results.every((result) => result.kind === "response" && result.status === 200)).toBe(true);
    expect(most).toBeLessThanOrEqual(3);
    expect(target.connections()).toBeLessThanOrEqual(3);
  });

  it("are waited for outside the deadline: a target is never blamed for our own queue", async () => {
    const held: (() => void)[] = [];
    const target = await receiver((socket) => held.push(() => socket.write(OK)));
    const dead = await receiver(() => {});
    const http = client({ connectionsPerHost: 1 });
    const first = http.request(post(target.url), { ...LIMITS, timeoutMs: 60_000 });
    const second = http.request(post(target.url), LIMITS);
    // Another target's deadline, of the same length, passes while the second request still waits.
    expect(await http.request(post(dead.url), LIMITS)).toMatchObject({ code: "TIMEOUT" });
    expect(target.requests).toHaveLength(1);
    while (held.length < 2) {
      held[0]?.();
      await nextTurn();
    }
    held[1]?.();
    for (const result of await Promise.all([first, second])) expect(result).toMatchObject({ status: 200 });
    expect((await second).durationMs).toBeLessThan(LIMITS.timeoutMs);
  });

  it("that are closed only when others are lent already take nothing from these: the limit holds, whoever waits is served", async () => {
    const closed = Promise.withResolvers<void>();
    const target = await receiver((socket, _request, index) => {
      if (index === 0) socket.on("close", () => closed.resolve());
      else socket.write(OK);
    });
    const http = client({ connectionsPerHost: 1 });
    const reserve = async (waitMs: number) => http.reserve?.(target.url, waitMs);
    expect(await http.request(post(target.url), { ...LIMITS, timeoutMs: 50 })).toMatchObject({
      code: "TIMEOUT",
    });
    const slot = await reserve(0);
    const waiting = http.request(post(target.url), LIMITS);
    await closed.promise;
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();

    expect(await reserve(1), "the one connection is lent").toBeUndefined();
    slot?.release();
    expect(await waiting).toMatchObject({ status: 200 });
  });

  it("to one host that does not answer hold no other host up", async () => {
    const dead = await receiver(() => {});
    const target = await receiver();
    const http = client({ connectionsPerHost: 2 });
    const stuck = Array.from({ length: 10 }, () =>
      http.request(post(dead.url), { ...LIMITS, timeoutMs: 300 }),
    );
    const result = await http.request(post(target.url), LIMITS);
    expect(result).toMatchObject({ kind: "response", status: 200 });
    for (const outcome of await Promise.all(stuck)) expect(outcome).toMatchObject({ code: "TIMEOUT" });
  });

  it("of a deadline that passed carry no late request", async () => {
    const target = await receiver();
    const slowDns = Promise.withResolvers<Resolution>();
    const http = client({ resolve: () => slowDns.promise });
    const url = `http://slow.example:${target.port}/`;
    expect(await http.request(post(url), { ...LIMITS, timeoutMs: 50 })).toMatchObject({
      code: "TIMEOUT",
      detail: "after 0.05 s the target's name was still being resolved, and nothing was sent",
    });

    slowDns.resolve({ addresses: ["127.0.0.1"] });
    expect(await http.request(post(url, "second"), LIMITS)).toMatchObject({ kind: "response", status: 200 });
    expect(target.requests.map((request) => request.body.toString())).toEqual(["second"]);
  });

  it("that have been idle too long are not used again, although a frozen process has not seen time pass", async () => {
    const target = await receiver();
    let now = 0;
    const http = client({ now: () => now });
    for (const [time, connections] of [
      [0, 1],
      [3_000, 1],
      [6_001, 2],
      [9_001, 2],
      [3_600_000, 3],
    ] as const) {
      now = time;
      expect(await http.request(post(target.url), LIMITS)).toMatchObject({ kind: "response", status: 200 });
      await nextTurn();
      expect(target.connections(), `after ${time} ms`).toBe(connections);
    }
  });

  it("that carry a request are kept, however long it takes", async () => {
    let release: () => void = () => {};
    const target = await receiver((socket, _request, index) => {
      if (index === 0) release = () => socket.write(OK);
      else socket.write(OK);
    });
    let now = 0;
    const http = client({ now: () => now, connectionsPerHost: 1 });
    const first = http.request(post(target.url), LIMITS);
    while (target.requests.length === 0) await nextTurn();
    now = 60_000;
    const second = http.request(post(target.url), LIMITS);
    release();
    for (const result of await Promise.all([first, second])) expect(result).toMatchObject({ status: 200 });
    expect(target.connections()).toBe(1);
  });

  it("are closed for the hosts used longest ago when there are too many hosts", async () => {
    const targets = await Promise.all([receiver(), receiver(), receiver()]);
    const http = client({ maxPools: 2 });
    for (const target of targets) await http.request(post(target.url), LIMITS);
    await nextTurn();
    const [first, , last] = targets;
    await http.request(post(last?.url ?? ""), LIMITS);
    await http.request(post(first?.url ?? ""), LIMITS);
    expect(last?.connections()).toBe(1);
    expect(first?.connections()).toBe(2);
  });
});

describe("errors on the way", () => {
  it("DNS_FAILED: the name has no address", async () => {
    const missing = Object.assign(new Error("queryA ENOTFOUND hook.example"), {
      code: "ENOTFOUND",
      syscall: "queryA",
    });
    const http = client({ resolve: () => Promise.reject(missing) });
    expect(await http.request(post("http://hook.example/?token=hunter2"), LIMITS)).toMatchObject({
      code: "DNS_FAILED",
      detail: "hook.example does not exist (NXDOMAIN)",
    });
  });

  it("TIMEOUT: the DNS never answers", async () => {
    const http = client({ resolve: () => new Promise(() => {}) });
    const result = await http.request(post("http://hook.example/"), { ...LIMITS, timeoutMs: 100 });
    expect(result).toMatchObject({ code: "TIMEOUT" });
    expect(result.durationMs).toBeGreaterThanOrEqual(99);
    expect(result.durationMs).toBeLessThan(1_000);
  });

  it("CONNECTION_REFUSED: nothing listens, on one address or on several", async () => {
    const unused = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
      });
    });
    for (const host of ["127.0.0.1", "localhost"]) {
      const result = await client().request(post(`http://${host}:${unused}/`), LIMITS);
      expect(result, host).toMatchObject({ code: "CONNECTION_REFUSED" });
    }
  });

  it("TARGET_NOT_ALLOWED: a URL that cannot be read, without repeating it", async () => {
    const result = await client().request(post("ftp://hunter2/"), LIMITS);
    expect(result).toMatchObject({ code: "TARGET_NOT_ALLOWED" });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});
