import { setImmediate } from "node:timers/promises";
import type { HttpClient, RequestResult } from "@homing/core/delivery/http-client";
import { StorageError } from "@homing/core/store/message-store";
import { TestClock } from "@homing/core/testing/test-clock";
import { beforeEach, expect, it } from "vitest";
import { requestsWhenSafe } from "./requests-when-safe.ts";

const ANSWER: RequestResult = { kind: "response", status: 200, headers: {}, body: "", durationMs: 1 };
const REQUEST = { url: "https://example.com/", method: "POST", headers: [] };
const LIMITS = { timeoutMs: 1_000, keepBytes: 10 };

let sent: number;
let safe: PromiseWithResolvers<void>;
let clock: TestClock;
let client: HttpClient;

beforeEach(() => {
  [sent, safe] = [0, Promise.withResolvers<void>()];
  const slot = {
    request: async () => {
      sent += 1;
      return ANSWER;
    },
    release: () => undefined,
  };
  const database = { count: { committed: 0, failed: 0 }, settledSince: () => safe.promise };
  clock = new TestClock();
  client = requestsWhenSafe({ ...slot, reserve: async () => slot }, { database, clock, leaseMs: 60_000 });
});

const request = async () => (await client.reserve?.(REQUEST.url, 0))?.request(REQUEST, LIMITS);

it("no request leaves before what was written is safe", async () => {
  const answer = request();
  await setImmediate();
  expect(sent).toBe(0);
  safe.resolve();
  expect(await answer).toEqual(ANSWER);
  expect(sent).toBe(1);
});

it("none leaves if that is undone", async () => {
  const answer = request();
  safe.reject(new StorageError(false, true, new Error("disk full")));
  await expect(answer).rejects.toBeInstanceOf(StorageError);
  expect(sent).toBe(0);
});

it("one still leaves after a while that leaves the claim its time", async () => {
  const answer = request();
  await setImmediate();
  clock.advance(58_000);
  safe.resolve();
  expect(await answer).toEqual(ANSWER);
});

it.each(["advance", "freeze"] as const)("none leaves that could outlive its claim: %s", async (passes) => {
  const answer = request();
  await setImmediate();
  clock[passes](58_001);
  safe.resolve();
  await expect(answer).rejects.toBeInstanceOf(StorageError);
  expect(sent).toBe(0);
});
