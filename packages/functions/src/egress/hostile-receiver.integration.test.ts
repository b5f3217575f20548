import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { HttpClient, OutgoingRequest } from "@homing/core/delivery/http-client";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttpClient } from "./http-client.ts";
import { type Answer, type RawReceiver, startRawReceiver } from "./test-fixtures/raw-receiver.ts";

const LIMITS = { timeoutMs: 2_000, keepBytes: 4_096 };
const SHORT = { ...LIMITS, timeoutMs: 200 };
const READ_LIMIT = 16_384;

const fixture = (name: string) => readFileSync(new URL(`test-fixtures/${name}`, import.meta.url), "utf8");

let http: HttpClient & { close(): Promise<void> };
const receivers: RawReceiver[] = [];
beforeEach(() => {
  http = createHttpClient({ allowPrivateTargets: ["127.0.0.0/8"] });
});
afterEach(async () => {
  await http.close();
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function receiver(answer: Answer, options: Parameters<typeof startRawReceiver>[1] = {}) {
  const started = await startRawReceiver(answer, options);
  receivers.push(started);
  return started;
}
const requestTo = (url: string, rest: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url,
  method: "POST",
  headers: [],
  body: "{}",
  ...rest,
});
/** The result of one attempt at a receiver that answers so. */
async function deliverTo(answer: Answer, limits = LIMITS) {
  const target = await receiver(answer);
  const result = await http.request(requestTo(target.url), limits);
  expect(target.requests, "one attempt is one request").toHaveLength(1);
  return result;
}

function withBody(status: string, headers: string[], body: Buffer | string): Answer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${bytes.length}`].join("\r\n");
  return (socket) => socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]));
}

/** Writes without end, as fast as the other side reads. */
function pour(socket: Socket, chunk: Buffer) {
  const write = () => {
    while (!socket.destroyed && socket.write(chunk)) {
      // Until the buffer is full; "drain" goes on.
    }
  };
  socket.on("drain", write);
  write();
}

describe("a receiver that takes its time", () => {
  it("and never answers: TIMEOUT, and the connection is closed", async () => {
    let closed: Promise<void> | undefined;
    const result = await deliverTo((socket) => {
      closed = new Promise((resolve) => socket.on("close", () => resolve()));
    }, SHORT);
    expect(result).toMatchObject({
      kind: "error",
      code: "TIMEOUT",
      detail: expect.stringMatching(
        /^the request had left for 127\.0\.0\.1 port \d+, but after 0\.2 s no answer had come$/,
      ),
    });
    await closed;
  });

  it("and drips its status line, a byte at a time: TIMEOUT", async () => {
    const result = await deliverTo((socket) => drip(socket, `HTTP/1.1 200 ${"O".repeat(9_999)}`), SHORT);
    expect(result).toMatchObject({ kind: "error", code: "TIMEOUT" });
    expect(result.durationMs).toBeLessThan(1_000);
  });

  it("and drips its headers: the status counts", async () => {
    const result = await deliverTo((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      drip(socket, `x-a: ${"a".repeat(9_999)}`);
    }, SHORT);
    expect(result).toMatchObject({
      kind: "response",
      status: 200,
      truncated: "TIMEOUT",
      headers: {},
      body: "",
    });
    expect(result.durationMs).toBeLessThan(1_000);
  });

  it("and drips its body: the status counts, the body is cut at the deadline", async () => {
    const result = await deliverTo((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
      drip(socket, "a".repeat(9_999));
    }, SHORT);
    expect(result).toMatchObject({ kind: "response", status: 200, truncated: "TIMEOUT" });
    expect(result.kind === "response" && result.body).toMatch(/^a+$/);
    expect(result.durationMs).toBeLessThan(1_000);
  });

  function drip(socket: Socket, text: string) {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++] ?? "a"), 5);
    socket.on("close", () => clearInterval(timer));
  }
});

describe("a receiver that sends too much", () => {
  it.each([
    ["a body without end, by close", "HTTP/1.1 200 OK\r\n\r\n"],
    ["a body of 100 MB", "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"],
  ])("%s: 4 KiB are kept, the connection is closed", async (_name, head) => {
    let closed: Promise<void> | undefined;
    let written = 0;
    const result = await deliverTo((socket) => {
      closed = new Promise((resolve) => socket.on("close", () => resolve()));
      socket.write(head);
      pour(socket, Buffer.alloc(65_536, "a"));
      socket.on("close", () => {
        written = socket.bytesWritten;
      });
    });
    expect(result).toMatchObject({
      kind: "response",
      status: 200,
      truncated: "SIZE",
      body: "a".repeat(4_096),
    });
    await closed;
    expect(written).toBeLessThan(20_000_000);
  });

  it("a chunk of unlimited size: 4 KiB are kept", async () => {
    const result = await deliverTo((socket) => {
      socket.write("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n");
      pour(socket, Buffer.alloc(65_536, "a"));
    });
    expect(result).toMatchObject({
      kind: "response",
      status: 500,
      truncated: "SIZE",
      body: "a".repeat(4_096),
    });
  });

  it("exactly what is kept is not called cut, one byte more is", async () => {
    const full = await deliverTo(withBody("200 OK", [], "a".repeat(4_096)));
    expect(full).toMatchObject({ body: "a".repeat(4_096) });
    expect(full).not.toHaveProperty("truncated");
    expect(await deliverTo(withBody("200 OK", [], "a".repeat(4_097)))).toMatchObject({ truncated: "SIZE" });
    const read = await http.request(
      requestTo((await receiver(withBody("200 OK", [], "a".repeat(READ_LIMIT)))).url),
      {
        ...LIMITS,
        keepBytes: READ_LIMIT,
      },
    );
    expect(read).not.toHaveProperty("truncated");
  });

  it("a character of several bytes is not split", async () => {
    const result = await deliverTo(withBody("200 OK", [], `${"a".repeat(4_094)}€`));
    expect(result).toMatchObject({ body: "a".repeat(4_094), truncated: "SIZE" });
  });

  it("64 KiB of headers are read", async () => {
    const many = Array.from({ length: 60 }, (_, i) => `x-${i}: ${"v".repeat(1_000)}`);
    const result = await deliverTo(withBody("503 No", [...many, "retry-after: 7"], "later"));
    expect(result).toMatchObject({ status: 503, headers: { "retry-after": "7" }, body: "later" });
    expect(result).not.toHaveProperty("truncated");
  });

  it("headers without end, or one without end: the status counts", async () => {
    for (const line of ["x-a: b\r\n", "a"]) {
      const result = await deliverTo((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nx-long: ");
        pour(socket, Buffer.from(line.repeat(9_999)));
      });
      expect(result).toMatchObject({
        kind: "response",
        status: 200,
        truncated: "SIZE",
        headers: {},
        body: "",
      });
    }
  });

  it.each([
    ["headers", "HTTP/1.1 200 OK\r\n", { kind: "response", status: 200, truncated: "SIZE", body: "" }],
    [
      "trailers",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
      { kind: "response", status: 200, truncated: "ABORTED", body: "x" },
    ],
  ])(
    "%s without end, the shortest there are: little time is spent on them",
    async (_name, head, expected) => {
      const target = await receiver((socket) => {
        socket.write(Buffer.concat([Buffer.from(head), Buffer.from("a:b\r\n".repeat(60_000))]));
      });
      const before = process.cpuUsage();
      for (const result of await Promise.all(
        Array.from({ length: 10 }, () =>
          http.request(requestTo(target.url), { ...LIMITS, timeoutMs: 20_000 }),
        ),
      )) {
        expect(result).toMatchObject(expected);
      }
      // Microseconds. Ten of them took seven seconds of the one thread that all deliveries share.
      expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
    },
  );

  it("many headers: 4 KiB of them are kept, Retry-After among them", async () => {
    const many = Array.from({ length: 150 }, (_, i) => `x-header-${i}: ${"v".repeat(60)}`);
    const result = await deliverTo(withBody("503 No", [...many, "Retry-After: 7"], ""));
    if (result.kind !== "response") expect.unreachable();
    expect(result.headers["retry-after"]).toBe("7");
    expect(JSON.stringify(result.headers).length).toBeLessThan(6_000);
    expect(Object.keys(result.headers).length).toBeGreaterThan(40);
  });

  it("interim responses without end: INVALID_RESPONSE", async () => {
    const result = await deliverTo((socket) =>
      pour(socket, Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(999))),
    );
    expect(result).toMatchObject({ kind: "error", code: "INVALID_RESPONSE" });
  });
});

describe("a receiver that compresses, though identity was asked for", () => {
  const text = '{"hello":"wörld"}';

  it.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["identity", Buffer.from(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
  ])("by %s is understood", async (encoding, body) => {
    const result = await deliverTo(withBody("200 OK", [`content-encoding: ${encoding}`], body));
    expect(result).toMatchObject({ kind: "response", status: 200, body: text });
    expect(result).not.toHaveProperty("truncated");
  });

  const zeros = Buffer.alloc(50_000_000);
  it.each([
    ["gzip", gzipSync(zeros)],
    ["deflate", deflateSync(zeros)],
    ["br", brotliCompressSync(zeros)],
    ["zstd", zstdCompressSync(zeros)],
    ["gzip, gzip", gzipSync(gzipSync(zeros))],
  ])("a bomb, by %s: no more than the first 4 KiB are kept", async (encoding, body) => {
    const result = await deliverTo(withBody("200 OK", [`content-encoding: ${encoding}`], body));
    expect(result).toMatchObject({ status: 200, truncated: "SIZE", body: "\u0000".repeat(4_096) });
  });

  it.each([
    ["a chain of many", Array(1_000).fill("gzip").join(", "), gzipSync(text)],
    ["something unknown", "exi", Buffer.from(text)],
    ["gzip that is none", "gzip", Buffer.from(text)],
  ])("by %s: the status counts, the body is given up", async (_name, encoding, body) => {
    const result = await deliverTo(withBody("201 Created", [`content-encoding: ${encoding}`], body));
    expect(result).toMatchObject({ status: 201, body: "", truncated: "ENCODING" });
  });

  it("and says so in two headers is understood like in one", async () => {
    const headers = ["content-encoding: gzip", "content-encoding: br"];
    const result = await deliverTo(withBody("200 OK", headers, brotliCompressSync(gzipSync(text))));
    expect(result).toMatchObject({ kind: "response", status: 200, body: text });
  });

  it("and breaks off: what came is decoded", async () => {
    const bytes = gzipSync(`${text}${"-".repeat(50)}`);
    const result = await deliverTo((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      socket.end(bytes.subarray(0, -9));
    });
    expect(result).toMatchObject({ status: 200, truncated: "ABORTED", body: expect.stringContaining(text) });
  });
});

describe("a receiver that does not speak HTTP", () => {
  it.each([
    ["garbage", "\u0000\u0001\u0002garbage\r\n\r\n"],
    ["another protocol", "220 smtp.example ESMTP\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["HTTP/0.9", "<html>hello</html>\r\n"],
    ["a status of letters", "HTTP/1.1 abc OK\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n"],
    [
      "an upgrade nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    ],
    [
      "an upgrade that does not say to what",
      "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
    [
      "nothing but interim responses, and then the end of TLS",
      "HTTP/1.1 100 Continue\r\n\r\n\u0015\u0003\u0003",
    ],
  ])("%s: INVALID_RESPONSE", async (_name, bytes) => {
    expect(await deliverTo((socket) => socket.write(bytes))).toMatchObject({
      kind: "error",
      code: "INVALID_RESPONSE",
    });
  });

  it.each([
    ["a header without a colon", "nonsense\r\n\r\n"],
    ["NUL in a header", "x-a: \u0000\r\n\r\n"],
    ["two content lengths", "content-length: 1\r\ncontent-length: 2\r\n\r\nok"],
    ["a negative content length", "content-length: -1\r\n\r\n"],
    ["a length and chunks", "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ])("%s behind a status line: the status counts, and one request is all", async (_name, rest) => {
    for (const status of [204, 200, 404, 503]) {
      expect(await deliverTo((socket) => socket.write(`HTTP/1.1 ${status} Status\r\n${rest}`))).toMatchObject(
        {
          kind: "response",
          status,
          body: "",
          truncated: "ABORTED",
        },
      );
    }
  });

  it.each([
    ["100", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["102", "HTTP/1.1 102 Processing\r\n\r\n"],
    ["103", "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n"],
    ["several", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\n\r\n"],
  ])(
    "an interim response (%s) that nobody asked for is passed over (RFC 9110 §15.2)",
    async (_name, interim) => {
      const final = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok";
      const target = await receiver((socket, _request, index) => {
        // At once; then in two pieces, on the same connection.
        if (index === 0) return socket.write(interim + final);
        socket.write(interim.slice(0, -3));
        setImmediate(() => socket.write(interim.slice(-3) + final));
      });
      for (let i = 0; i < 2; i += 1) {
        expect(await http.request(requestTo(target.url), LIMITS)).toMatchObject({ status: 201, body: "ok" });
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(target.requests).toHaveLength(2);
      expect(target.connections()).toBe(1);
    },
  );

  it.each([
    ["no hexadecimal chunk size", "zz\r\nok\r\n0\r\n\r\n"],
    ["a chunk size that overflows", `${"f".repeat(40)}\r\nok`],
    ["no line end after a chunk", "2\r\nok0\r\n\r\n"],
  ])("bad chunking, %s: the status counts, the body is cut", async (_name, chunks) => {
    const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    expect(await deliverTo((socket) => socket.write(head + chunks))).toMatchObject({
      kind: "response",
      status: 200,
      truncated: "ABORTED",
    });
  });
});

describe("a receiver that goes away", () => {
  it("at once: CONNECTION_RESET, and no second try", async () => {
    for (const leave of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      expect(await deliverTo(leave)).toMatchObject({ kind: "error", code: "CONNECTION_RESET" });
    }
  });

  it("as soon as it is connected: an error, and no second connection", async () => {
    const target = await receiver(() => {}, { onConnection: (socket) => socket.resetAndDestroy() });
    const result = await http.request(requestTo(target.url), LIMITS);
    expect(result).toMatchObject({ kind: "error", code: "CONNECTION_RESET" });
    expect(target.connections()).toBe(1);
  });

  it("in the middle of its status line: CONNECTION_RESET; of its headers: the status counts", async () => {
    expect(await deliverTo((socket) => socket.end("HTTP/1.1 200 O"))).toMatchObject({
      kind: "error",
      code: "CONNECTION_RESET",
    });
    expect(await deliverTo((socket) => socket.end("HTTP/1.1 200 OK\r\nx-a"))).toMatchObject({
      kind: "response",
      status: 200,
      truncated: "ABORTED",
    });
  });

  it("in the middle of its body: the status counts, the body is cut", async () => {
    const result = await deliverTo((socket) => socket.end("HTTP/1.1 204 OK\r\n\r\n"));
    expect(result).toMatchObject({ status: 204, body: "" });
    expect(
      await deliverTo((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\npartial")),
    ).toMatchObject({ status: 200, body: "partial", truncated: "ABORTED" });
  });

  it.each(["POST", "GET", "PUT", "DELETE"])(
    "while the connection was idle: %s is sent at most once, on whatever connection",
    async (method) => {
      // The first answer keeps the connection; it is reset as soon as the second request arrives on it.
      const target = await receiver((socket, _request, index) => {
        if (index === 0) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        else socket.resetAndDestroy();
      });
      const rest: Partial<OutgoingRequest> = { method };
      const request = requestTo(target.url, rest);
      const { body: _body, ...withoutBody } = request;
      // undici closes the connection after a DELETE with a body.
      const outgoing = method === "GET" || method === "DELETE" ? withoutBody : request;
      expect(await http.request(outgoing, LIMITS)).toMatchObject({ status: 200 });
      await new Promise((resolve) => setImmediate(resolve));
      expect(await http.request(outgoing, LIMITS)).toMatchObject({ kind: "error", code: "CONNECTION_RESET" });
      expect(target.requests).toHaveLength(2);
      expect(target.connections()).toBe(1);
    },
  );

  it("having closed an idle connection politely: the next request uses a new one", async () => {
    const target = await receiver((socket) => {
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    for (let i = 0; i < 3; i++) {
      expect(await http.request(requestTo(target.url), LIMITS)).toMatchObject({ status: 200 });
    }
    expect(target.requests).toHaveLength(3);
  });
});

describe("a receiver that does things in the wrong order", () => {
  it("answers before it has read the request: the answer counts", async () => {
    const target = await receiver(() => {}, {
      onConnection: (socket) => {
        socket.once("data", () =>
          socket.end("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        );
      },
    });
    const result = await http.request(requestTo(target.url, { body: "a".repeat(250_000) }), LIMITS);
    expect(result).toMatchObject({ kind: "response", status: 413 });
  });

  it("sends a second response behind the first: it is not taken for the next request's", async () => {
    const ok = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const target = await receiver((socket, _request, index) =>
      socket.write(index === 0 ? ok("first") + ok("poisoned") : ok("second")),
    );
    expect(await http.request(requestTo(target.url), LIMITS)).toMatchObject({ status: 200, body: "first" });
    await new Promise((resolve) => setImmediate(resolve));
    const second = await http.request(requestTo(target.url), LIMITS);
    expect(JSON.stringify(second)).not.toContain("poisoned");
  });
});

describe("a receiver over TLS", () => {
  const tls = (name: string) => ({ key: fixture(`${name}-key.pem`), cert: fixture(`${name}-cert.pem`) });
  const ok: Answer = (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

  it("with a certificate that nobody vouches for: TLS_FAILED, nothing is sent", async () => {
    const target = await receiver(ok, { tls: tls("localhost") });
    const result = await http.request(requestTo(target.url), LIMITS);
    expect(result).toMatchObject({
      code: "TLS_FAILED",
      detail: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
    });
    expect(target.requests).toHaveLength(0);
  });

  it("with a trusted certificate is delivered to; with one for another name: TLS_FAILED", async () => {
    const trusting = createHttpClient({
      allowPrivateTargets: ["127.0.0.0/8"],
      trustedCertificates: [fixture("localhost-cert.pem"), fixture("other.example-cert.pem")],
    });
    const right = await receiver(ok, { tls: tls("localhost") });
    const wrong = await receiver(ok, { tls: tls("other.example") });
    expect(await trusting.request(requestTo(right.url), LIMITS)).toMatchObject({ status: 200, body: "ok" });
    expect(await trusting.request(requestTo(wrong.url), LIMITS)).toMatchObject({
      code: "TLS_FAILED",
      detail: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
    });
    expect(wrong.requests).toHaveLength(0);
    await trusting.close();
  });

  it.each([
    ["has expired", "expired", "expired", /^the certificate of 127\.0\.0\.1 port \d+ expired on 2026-01-02 /],
    [
      "comes without the intermediate one",
      "leaf",
      "root",
      /^127\.0\.0\.1 port \d+ does not send the intermediate certificate of its issuer, Test Intermediate, or /,
    ],
    ["is for another name", "other.example", "other.example", / is for other\.example, not for localhost /],
  ])("with a certificate that %s: TLS_FAILED, and it says so", async (_name, sent, trusted, detail) => {
    const trusting = createHttpClient({
      allowPrivateTargets: ["127.0.0.0/8"],
      trustedCertificates: [fixture(`${trusted}-cert.pem`)],
    });
    const target = await receiver(ok, { tls: tls(sent) });
    expect(await trusting.request(requestTo(target.url), LIMITS)).toMatchObject({
      code: "TLS_FAILED",
      detail: expect.stringMatching(detail),
    });
    expect(target.requests).toHaveLength(0);
    await trusting.close();
  });

  it("that speaks no version of TLS that is safe, or leaves in the handshake: it says so", async () => {
    const old = await receiver(ok, {
      tls: { ...tls("localhost"), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" },
    });
    expect(await http.request(requestTo(old.url), LIMITS)).toMatchObject({
      code: "TLS_FAILED",
      detail: expect.stringContaining("speaks no version of TLS from 1.2 on"),
    });
    const leaving = await receiver(ok, {
      onConnection: (socket) => void socket.once("data", () => socket.end()),
    });
    expect(await http.request(requestTo(`https://localhost:${leaving.port}/`), LIMITS)).toMatchObject({
      code: "CONNECTION_RESET",
      detail: expect.stringContaining("during the TLS handshake, before anything was sent"),
    });
  });

  it("that speaks plain HTTP: TLS_FAILED; plain HTTP to a TLS port: an error", async () => {
    const plain = await receiver(ok, {
      onConnection: (socket) => void socket.once("data", () => socket.write("HTTP/1.1 400 No\r\n\r\n")),
    });
    expect(await http.request(requestTo(`https://localhost:${plain.port}/`), LIMITS)).toMatchObject({
      code: "TLS_FAILED",
      detail: expect.stringContaining("does not speak TLS"),
    });
    const secure = await receiver(ok, { tls: tls("localhost") });
    expect(await http.request(requestTo(`http://localhost:${secure.port}/`), LIMITS)).toMatchObject({
      kind: "error",
    });
  });

  it("that never finishes the handshake: TIMEOUT", async () => {
    let closed: Promise<void> | undefined;
    const target = await receiver(ok, {
      onConnection: (socket) => {
        closed = new Promise((resolve) => socket.on("close", () => resolve()));
        socket.resume();
      },
    });
    expect(await http.request(requestTo(`https://localhost:${target.port}/`), SHORT)).toMatchObject({
      code: "TIMEOUT",
      detail: expect.stringContaining("the TLS handshake with 127.0.0.1"),
    });
    await closed;
  });
});

describe("a receiver that sends whatever it likes", () => {
  const line = fc.constantFrom(
    "content-length: 5",
    "content-length: 0",
    "transfer-encoding: chunked",
    "connection: close",
    "connection: keep-alive\r\nkeep-alive: timeout=99999999999",
    "content-encoding: gzip",
    "retry-after: soon",
    "set-cookie: a\r\nset-cookie: b",
    "__proto__: a",
    "constructor: a",
  );
  const piece = fc.constantFrom(
    "hello",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    "0\r\nx: y\r\n\r\n",
    "a".repeat(20_000),
    "\u0000",
  );
  const status = fc.constantFrom(
    "HTTP/1.1 200 OK",
    "HTTP/1.1 103 Hints",
    "HTTP/1.1 204 No",
    "HTTP/1.1 304 No",
    "HTTP/1.0 500 No",
  );
  const response = fc
    .tuple(status, fc.array(line, { maxLength: 3 }), fc.array(piece, { maxLength: 3 }))
    .map(([first, lines, pieces]) => `${[first, ...lines].join("\r\n")}\r\n\r\n${pieces.join("")}`);
  const stream = fc.array(response, { minLength: 1, maxLength: 3 }).map((responses) => responses.join(""));

  it("ends the attempt in time, classified, and never makes it two requests", async () => {
    const streams = fc.sample(stream, { numRuns: 300, seed: 42 });
    for (let at = 0; at < streams.length; at += 10) {
      const lane = async (text: string) => {
        const result = await deliverTo((socket) => socket.end(text));
        expect(result.kind === "error" && result.code, text).not.toBe("NETWORK_ERROR");
        expect(result.durationMs).toBeLessThan(2 * LIMITS.timeoutMs);
      };
      await Promise.all(streams.slice(at, at + 10).map(lane));
    }
  });
});

describe("secrets", () => {
  it("in response headers are masked, and those that a receiver sends back are masked everywhere", async () => {
    const target = await receiver((socket, request) => {
      const echoed = request.head.replaceAll("\r\n", " | ");
      withBody("200 OK", ["Set-Cookie: a=planted1", "x-auth-token: planted2", `x-echo: ${echoed}`], echoed)(
        socket,
        request,
        0,
      );
    });
    const result = await http.request(
      requestTo(target.url, {
        headers: [
          ["Authorization", "Bearer planted3-abc"],
          ["x-api-key", "planted4"],
          ["x-order", "visible42"],
        ],
      }),
      LIMITS,
    );
    const stored = JSON.stringify(result);
    expect(stored).not.toContain("planted");
    expect(stored).toContain("visible42");
    expect(result).toMatchObject({ headers: { "set-cookie": "***", "x-auth-token": "***" } });
  });

  it("are masked in as many echoes as fit, the one that the end of what is read breaks off among them", async () => {
    // 3,000 characters, none of its runs of eight like another: found in clear, any of them tells.
    const cookie = Array.from({ length: 375 }, (_, i) => `k${String(i).padStart(6, "0")}.`).join("");
    for (const times of [5, 6, 20]) {
      const result = await http.request(
        requestTo((await receiver(withBody("200 OK", [], cookie.repeat(times)))).url, {
          headers: [["cookie", `session=${cookie}`]],
        }),
        LIMITS,
      );
      if (result.kind !== "response") expect.unreachable();
      expect(result.body).toMatch(/^(?:\*\*\*)+$/);
    }
  });

  it("are masked in what came before a receiver broke off, a split character behind them or not", async () => {
    for (const end of ["planted-pl", "planted-plänt".slice(0, 11)]) {
      const bytes = Buffer.from(`echo ${end}`);
      const partial = end.includes("ä") ? bytes.subarray(0, -1) : bytes;
      const target = await receiver((socket) =>
        socket.end(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n"), partial])),
      );
      const result = await http.request(
        requestTo(target.url, { headers: [["x-api-key", "planted-plänt"]] }),
        LIMITS,
      );
      expect(result).toMatchObject({ status: 200, body: "echo ***", truncated: "ABORTED" });
    }
  });

  it("never show in what is said of an error", async () => {
    const target = await receiver((socket) => socket.end("planted\r\n\r\n"));
    const result = await http.request(
      requestTo(`${target.url}?token=planted`, { headers: [["authorization", "planted"]], body: "planted" }),
      LIMITS,
    );
    expect(result.kind).toBe("error");
    expect(JSON.stringify(result)).not.toContain("planted");
  });
});

describe("memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  /** What is held at this moment: garbage would say more about its collector. */
  const held = () => {
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };

  it("stays flat while 200 receivers stream without end", async () => {
    const chunk = Buffer.alloc(65_536, "a");
    let connections = 0;
    let most = 0;
    const target = await receiver((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      pour(socket, chunk);
      connections += 1;
      if (connections % 20 === 0) most = Math.max(most, held());
    });
    const many = createHttpClient({ allowPrivateTargets: ["127.0.0.0/8"], connectionsPerHost: 200 });
    const round = () =>
      // Bytes end these requests, not time: a slow machine must not.
      Promise.all(
        Array.from({ length: 200 }, () =>
          many.request(requestTo(target.url), { ...LIMITS, timeoutMs: 20_000 }),
        ),
      );

    await round();
    const before = held();
    most = 0;
    const results = await round();
    most = Math.max(most, held());
    await many.close();

    expect(results).toHaveLength(200);
    for (const result of results) {
      expect(result).toMatchObject({ kind: "response", truncated: "SIZE", body: "a".repeat(4_096) });
    }
    // 200 times what is read, with room for the sockets' own buffers (64 KiB each).
    expect(most - before).toBeLessThan(32 * 1_024 * 1_024);
  });
});
