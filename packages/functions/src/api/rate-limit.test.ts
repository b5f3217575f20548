import { TestClock } from "@homing/core/testing/test-clock";
import { describe, expect, it } from "vitest";
import { RateLimiter } from "./rate-limit.ts";

const SECOND = 1_000;

function limiter() {
  const clock = new TestClock();
  return { clock, limiter: new RateLimiter(clock, { perSecond: 2, burst: 3 }) };
}

describe("the rate limit of a sender", () => {
  it("lets a burst through, then refuses and says when to come back", () => {
    const { limiter: limit } = limiter();
    expect([1, 2, 3].map(() => limit.take("acme").remaining)).toEqual([2, 1, 0]);
    expect(limit.take("acme")).toEqual({ allowed: false, remaining: 0, retryAfterSeconds: 1 });
  });

  it("fills up again at its rate, and never beyond the burst", () => {
    const { clock, limiter: limit } = limiter();
    for (let calls = 0; calls < 3; calls += 1) limit.take("acme");
    clock.advance(SECOND);
    expect([1, 2, 3].map(() => limit.take("acme").allowed)).toEqual([true, true, false]);
    clock.advance(3_600 * SECOND);
    expect([1, 2, 3, 4].map(() => limit.take("acme").allowed)).toEqual([true, true, true, false]);
  });

  it("counts the time in which the process was frozen", () => {
    const { clock, limiter: limit } = limiter();
    for (let calls = 0; calls < 4; calls += 1) limit.take("acme");
    clock.freeze(60 * SECOND);
    expect(limit.take("acme")).toMatchObject({ allowed: true, remaining: 2 });
  });

  it("is one sender's own: another is not slowed", () => {
    const { limiter: limit } = limiter();
    for (let calls = 0; calls < 4; calls += 1) limit.take("acme");
    expect(limit.take("globex").allowed).toBe(true);
  });

  it("makes later calls wait for a batch that was larger than what was left", () => {
    const { clock, limiter: limit } = limiter();
    expect(limit.take("acme").allowed).toBe(true);
    limit.charge("acme", 10);
    expect(limit.take("acme")).toEqual({ allowed: false, remaining: 0, retryAfterSeconds: 5 });
    clock.advance(4 * SECOND);
    expect(limit.take("acme").allowed).toBe(false);
    clock.advance(SECOND);
    expect(limit.take("acme").allowed).toBe(true);
  });

  it("forgets the senders that have been quiet longest, whose buckets are full again", () => {
    const { limiter: limit } = limiter();
    for (let calls = 0; calls < 4; calls += 1) limit.take("acme");
    for (let sender = 0; sender < 10_000; sender += 1) limit.take(`sender-${sender}`);
    expect(limit.take("acme").remaining).toBe(2);
  });
});
