import { setImmediate } from "node:timers/promises";
import type { HttpClient, RequestResult } from "@homing/core/delivery/http-client";
import { StorageError } from "@homing/core/store/message-store";
import { beforeEach, expect, it } from "vitest";
import { requestsWhenSafe } from "./requests-when-safe.ts";

const ANSWER: RequestResult = { kind: "response", status: 200, headers: {}, body: "", durationMs: 1 };
const REQUEST = { url: "https://example.com/", method: "POST", headers: [] };
const LIMITS = { timeoutMs: 1_000, keepBytes: 10 };

let sent: number;
let safe: PromiseWithResolvers<void>;
let now: number;
let client: HttpClient;

beforeEach(() => {
  [sent, now, safe] = [0, 0, Promise.withResolvers<void>()];
  const slot = {
    request: async () => {
      sent += 1;
      return ANSWER;
    },
    release: () => undefined,
  };
  const database = { count: { committed: 0, failed: 0 }, settledSince: () => safe.promise };
  client = requestsWhenSafe({ ...slot, reserve: async () => slot }, database, () => now);
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

it("none leaves after so long that the claim could be over before it is", async () => {
  const answer = request();
  await setImmediate();
  now = 501;
  safe.resolve();
  await expect(answer).rejects.toBeInstanceOf(StorageError);
  expect(sent).toBe(0);
});
