import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { rateLimitSchema, spacingUsOf } from "./rate-limit.ts";

const messageOf = (input: unknown) => v.safeParse(rateLimitSchema, input).issues?.[0]?.message;

describe("a rate limit", () => {
  it.each([
    [{ count: 100, period: "1m" }, 600_000],
    [{ count: 1, period: "1d" }, 86_400_000_000],
    [{ count: 10_000, period: "1s" }, 100],
    [{ count: 3, period: "1500ms" }, 500_000],
    [{ count: 7, period: "1s" }, 142_858],
  ])("of %j spaces requests %d µs apart", (limit, spacingUs) => {
    expect(v.parse(rateLimitSchema, limit)).toEqual(limit);
    expect(spacingUsOf(limit)).toBe(spacingUs);
  });

  it.each([
    [{ count: 0, period: "1m" }, "must be at least 1; to send nothing, pause the endpoint"],
    [{ count: 1.5, period: "1m" }, "must be a whole number of requests"],
    [{ count: "100", period: "1m" }, "must be a number of requests"],
    [{ count: 10_001, period: "1s" }, "must be at most 10,000"],
    [{ count: 1, period: "999ms" }, "must be a duration from 1s to 1d, such as 1s, 1m or 1h"],
    [{ count: 1, period: "25h" }, "must be a duration from 1s to 1d, such as 1s, 1m or 1h"],
    [{ count: 1, period: "1 m" }, "must be a duration from 1s to 1d, such as 1s, 1m or 1h"],
    [{ count: 1, period: 60 }, "must be a duration from 1s to 1d, such as 1s, 1m or 1h"],
    ["100/1m", 'must be an object such as { "count": 100, "period": "1m" }'],
  ])("of %j is refused: %s", (limit, message) => {
    expect(messageOf(limit)).toBe(message);
  });
});
