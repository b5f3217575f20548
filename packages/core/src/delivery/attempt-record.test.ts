import { describe, expect, it } from "vitest";
import type { Attempt } from "../message/message.ts";
import { NOON } from "../testing/test-clock.ts";
import { attemptRecord, cutUtf8, firstAttemptRecord } from "./attempt-record.ts";

const facts = { number: 2, claimId: "claim", startedAt: NOON };

describe("the record of an attempt", () => {
  it("of an answer holds what came back and what follows from it", () => {
    expect(
      attemptRecord({
        ...facts,
        result: {
          kind: "response",
          status: 503,
          headers: { "retry-after": "9" },
          body: "busy",
          truncated: "SIZE",
          durationMs: 101.6,
        },
        decision: { rule: "STATUS_5XX", action: "RETRY", nextAttemptAt: NOON + 9, explanation: "…" },
      }),
    ).toEqual({
      ...facts,
      outcome: "RETRY",
      durationMs: 102,
      responseStatus: 503,
      responseHeaders: { "retry-after": "9" },
      responseBody: "busy",
      responseTruncated: true,
      truncationReason: "SIZE",
      decision: { rule: "STATUS_5XX", action: "RETRY", nextAttemptAt: NOON + 9, explanation: "…" },
    });
  });

  it("of an error holds its code and no response", () => {
    expect(
      attemptRecord({
        ...facts,
        result: { kind: "error", code: "TIMEOUT", detail: "…", durationMs: 15_000 },
        decision: { rule: "TIMEOUT", action: "FAIL", explanation: "…" },
      }),
    ).toEqual({
      ...facts,
      outcome: "FAILED",
      durationMs: 15_000,
      errorCode: "TIMEOUT",
      decision: { rule: "TIMEOUT", action: "FAIL", explanation: "…" },
    });
  });
});

describe("a first attempt that succeeded", () => {
  const attempt = (over: Partial<Attempt>): Attempt => ({
    ...facts,
    outcome: "SUCCEEDED",
    responseTruncated: false,
    ...over,
  });

  it("keeps 256 bytes of the body, and says so when that is not all", () => {
    const short = attempt({ responseBody: "a".repeat(256) });
    expect(firstAttemptRecord(short)).toEqual(short);
    expect(firstAttemptRecord(attempt({ responseBody: "a".repeat(257) }))).toMatchObject({
      responseBody: "a".repeat(256),
      responseTruncated: true,
      truncationReason: "SIZE",
    });
  });

  it("keeps why the body was cut already", () => {
    const cut = attempt({
      responseBody: "a".repeat(900),
      responseTruncated: true,
      truncationReason: "TIMEOUT",
    });
    expect(firstAttemptRecord(cut)).toMatchObject({ responseTruncated: true, truncationReason: "TIMEOUT" });
  });

  it("keeps the first headers only, whole", () => {
    const responseHeaders = { a: "1".repeat(200), b: "2".repeat(200), c: "3".repeat(200), d: "4" };
    expect(firstAttemptRecord(attempt({ responseHeaders })).responseHeaders).toEqual({
      a: responseHeaders.a,
      b: responseHeaders.b,
    });
  });

  it("may have had no body at all", () => {
    expect(firstAttemptRecord(attempt({}))).toEqual(attempt({}));
  });
});

it.each([
  ["abc", 3, "abc"],
  ["abc", 2, "ab"],
  ["aé", 2, "a"],
  ["a漢", 3, "a"],
  ["a😀", 4, "a"],
  ["a😀", 5, "a😀"],
  ["😀", 3, ""],
  ["", 0, ""],
])("%j in %d bytes is %j, never half a character", (text, bytes, expected) => {
  expect(cutUtf8(text, bytes)).toBe(expected);
});
