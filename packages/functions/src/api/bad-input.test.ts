import { EVERY_PLANE } from "@homing/core/testing/every-plane";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

const TARGET = "https://example.com/hook";

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

async function refused(text: string | Uint8Array, headers: Record<string, string> = {}) {
  const { status, body } = await call("POST", "/v1/messages", { text, headers });
  expect(status).toBe(400);
  expect(body.code).toBe("VALIDATION_ERROR");
  expect(body.retryable).toBe(false);
  expect((await call("GET", "/v1/messages")).body.items).toEqual([]);
  expect(await api.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  return body.errors as Array<{ path: string; message: string }>;
}

const message = (fields: object) => JSON.stringify({ targetUrl: TARGET, ...fields });

describe("what is wrong is named, and nothing is stored", () => {
  it.each<[string, string, string, RegExp]>([
    ["no body at all", "", "", /no body/],
    ["half a document", '{"targetUrl":', "", /not valid JSON \(line 1, column \d+\)/],
    ["a comment", '{/* */"targetUrl":"x"}', "", /not valid JSON/],
    ["a trailing comma", `{"targetUrl":"${TARGET}",}`, "", /not valid JSON/],
    ["NaN", `{"targetUrl":"${TARGET}","body":NaN}`, "", /not valid JSON/],
    ["an array", "[]", "", /must be a JSON object/],
    ["a long number", "12345678901234567890", "", /must be a JSON object/],
    ["null", "null", "", /must be a JSON object/],
    ["a name twice", `{"targetUrl":"${TARGET}","targetUrl":"${TARGET}"}`, "targetUrl", /appears twice/],
    [
      "a name twice, deep inside",
      message({}).replace("}", ',"body":[{"a":{"b":1,"b":2}}]}'),
      "body.0.a.b",
      /twice/,
    ],
    ["a name twice, once escaped", `{"targetUrl":"${TARGET}","\\u0062ody":1,"body":2}`, "body", /twice/],
    ["half a surrogate pair", `{"targetUrl":"${TARGET}","body":["\\ud83d"]}`, "body.0", /surrogate/],
    [
      "half a surrogate pair in a name",
      `{"targetUrl":"${TARGET}","body":{"\\udc00":1}}`,
      "body",
      /surrogate/,
    ],
    ["a number beyond all doubles", `{"targetUrl":"${TARGET}","body":{"n":1e400}}`, "body.n", /number/],
    ["65 levels", `{"targetUrl":"${TARGET}","body":${"[".repeat(64)}${"]".repeat(64)}}`, "", /64 levels/],
    ["an unknown field", message({ surprise: 1 }), "surprise", /not a known field/],
    ["a field of every object", message({ constructor: 1 }), "constructor", /not a known field/],
    ["a prototype", `{"targetUrl":"${TARGET}","__proto__":{"body":1}}`, "__proto__", /not a known field/],
    ["no target", "{}", "targetUrl", /is required/],
    ["a target of the wrong type", '{"targetUrl":1}', "targetUrl", /must be a string, not a number/],
    ["a target that is null", '{"targetUrl":null}', "targetUrl", /must be a string, not null/],
    [
      "a host with a label of 64 characters",
      message({ targetUrl: `https://${"a".repeat(64)}.com/` }),
      "targetUrl",
      /63/,
    ],
    ["a target without a scheme", '{"targetUrl":"example.com"}', "targetUrl", /http/],
    ["a target of another scheme", '{"targetUrl":"ftp://example.com"}', "targetUrl", /http/],
    ["a target with a password", '{"targetUrl":"https://a:b@example.com"}', "targetUrl", /password/],
    ["the metadata service", '{"targetUrl":"http://169.254.169.254/"}', "targetUrl", /refused|not/i],
    ["a private address", '{"targetUrl":"http://10.0.0.1/"}', "targetUrl", /./],
    [
      "a target of 2,049 characters",
      JSON.stringify({ targetUrl: `${TARGET}?${"x".repeat(2_024)}` }),
      "targetUrl",
      /2,048/,
    ],
    ["a method nobody knows", message({ method: "BREW" }), "method", /one of GET, POST, PUT, PATCH, DELETE/],
    ["a method in lower case", message({ method: "post" }), "method", /one of/],
    ["headers in an array", message({ headers: [] }), "headers", /must be an object/],
    ["a long number for headers", `{"targetUrl":"${TARGET}","headers":1e21}`, "headers", /must be an object/],
    ["a header that is a number", message({ headers: { "x-a": 1 } }), "headers.x-a", /must be a string/],
    ["a header of the connection", message({ headers: { Host: "x" } }), "headers.Host", /./],
    ["a header of ours", message({ headers: { "webhook-id": "x" } }), "headers.webhook-id", /./],
    ["a header twice", message({ headers: { "X-A": "1", "x-a": "2" } }), "headers.x-a", /./],
    ["a header that splits", message({ headers: { "x-a": "b\r\nc: d" } }), "headers.x-a", /./],
    [
      "65 headers",
      message({ headers: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`x-${n}`, ""])) }),
      "headers",
      /64/,
    ],
    ["headers of 16 KiB and more", message({ headers: { "x-a": "b".repeat(16_384) } }), "headers", /16,384/],
    ["a body with GET", message({ method: "GET", body: null }), "body", /GET/],
    ["a sender with a space", message({ senderId: "a b" }), "senderId", /./],
    ["a sender of 65 characters", message({ senderId: "a".repeat(65) }), "senderId", /./],
    ["a day that does not exist", message({ deliverAt: "2026-02-30T00:00:00Z" }), "deliverAt", /RFC 3339/],
    ["a time without a zone", message({ deliverAt: "2026-12-24T08:00:00" }), "deliverAt", /RFC 3339/],
    ["31 days ahead", message({ deliverAt: "2026-12-23T12:00:01Z" }), "deliverAt", /30 days/],
    ["an end in the past", message({ deliverBy: "2026-11-22T12:00:00Z" }), "deliverBy", /future/],
    [
      "an end before the beginning",
      message({ deliverAt: "2026-11-23T12:00:00Z", deliverBy: "2026-11-23T11:00:00Z" }),
      "deliverBy",
      /later/,
    ],
    [
      "17 pairs of metadata",
      message({ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, ""])) }),
      "metadata",
      /16/,
    ],
    [
      "metadata of 8,193 bytes",
      message({ metadata: { é: "x".repeat(8_191), a: "" } }),
      "metadata",
      /8,192 bytes/,
    ],
    ["metadata that is no text", message({ metadata: { a: { b: "c" } } }), "metadata.a", /must be a string/],
  ])("%s", async (_what, text, path, explanation) => {
    const errors = await refused(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toBe(path);
    expect(errors[0]?.message).toMatch(explanation);
  });

  it("bytes that are not UTF-8", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`{"targetUrl":"${TARGET}","body":"`),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(await refused(bytes)).toEqual([{ path: "", message: "must be UTF-8" }]);
  });

  it.each(["", "ü", "x".repeat(256)])("an idempotency key that is none: %j", async (key) => {
    const errors = await refused(message({}), { "idempotency-key": key });
    expect(errors).toEqual([
      { path: "idempotency-key", message: "must be 1 to 255 printable ASCII characters" },
    ]);
  });

  it("one of our own deliveries, coming back", async () => {
    expect((await refused(message({}), { "webhook-id": "msg_1" }))[0]?.path).toBe("webhook-id");
  });

  it("all of it at once", async () => {
    const text = JSON.stringify({
      targetUrl: "ftp://example.com/?secret=1",
      method: "BREW",
      headers: { Host: "x", "x-fine": "y" },
      deliverAt: "2027-01-01T00:00:00Z",
      metadata: 7,
      surprise: 1,
      another: 2,
    });
    const errors = await refused(`${text.slice(0, -1)},"body":[1,{"a":1,"a":2}]}`, {
      "idempotency-key": "ü",
    });
    expect(errors.map(({ path }) => path).sort()).toEqual([
      "another",
      "body.1.a",
      "deliverAt",
      "headers.Host",
      "idempotency-key",
      "metadata",
      "method",
      "surprise",
      "targetUrl",
    ]);
    expect(JSON.stringify(errors)).not.toContain("secret");
  });
});

describe("what is too large", () => {
  it("is refused by what it claims to be, and by what it is", async () => {
    const large = message({ body: "x".repeat(262_144) });
    for (const headers of [{}, { "content-length": "1" }] as Array<Record<string, string>>) {
      const { status, body } = await call("POST", "/v1/messages", { text: large, headers });
      expect([status, body.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    }
    const { status } = await call("POST", "/v1/messages", {
      text: "{}",
      headers: { "content-length": "262145" },
    });
    expect(status).toBe(413);
  });

  it("is not a request of exactly 262,144 bytes", async () => {
    const text = message({ body: "" });
    const full = message({ body: "x".repeat(262_144 - text.length) });
    expect(full).toHaveLength(262_144);
    expect((await call("POST", "/v1/messages", { text: full })).status).toBe(202);
    expect((await call("POST", "/v1/messages", { text: `${full} ` })).status).toBe(413);
  });
});

describe("what is right is taken as it was written", () => {
  const BODY = `{"emoji":${JSON.stringify(EVERY_PLANE)},"n":12345678901234567890,"e":1e20,"f":1.0,"g":-0,"__proto__":1e-400,"constructor":[null]}`;

  it("shows every plane, every digit and every name of a body", async () => {
    const metadata = { constructor: "c", toString: "t", [EVERY_PLANE]: EVERY_PLANE };
    const headers = { constructor: "c", "X-Latin": "é" };
    const sent = `{"targetUrl":"${TARGET}","headers":${JSON.stringify(headers)},"metadata":${JSON.stringify(metadata)},"body":${BODY}}`;
    const { status, body } = await call("POST", "/v1/messages", { text: sent });
    expect(status).toBe(202);
    const shown = await call("GET", `/v1/messages/${body.messageId}`);
    expect(shown.text).toContain(`"body":${BODY}`);
    expect(shown.body.metadata).toEqual(metadata);
    expect(shown.body.headers).toEqual(headers);
  });

  it("shows a body as it was written, and sends it so, of a message alone and of one in a batch", async () => {
    const written = '{ "b" : 1 ,\n"2":"\\/\\u003c\\u00e9" , "1" : [ 1.0, {} ] }';
    const compact = '{"b":1,"2":"\\/\\u003c\\u00e9","1":[1.0,{}]}';
    const single = `{"b\\u006fdy":${written},"targetUrl":"${TARGET}"}`;
    const alone = await call("POST", "/v1/messages", { text: single });
    const batch = await call("POST", "/v1/messages/batch", { text: `{"messages":[{},${single}]}` });
    for (const { messageId } of [alone.body, batch.body.results[1].message])
      expect((await call("GET", `/v1/messages/${messageId}`)).text).toContain(`"body":${compact}`);
    const copies = api.queue.receive(10).map(({ body }) => body);
    expect(copies).toEqual([expect.stringContaining(compact), expect.stringContaining(compact)]);
  });

  it.each(["null", "false", "0", '""', '"text"', "[]", "{}"])("tells the body %s from none", async (body) => {
    const { body: sent } = await call("POST", "/v1/messages", {
      text: `{"targetUrl":"${TARGET}","body":${body}}`,
    });
    expect((await call("GET", `/v1/messages/${sent.messageId}`)).text).toContain(`"body":${body}`);
    const { body: bare } = await call("POST", "/v1/messages", { json: { targetUrl: TARGET } });
    expect((await call("GET", `/v1/messages/${bare.messageId}`)).body).not.toHaveProperty("body");
  });

  it("takes 64 levels, and shows secret headers masked", async () => {
    const deep = `${"[".repeat(63)}${"]".repeat(63)}`;
    const headers = { Authorization: "Bearer abc", "X-Api-Key": "abc", "x-plain": "shown" };
    const text = `{"targetUrl":"${TARGET}","headers":${JSON.stringify(headers)},"body":${deep}}`;
    const { status, body } = await call("POST", "/v1/messages", { text });
    expect(status).toBe(202);
    const { body: shown } = await call("GET", `/v1/messages/${body.messageId}`);
    expect(shown.headers).toEqual({ Authorization: "***", "X-Api-Key": "***", "x-plain": "shown" });
  });

  it("ignores a traceparent that is none, and carries one that is", async () => {
    const valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (const traceparent of ["", "nonsense", valid])
      expect(
        (await call("POST", "/v1/messages", { text: message({}), headers: { traceparent } })).status,
      ).toBe(202);
    const [first, second, third] = api.queue.receive(10);
    expect([first?.traceparent, second?.traceparent, third?.traceparent]).toEqual([
      undefined,
      undefined,
      valid,
    ]);
  });

  it("keeps of a later version's traceparent what has a length, and the tracestate beside it", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const headers = { traceparent: `cc-${trace}-${"x".repeat(9_000)}`, tracestate: "rojo=1 ,congo=2" };
    await call("POST", "/v1/messages", { text: message({}), headers });
    await call("POST", "/v1/messages", { text: message({}), headers: { ...headers, traceparent: "no" } });
    const [first, second] = api.queue.receive(10);
    expect([first?.traceparent, second?.traceparent]).toEqual([`00-${trace}`, undefined]);
    expect([first, second].map((copy) => JSON.parse(copy?.body ?? "").tracestate)).toEqual([
      "rojo=1,congo=2",
      undefined,
    ]);
  });
});

it.each([
  ["status=LOST", "status"],
  ["rolledBack=yes", "rolledBack"],
  ["senderId=a%20b", "senderId"],
  ["since=yesterday", "since"],
  ["until=2026-02-30T00:00:00Z", "until"],
  ["target=https://example.com/", "target"],
  ["failureReason=BAD_LUCK", "failureReason"],
  ["responseStatus=5xx", "responseStatus"],
  ["responseStatus=99", "responseStatus"],
  ["idempotencyKey=%C3%BC&senderId=acme", "idempotencyKey"],
  ["idempotencyKey=k", "idempotencyKey"],
  ["limit=0", "limit"],
  ["limit=101", "limit"],
  ["limit=1e1", "limit"],
  ["cursor=garbage", "cursor"],
  ["cursor=W10", "cursor"],
  [`cursor=${"x".repeat(513)}`, "cursor"],
])("a list refuses %s", async (query, path) => {
  const { status, body } = await call("GET", `/v1/messages?${query}`);
  expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
});
