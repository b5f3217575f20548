import { describe, expect, it } from "vitest";
import { chartsOf, lastInWords, listOf, rateInWords, timesInWords } from "./describe-target.ts";

const AT = { at: "2026-11-22T01:00:00.000Z", messageId: "msg_1" };

describe("a target in words", () => {
  it.each([
    [{ outcome: "FAILED", responseStatus: 503 }, "503 unavailable"],
    [{ outcome: "FAILED", responseStatus: 599 }, "599"],
    [{ outcome: "FAILED", errorCode: "TIMEOUT" }, "no answer in time"],
    [{ outcome: "FAILED", errorCode: "NEWER" }, "NEWER"],
    [{ outcome: "SUCCEEDED", responseStatus: 204 }, "204"],
  ] as const)("%o was %s", (attempt, words) => {
    expect(lastInWords({ lastAttempt: { ...AT, ...attempt } })).toBe(words);
  });

  it("never rounds a failure away, nor a success", () => {
    const rates = [undefined, 1, 0.9999, 0.8955, 0.0001, 0];
    expect(rates.map((successRate) => rateInWords(successRate === undefined ? {} : { successRate }))).toEqual(
      ["–", "100%", "99.9%", "89.5%", "0.1%", "0%"],
    );
    expect(timesInWords({ firstAttempt: { p50Ms: 84, p95Ms: 1_200 } })).toBe("84 ms / 1.2 s");
  });

  it("leads to what needs somebody", () => {
    const host = { target: "shop.example", failed: 1, retrying: 2 };
    expect(listOf(host)).toBe("/messages?tab=failed&target=shop.example");
    expect(listOf({ ...host, failed: 0 })).toBe("/messages?tab=waiting&target=shop.example");
    expect(listOf({ ...host, failed: 0, retrying: 0 })).toBe("/messages?target=shop.example");
    expect(listOf({ ...host, endpointId: "ep_1" })).toBe("/endpoints/ep_1");
    expect(chartsOf(host)).toBe("/?period=day&target=shop.example");
  });
});
