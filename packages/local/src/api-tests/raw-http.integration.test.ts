/** What no well-behaved client sends, on the wire: never a 5xx, and nothing is left behind. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, KEY, startInstallation } from "../testing/installation.ts";

const POST = "POST /v1/messages HTTP/1.1";
const VALID = '{"targetUrl":"https://example.com/"}';

let homing: Installation;
let port: number;
beforeAll(async () => {
  homing = await startInstallation();
  port = Number(new URL(homing.url).port);
});
afterAll(() => homing?.stop());

/** Sends these bytes and answers what comes back; every request asks the server to close. */
function exchange(bytes: Buffer, thenHangUp = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    if (thenHangUp) socket.end(bytes);
    else socket.write(bytes);
  });
}

const request = (line: string, headers: readonly string[] = [], body = "") =>
  Buffer.from(
    [
      line,
      `host: 127.0.0.1:${port}`,
      `authorization: Bearer ${KEY}`,
      "connection: close",
      ...headers,
      "",
      body,
    ].join("\r\n"),
    "latin1",
  );

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe("a request that is odd", () => {
  it.each<[string, string, string[], string, number]>([
    ["an escape that is none", "GET /v1/messages/%ZZ HTTP/1.1", [], "", 404],
    ["half a character in the path", "GET /v1/messages/%E0%A4%A HTTP/1.1", [], "", 404],
    ["half a character in the query", "GET /v1/messages?cursor=%E0%A4%A HTTP/1.1", [], "", 400],
    ["an empty path", "GET // HTTP/1.1", [], "", 404],
    ["a path with dots", "GET /v1/../../etc/passwd HTTP/1.1", [], "", 404],
    ["a method of its own", "PURGE /v1/messages HTTP/1.1", [], "", 405],
    ["a key beyond ASCII", POST, [`content-length: ${VALID.length}`, "idempotency-key: \u00fc"], VALID, 400],
    [
      "two keys",
      POST,
      [`content-length: ${VALID.length}`, "Idempotency-Key: one", "idempotency-key: two"],
      VALID,
      400,
    ],
    ["a content length that is none", POST, ["content-length: many"], VALID, 400],
    ["a body that is longer than it says", POST, ["content-length: 1"], VALID, 400],
    ["chunks", POST, ["transfer-encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n", 400],
    ["a body with GET", "GET /v1/stats HTTP/1.1", ["content-length: 2"], "{}", 200],
  ])("is answered for what it is: %s", async (_what, line, headers, body, status) => {
    expect(statusOf(await exchange(request(line, headers, body)))).toBe(status);
  });

  it("that ends in the middle of its body stores nothing", async () => {
    const half = request(
      "POST /v1/messages HTTP/1.1",
      ["content-length: 100"],
      '{"targetUrl":"https://example.com/"',
    );
    expect(statusOf(await exchange(half, true))).toBe(400);
    const list = await exchange(request("GET /v1/messages HTTP/1.1"));
    expect(list).toContain('{"items":[]}');
  });
});
