import { describe, expect, it } from "vitest";
import { NOON } from "../testing/test-clock.ts";
import { messageIdForKey, newMessageId, newToken, shardOf } from "./message-id.ts";

const FORM = /^msg_[0-9A-HJKMNP-TV-Z]{26}$/;

describe("a message id", () => {
  it("has one form, with and without an idempotency key", () => {
    for (let i = 0; i < 200; i += 1) {
      expect(newMessageId(NOON + i)).toMatch(FORM);
      expect(messageIdForKey("acme", `key ${i}`)).toMatch(FORM);
    }
  });

  it("sorts by time where there is no key, also over the years", () => {
    const times = [0, 1, 31, 32, NOON, NOON + 1, NOON + 32, NOON + 10 ** 11, 2 ** 48 - 1];
    const ids = times.map(newMessageId);
    expect([...ids].sort()).toEqual(ids);
  });

  it("is never made twice", () => {
    expect(new Set(Array.from({ length: 5_000 }, () => newMessageId(NOON))).size).toBe(5_000);
  });

  it("of a key is always the same", () => {
    expect(messageIdForKey("acme", "order 42")).toBe(messageIdForKey("acme", "order 42"));
  });

  it.each<[[string, string], [string, string]]>([
    [
      ["a", "b:1:c"],
      ["a:5:b", "c"],
    ],
    [
      ["acme", "1:x"],
      ["acme1", ":x"],
    ],
    [
      ["a", "bc"],
      ["ab", "c"],
    ],
    [
      ["acme", "order 42"],
      ["acme", "order 43"],
    ],
    [
      ["acme", "order 42"],
      ["other", "order 42"],
    ],
    [
      ["acme", "a"],
      ["acme", "A"],
    ],
  ])("differs for %j and %j", (one, other) => {
    expect(messageIdForKey(...one)).not.toBe(messageIdForKey(...other));
  });
});

describe("the shard of a message", () => {
  it("is always the same, and one of those there are", () => {
    const id = newMessageId(NOON);
    expect(shardOf(id, 8)).toBe(shardOf(id, 8));
    expect(shardOf(id, 1)).toBe(0);
  });

  it("is uniform, for ids of one instant as well as of keys", () => {
    for (const make of [() => newMessageId(NOON), (i: number) => messageIdForKey("acme", `order ${i}`)]) {
      const counts = new Array<number>(8).fill(0);
      for (let i = 0; i < 8_000; i += 1) {
        const shard = shardOf(make(i), 8);
        counts[shard] = (counts[shard] ?? 0) + 1;
      }
      // 1,000 each with a standard deviation of 30: beyond 800 to 1,200 is no chance.
      expect(Math.min(...counts)).toBeGreaterThan(800);
      expect(Math.max(...counts)).toBeLessThan(1_200);
    }
  });
});

it("a token is never made twice", () => {
  expect(new Set(Array.from({ length: 5_000 }, newToken)).size).toBe(5_000);
});
