import { describe, expect, it } from "vitest";
import { type AttemptFacts, decideAttempt } from "./decide-attempt.ts";
import type { RequestErrorCode, RequestResult } from "./http-client.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

const answered = (status: number, headers: Record<string, string> = {}): RequestResult => ({
  kind: "response",
  status,
  headers,
  body: "",
  durationMs: 12,
});
const failed = (code: RequestErrorCode, detail = "…"): RequestResult => ({
  kind: "error",
  code,
  detail,
  durationMs: 12,
});
const decide = (result: RequestResult, facts: Partial<AttemptFacts> = {}) =>
  decideAttempt({
    result,
    toEndpoint: false,
    attempt: 1,
    attemptLimit: 10,
    scheduleMs: [
      5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
    ],
    now: NOW,
    random: () => 0,
    ...facts,
  });

describe("the decision after an attempt", () => {
  it.each([200, 201, 202, 204, 226, 299])("is to complete on %d", (status) => {
    expect(decide(answered(status))).toEqual({
      action: "COMPLETE",
      rule: "STATUS_2XX",
      explanation: `The target answered ${status}.`,
    });
  });

  it.each([300, 301, 302, 303, 304, 307, 308])("is to fail on %d: redirects are not followed", (status) => {
    expect(decide(answered(status, { location: "https://example.com/" }))).toEqual({
      action: "FAIL",
      rule: "STATUS_3XX",
      failureReason: "TARGET_REJECTED",
      explanation: `The target answered ${status}; redirects are never followed.`,
    });
  });

  it.each([
    400, 401, 403, 404, 405, 406, 407, 410, 411, 415, 418, 421, 422, 423, 424, 426, 428, 431, 451, 499,
  ])("is to fail on %d, also with Retry-After", (status) => {
    expect(decide(answered(status, { "retry-after": "5" }))).toEqual({
      action: "FAIL",
      rule: "STATUS_4XX",
      failureReason: "TARGET_REJECTED",
      explanation: `The target answered ${status}, which a retry would not change.`,
    });
  });

  it("is to fail on 413 with Retry-After too, and to say what was asked", () => {
    const explanation = (headers: Record<string, string>) => decide(answered(413, headers)).explanation;
    expect(decide(answered(413, { "retry-after": "120" }))).toMatchObject({
      action: "FAIL",
      rule: "STATUS_4XX",
      failureReason: "TARGET_REJECTED",
      explanation: "The target answered 413, which is not repeated; it says to try again in 2 min.",
    });
    expect(explanation({})).toBe("The target answered 413, which a retry would not change.");
    expect(explanation({ "retry-after": "soon" })).toBe(explanation({}));
  });

  it.each([
    [408, "STATUS_408"],
    [409, "STATUS_409"],
    [425, "STATUS_425"],
    [429, "STATUS_429"],
    [500, "STATUS_5XX"],
    [501, "STATUS_5XX"],
    [503, "STATUS_5XX"],
    [599, "STATUS_5XX"],
    [600, "STATUS_INVALID"],
    [999, "STATUS_INVALID"],
  ])("is to retry on %d", (status, rule) => {
    expect(decide(answered(status))).toEqual({
      action: "RETRY",
      rule,
      nextAttemptAt: NOW + 5_000,
      explanation: `The target answered ${status}; attempt 2 of 10 follows in 5 s.`,
    });
  });

  it.each<RequestErrorCode>([
    "TIMEOUT",
    "DNS_FAILED",
    "CONNECTION_REFUSED",
    "CONNECTION_RESET",
    "TLS_FAILED",
    "INVALID_RESPONSE",
    "INVALID_REQUEST",
    "NETWORK_ERROR",
  ])("is to retry after %s, which is also the rule and the error code", (code) => {
    const decision = decide(failed(code));
    expect(decision).toMatchObject({
      action: "RETRY",
      rule: code,
      errorCode: code,
      nextAttemptAt: NOW + 5_000,
    });
    expect(decision.explanation).toMatch(/^[A-Z].*; attempt 2 of 10 follows in 5 s\.$/);
  });

  it("is to fail at once when the egress guard refused the target, saying which address and rule", () => {
    const detail = "The address 169.254.169.254 is refused: link-local (RFC 3927).";
    expect(decide(failed("TARGET_NOT_ALLOWED", detail))).toEqual({
      action: "FAIL",
      rule: "TARGET_NOT_ALLOWED",
      errorCode: "TARGET_NOT_ALLOWED",
      failureReason: "TARGET_NOT_ALLOWED",
      explanation: detail,
    });
  });

  it("rests on the status alone, however the body ended", () => {
    const cut: RequestResult = {
      ...answered(200),
      kind: "response",
      status: 200,
      headers: {},
      body: "",
      truncated: "TIMEOUT",
      durationMs: 12,
    };
    expect(decide(cut).action).toBe("COMPLETE");
  });

  it("is to fail when the round's last attempt was made", () => {
    expect(decide(answered(503), { attempt: 10 })).toEqual({
      action: "FAIL",
      rule: "STATUS_5XX",
      failureReason: "ATTEMPTS_EXHAUSTED",
      explanation: "The target answered 503; attempt 10 of 10 was the last.",
    });
  });

  it("places the next attempt by the schedule, in a later round too", () => {
    expect(decide(answered(503), { attempt: 3 })).toMatchObject({
      nextAttemptAt: NOW + 1_800_000,
      explanation: "The target answered 503; attempt 4 of 10 follows in 30 min.",
    });
    expect(decide(answered(503), { attempt: 14, attemptLimit: 23 })).toMatchObject({
      nextAttemptAt: NOW + 5_000,
      explanation: "The target answered 503; attempt 15 of 23 follows in 5 s.",
    });
    expect(decide(answered(503), { attempt: 9 }).explanation).toContain("follows in 24 h");
    expect(decide(answered(503), { scheduleMs: [200], attemptLimit: 2 }).explanation).toContain("in 200 ms");
  });

  it("lets a longer Retry-After replace the delay, up to 24 hours, and ignores a shorter or invalid one", () => {
    const next = (value: string) => decide(answered(429, { "retry-after": value }));
    expect(next("60")).toMatchObject({
      nextAttemptAt: NOW + 60_000,
      explanation: "The target answered 429; attempt 2 of 10 follows in 1 min, as the target asked.",
    });
    expect(next("Sun, 22 Nov 2026 12:02:00 GMT")).toMatchObject({ nextAttemptAt: NOW + 120_000 });
    expect(next("999999999")).toMatchObject({ nextAttemptAt: NOW + 86_400_000 });
    expect(next("1")).toMatchObject({ nextAttemptAt: NOW + 5_000 });
    expect(next("soon")).toMatchObject({ nextAttemptAt: NOW + 5_000 });
  });

  it("spreads what was asked for upwards by up to a tenth: never earlier, and not all at once", () => {
    const after = (asked: string, random: number) => {
      const decision = decide(answered(503, { "retry-after": asked }), { random: () => random });
      return decision.action === "RETRY" ? decision.nextAttemptAt - NOW : undefined;
    };
    expect(after("20", 0)).toBe(20_000);
    expect(after("20", 0.5)).toBe(21_000);
    expect(after("20", 0.999_999_999)).toBeGreaterThan(21_990);
    expect(after("20", 0.999_999_999)).toBeLessThanOrEqual(22_000);
    expect(after("64.57", 0)).toBe(65_000);
    expect(after("999999999", 0.5)).toBe(1.05 * 86_400_000);
    expect(after("1", 0.5)).toBe(5_250);
    const times = new Set(Array.from({ length: 100 }, (_, i) => after("20", i / 100)));
    expect(times.size).toBe(100);
  });

  it("is to fail as expired when the next attempt would come after deliverBy, and to retry when it just fits", () => {
    expect(decide(answered(503), { deliverBy: NOW + 5_000 }).action).toBe("RETRY");
    expect(decide(answered(503), { deliverBy: NOW + 4_999 })).toEqual({
      action: "FAIL",
      rule: "STATUS_5XX",
      failureReason: "EXPIRED",
      explanation: "The target answered 503; the next attempt would come after 2026-11-22T12:00:04.999Z.",
    });
    expect(decide(answered(503, { "retry-after": "60" }), { deliverBy: NOW + 30_000 })).toMatchObject({
      failureReason: "EXPIRED",
    });
    expect(decide(answered(200), { deliverBy: NOW - 1 }).action).toBe("COMPLETE");
  });
});
