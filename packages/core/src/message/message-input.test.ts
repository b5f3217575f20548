import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { DAY } from "../duration.ts";
import { parseLosslessJson } from "../json.ts";
import { NOON } from "../testing/test-clock.ts";
import {
  checkInput,
  deliveredBody,
  type InputContext,
  idempotencyKeySchema,
  type MessageInput,
  messageInputSchema,
  senderIdSchema,
} from "./message-input.ts";

const target = { targetUrl: "https://example.com/hook" };
const context: InputContext = { now: NOON, defaultSenderId: "default", allowPrivateTargets: [] };

/** The paths that the schema complains about; none if it takes the document. */
function refusedPaths(document: unknown): string[] {
  const result = v.safeParse(messageInputSchema, document);
  return (result.issues ?? []).map((issue) => v.getDotPath(issue) ?? "");
}

function errorPaths(input: MessageInput, over: Partial<InputContext> = {}): string[] {
  const result = checkInput(input, { ...context, ...over });
  return "errors" in result ? result.errors.listed.map(({ path }) => path) : [];
}

describe("the schema of a message", () => {
  it.each<[string, unknown]>([
    ["a target alone", target],
    [
      "everything",
      {
        ...target,
        method: "PATCH",
        headers: { "X-A": "1" },
        body: [{}],
        senderId: "acme.B-1_x",
        deliverAt: "2026-12-24T08:00:00Z",
        deliverBy: "2026-12-24T09:00:00+01:00",
        metadata: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, ""])),
      },
    ],
    ...[null, false, 0, "", [], {}].map((body): [string, unknown] => [
      `the body ${JSON.stringify(body)}`,
      { ...target, body },
    ]),
    ["a long sender", { ...target, senderId: "a".repeat(64) }],
    ["a target of 2,048 characters", { targetUrl: `https://example.com/${"a".repeat(2_028)}` }],
  ])("takes %s", (_name, document) => {
    expect(refusedPaths(document)).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ["null", null, [""]],
    ["no target", {}, ["targetUrl"]],
    ["an unknown field", { ...target, retries: 3 }, ["retries"]],
    [
      "a target of 2,049 characters",
      { targetUrl: `https://example.com/${"a".repeat(2_029)}` },
      ["targetUrl"],
    ],
    ["another method", { ...target, method: "HEAD" }, ["method"]],
    ["a method in lower case", { ...target, method: "post" }, ["method"]],
    ["a header that is no text", { ...target, headers: { "X-A": 1 } }, ["headers.X-A"]],
    ["headers that are no object", { ...target, headers: "X-A: 1" }, ["headers"]],
    ["headers that are a list", { ...target, headers: ["a"] }, ["headers"]],
    ["metadata that is a list", { ...target, metadata: [] }, ["metadata"]],
    ["a sender that begins with a dot", { ...target, senderId: ".acme" }, ["senderId"]],
    ["a sender of 65 characters", { ...target, senderId: "a".repeat(65) }, ["senderId"]],
    ["an empty sender", { ...target, senderId: "" }, ["senderId"]],
    ["a sender with a line break", { ...target, senderId: "acme\n" }, ["senderId"]],
    ["a time that does not exist", { ...target, deliverAt: "2026-02-30T00:00:00Z" }, ["deliverAt"]],
    ["a time as a number", { ...target, deliverBy: 1_798_099_200_000 }, ["deliverBy"]],
    [
      "17 pairs of metadata",
      { ...target, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ""])) },
      ["metadata"],
    ],
    ["metadata that is no text", { ...target, metadata: { a: null } }, ["metadata.a"]],
    [
      "several things at once",
      { method: "HEAD", senderId: "", x: 1 },
      ["targetUrl", "method", "senderId", "x"],
    ],
  ])("refuses %s and names the path", (_name, document, paths) => {
    expect(refusedPaths(document)).toEqual(paths);
  });

  it.each(["a", "~", "order 42", "a".repeat(255)])("takes the idempotency key %j", (key) => {
    expect(v.is(idempotencyKeySchema, key)).toBe(true);
  });

  it.each(["", "a".repeat(256), "é", "a\tb", "a\n", "\u007f", " ", " a", "a "])(
    "refuses the idempotency key %j",
    (key) => {
      expect(v.is(idempotencyKeySchema, key)).toBe(false);
    },
  );

  it("takes the sender of a key that belongs to nobody in particular", () => {
    expect(v.is(senderIdSchema, "default")).toBe(true);
    expect(v.is(senderIdSchema, "*")).toBe(false);
  });
});

describe("a message as it was asked for", () => {
  it("is filled in with the defaults", () => {
    expect(checkInput({ targetUrl: "HTTPS://Example.COM:443/a/../hook" }, context)).toEqual({
      input: {
        senderId: "default",
        payload: { targetUrl: "https://example.com/hook", method: "POST", headers: {} },
      },
    });
  });

  it("keeps everything that was given, numbers digit for digit and times as instants", () => {
    const body = parseLosslessJson('{"n":12345678901234567890,"x":1.0}');
    const input: MessageInput = {
      ...target,
      method: "PUT",
      headers: { "X-A": "1" },
      body,
      senderId: "acme",
      deliverAt: "2026-12-01T01:00:00+01:00",
      deliverBy: "2026-12-02T00:00:00Z",
      metadata: { order: "42" },
    };
    expect(checkInput(input, { ...context, idempotencyKey: "order 42", traceparent: "00-aa-bb-01" })).toEqual(
      {
        input: {
          senderId: "acme",
          payload: {
            targetUrl: "https://example.com/hook",
            method: "PUT",
            headers: { "X-A": "1" },
            body: '{"n":12345678901234567890,"x":1.0}',
            metadata: { order: "42" },
            traceparent: "00-aa-bb-01",
          },
          deliverAt: Date.UTC(2026, 11, 1),
          deliverBy: Date.UTC(2026, 11, 2),
          idempotencyKey: "order 42",
        },
      },
    );
  });

  it("has a body also if that is null", () => {
    const result = checkInput({ ...target, body: null }, context);
    expect("input" in result && result.input.payload.body).toBe("null");
  });

  it("may have no body with GET, not even null", () => {
    expect(errorPaths({ ...target, method: "GET" })).toEqual([]);
    expect(errorPaths({ ...target, method: "GET", body: null })).toEqual(["body"]);
    expect(errorPaths({ ...target, method: "DELETE", body: null })).toEqual([]);
  });

  it("may have a body of 262,144 bytes as it is delivered", () => {
    expect(errorPaths({ ...target, body: "a".repeat(262_144) })).toEqual([]);
    expect(errorPaths({ ...target, body: "a".repeat(262_145) })).toEqual(["body"]);
    expect(errorPaths({ ...target, body: ["é".repeat(131_070)] })).toEqual([]);
    expect(errorPaths({ ...target, body: ["é".repeat(131_071)] })).toEqual(["body"]);
  });

  it("may have metadata of 8,192 bytes in UTF-8, names and values together", () => {
    const metadata = (name: string, value: string): MessageInput => ({
      ...target,
      metadata: { [name]: value },
    });
    expect(errorPaths(metadata("n".repeat(4_096), "v".repeat(4_096)))).toEqual([]);
    expect(errorPaths(metadata("n".repeat(4_096), "v".repeat(4_097)))).toEqual(["metadata"]);
    expect(errorPaths(metadata("n".repeat(4_097), "v".repeat(4_096)))).toEqual(["metadata"]);
    expect(errorPaths(metadata("ab", "é".repeat(4_095)))).toEqual([]);
    expect(errorPaths(metadata("ab", "é".repeat(4_096)))).toEqual(["metadata"]);
  });

  it("may wait for 30 days; a time past means now", () => {
    const at = (ms: number): MessageInput => ({ ...target, deliverAt: new Date(ms).toISOString() });
    expect(errorPaths(at(NOON + 30 * DAY))).toEqual([]);
    expect(errorPaths(at(NOON + 30 * DAY + 1))).toEqual(["deliverAt"]);
    expect(errorPaths(at(NOON - 90 * DAY))).toEqual([]);
  });

  it("must become useless in the future, and later than it is to be delivered", () => {
    const by = (ms: number, at?: number): MessageInput => ({
      ...target,
      deliverBy: new Date(ms).toISOString(),
      ...(at === undefined ? {} : { deliverAt: new Date(at).toISOString() }),
    });
    expect(errorPaths(by(NOON + 1))).toEqual([]);
    expect(errorPaths(by(NOON))).toEqual(["deliverBy"]);
    expect(errorPaths(by(NOON + 2, NOON + 1))).toEqual([]);
    expect(errorPaths(by(NOON + 1, NOON + 1))).toEqual(["deliverBy"]);
    expect(errorPaths(by(NOON + 1, NOON - 1))).toEqual([]);
  });

  it("is told everything that is wrong with it at once, with the path of each", () => {
    expect(
      errorPaths({
        targetUrl: "http://127.0.0.1/",
        method: "GET",
        headers: { Host: "example.com", "Bad Name": "" },
        body: 1,
        deliverAt: "2027-12-24T08:00:00Z",
        deliverBy: "2020-12-24T08:00:00Z",
      }),
    ).toEqual(["targetUrl", "headers.Host", "headers.Bad Name", "body", "deliverAt", "deliverBy"]);
  });

  it("may go to a private target that was let through", () => {
    expect(
      errorPaths({ targetUrl: "http://127.0.0.1:9/" }, { allowPrivateTargets: ["127.0.0.0/8"] }),
    ).toEqual([]);
  });
});

it.each([
  ['"text"', "text"],
  ['"\\u00e9\\n\\"😀"', 'é\n"😀'],
  ['""', ""],
  ["null", "null"],
  ["1.0", "1.0"],
  ['{"a":"b"}', '{"a":"b"}'],
])("the body %s is delivered as %j", (body, delivered) => {
  expect(deliveredBody(body)).toBe(delivered);
});
