/** Twice the input costs about twice the time, in all that reads or shows what others have written. */
import { parseRetryAfter } from "@homing/core/delivery/retry-after";
import { continueTrace } from "@homing/core/delivery/traceparent";
import { FieldErrors } from "@homing/core/field-errors";
import { canonicalJson, parseLosslessJson } from "@homing/core/json";
import { checkHeaders, maskHeaders } from "@homing/core/message/headers";
import { checkInput } from "@homing/core/message/message-input";
import { parseTargetUrl } from "@homing/core/message/target-url";
import { parseTimestamp } from "@homing/core/message/timestamp";
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { NOON } from "@homing/core/testing/test-clock";
import { describe, expect, it } from "vitest";
import { createEchoMask } from "../egress/echoed-secrets.ts";
import { joinHeaders, keepHeaders } from "../egress/response-headers.ts";
import { measureGrowth } from "../testing/growth.ts";
import { createMemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";
import { bearerKey } from "./bearer.ts";
import { parseDocument } from "./json-document.ts";
import { itemsThatFit } from "./page.ts";
import { presentMessage } from "./present/message.ts";

const TARGET = "https://example.com/";
const TIMEOUT_MS = 60_000;

/** As much of a text, repeated, as makes `size` characters. */
const filled = (part: string, size: number) => part.repeat(Math.ceil(size / part.length));
const listed = (part: string, size: number) =>
  Array<string>(Math.ceil(size / (part.length + 1)))
    .fill(part)
    .join(",");
const named = <T>(count: number, value: T, prefix = "n") =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, value]));

async function expectLinear(work: (size: number) => () => unknown, maxSize?: number): Promise<void> {
  const { cpuMs, isSuperlinear } = await measureGrowth(work, maxSize);
  expect([isSuperlinear, Object.fromEntries(cpuMs)]).toEqual([false, expect.anything()]);
}

/** Of several measurements one must notice: on a busy machine a short run can take twice its time, and hide a doubling. */
async function isNoticed(work: (size: number) => () => unknown): Promise<boolean> {
  for (let measurement = 0; measurement < 5; measurement += 1) {
    if ((await measureGrowth(work)).isSuperlinear) return true;
  }
  return false;
}

describe("the measure itself", () => {
  it(
    "notices work that grows with the square of its input",
    async () => {
      const sumOf = (size: number) => {
        let sum = 0;
        for (let one = 0; one < size; one += 1) for (let other = 0; other < size; other += 1) sum += other;
        return sum;
      };
      expect(await isNoticed((size) => () => sumOf(size))).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    "notices the expression that once read the key of a call",
    async () => {
      const searched = (size: number) => {
        const header = `Bearer ${" ".repeat(size)}`;
        return () => /^Bearer +(.*\S)/i.exec(header);
      };
      expect(await isNoticed(searched)).toBe(true);
    },
    TIMEOUT_MS,
  );
});

describe("a document is read in linear time:", () => {
  it.each<[string, (size: number) => string]>([
    ["numbers that overflow", (size) => `[${listed("1e999", size)}]`],
    ["numbers with every digit", (size) => `[${listed("0.10", size)}]`],
    ["one long number", (size) => `[${filled("9", size)}]`],
    ["one long fraction", (size) => `[0.${filled("0", size)}]`],
    ["lone surrogates", (size) => `[${listed('"\\ud800"', size)}]`],
    ["one name again and again", (size) => `{${listed('"a":1', size)}}`],
    [
      "one name again and again, deep inside",
      (size) => `${'{"a":'.repeat(60)}{${listed('"b":1', size)}}${"}".repeat(60)}`,
    ],
    [
      "long names that differ at their ends",
      (size) =>
        `{${Array.from({ length: size / 100 }, (_, at) => `"${"x".repeat(90)}${at}":1e999`).join(",")}}`,
    ],
    ["escapes", (size) => `["${filled("\\u0041", size)}"]`],
    ["backslashes without an end", (size) => `["${filled("\\\\", size)}`],
    ["a string without an end", (size) => `["${filled("x", size)}`],
    ["white space", (size) => `[${filled(" \n\t", size)}]`],
    ["white space only", (size) => filled(" \n", size)],
    ["opening brackets", (size) => filled("[", size)],
    ["closing brackets", (size) => filled("]", size)],
    ["brackets that do not match", (size) => filled("[},", size)],
    ["objects that do not match", (size) => filled('{"a":]', size)],
    ["comments", (size) => filled("/* */", size)],
    ["commas", (size) => `[${filled(",", size)}]`],
    ["minus signs", (size) => `[${filled("-", size)}]`],
  ])(
    "%s",
    async (_what, text) => {
      await expectLinear((size) => {
        const bytes = Buffer.from(text(size));
        return () => {
          try {
            return parseDocument(bytes, new FieldErrors());
          } catch {
            return undefined;
          }
        };
      });
    },
    TIMEOUT_MS,
  );
});

describe("text is read in linear time:", () => {
  const READERS: Readonly<Record<string, (text: string) => unknown>> = {
    bearerKey,
    parseTimestamp,
    parseTargetUrl: (text) => parseTargetUrl(text, []),
    // What the bound on a URL's length hides.
    parseHost: (text) => parseTargetUrl(`https://${text.slice(0, 2_000)}/`, []),
    parseRetryAfter: (text) => parseRetryAfter(text, NOON),
    continueTrace: (text) => continueTrace(text, (size) => new Uint8Array(size)),
    headerName: (text) => checkHeaders({ [text]: "" }),
    headerValue: (text) => checkHeaders({ "x-a": text }),
    maskHeaders: (text) => maskHeaders({ [text]: text }),
    parseLosslessJson: (text) => parseLosslessJson(JSON.stringify(text)),
  };
  const HEADS = [
    "",
    "Bearer ",
    "https://",
    "2026-12-24T08:00:00.",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
  ];
  const PARTS = [" ", "\t", "a", "0", ".", "-", "=", "%", "/", ":", ",", ";", "a ", "0,", "..a", "é", "\n"];

  it.each(Object.entries(READERS))(
    "%s",
    async (_name, read) => {
      for (const head of HEADS)
        for (const part of PARTS)
          await expectLinear((size) => {
            const text = `${head}${filled(part, size)}\u0000`;
            return () => read(text);
          }, 65_536);
    },
    TIMEOUT_MS,
  );
});

describe("what has many parts is checked in linear time:", () => {
  it.each<[string, (count: number) => () => unknown]>([
    [
      "headers",
      (count) => {
        const headers = named(count, "value", "x-");
        return () => checkHeaders(headers);
      },
    ],
    [
      "metadata",
      (count) => {
        const metadata = named(count, "value");
        return () =>
          checkInput(
            { targetUrl: TARGET, metadata },
            { now: NOON, defaultSenderId: "acme", allowPrivateTargets: [] },
          );
      },
    ],
    [
      "names to be put in order",
      (count) => {
        const value = named(count, 1);
        return () => canonicalJson(value);
      },
    ],
    [
      "headers of an answer",
      (count) => {
        const headers = named(count, ["one", "two"], "x-");
        return () => keepHeaders(joinHeaders(headers));
      },
    ],
    [
      "secrets that a receiver sends back",
      (count) => {
        const secrets = Array.from({ length: count }, (_, at) => `secret-${at}`);
        return () => createEchoMask([["cookie", secrets.join("; ")]]);
      },
    ],
    [
      "attempts of a message",
      (count) => {
        const attempts = Array.from({ length: count }, (_, at) => ({
          number: at + 1,
          claimId: `c${at}`,
          outcome: "RETRY" as const,
          startedAt: NOON + at,
        }));
        const message = buildMessage({ attempt: count });
        return () => presentMessage({ message, payload: buildPayload(), attempts });
      },
    ],
    [
      "items of a page",
      (count) => {
        const items = Array.from({ length: count }, (_, at) => ({ at, text: "x".repeat(50) }));
        return () => itemsThatFit(items);
      },
    ],
  ])(
    "%s",
    async (_what, work) => {
      await expectLinear(work, 32_768);
    },
    TIMEOUT_MS,
  );
});

describe("a whole call is answered in linear time:", () => {
  const { app } = createMemoryApi({ rateLimit: { perSecond: 1, burst: Number.MAX_SAFE_INTEGER } });
  const post = (path: string, body: string) => async () => {
    const headers = { authorization: `Bearer ${OPERATOR_KEY}`, "content-type": "application/json" };
    return (await app.request(`http://127.0.0.1${path}`, { method: "POST", headers, body })).text();
  };

  it.each<[string, (size: number) => () => unknown]>([
    [
      "a message with unknown fields",
      (size) => post("/v1/messages", JSON.stringify({ targetUrl: TARGET, ...named(size / 10, 1) })),
    ],
    [
      "a message with headers that are numbers",
      (size) => post("/v1/messages", JSON.stringify({ targetUrl: TARGET, headers: named(size / 10, 1) })),
    ],
    [
      "a message with headers that no message may have",
      (size) =>
        post(
          "/v1/messages",
          JSON.stringify({ targetUrl: TARGET, headers: named(size / 20, "x", "webhook-") }),
        ),
    ],
    [
      "a batch of messages that are all wrong",
      (size) =>
        post(
          "/v1/messages/batch",
          `{"messages":[${listed(`{"headers":{${listed('"a":1', size / 100)}}}`, size)}]}`,
        ),
    ],
    [
      "a filter with unknown fields",
      (size) => post("/v1/messages/retry", JSON.stringify({ status: "FAILED", ...named(size / 20, 1) })),
    ],
    ["a query with many parameters", (size) => post(`/v1/messages?${filled("a=1&b&", size)}`, "{}")],
    ["a query of escapes", (size) => post(`/v1/messages?a=${filled("%25", size)}`, "{}")],
    ["a path of many parts", (size) => post(`/v1/${filled("a/", size)}`, "{}")],
  ])(
    "%s",
    async (_what, work) => {
      await expectLinear(work, 131_072);
    },
    TIMEOUT_MS,
  );

  it.each([
    "authorization",
    "x-correlation-id",
    "idempotency-key",
    "traceparent",
    "content-type",
    "webhook-id",
  ])(
    "a header of any length: %s",
    async (name) => {
      for (const value of ["Bearer ", "application/", "application/json", "x"])
        for (const part of [" ", "+", ";", "-", "a", "a "])
          await expectLinear((size) => {
            const headers = {
              authorization: `Bearer ${OPERATOR_KEY}`,
              [name]: `${value}${filled(part, size)}!`,
            };
            return async () =>
              (
                await app.request("http://127.0.0.1/v1/messages", { method: "POST", headers, body: "{}" })
              ).text();
          }, 65_536);
    },
    TIMEOUT_MS,
  );
});
