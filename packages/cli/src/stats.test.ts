import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

let api: MemoryApi;
let isQueueDown: boolean;
beforeEach(() => {
  isQueueDown = false;
  api = createMemoryApi({
    wrapQueue: (queue) => ({
      send: (...args) => queue.send(...args),
      depth: async () => (isQueueDown ? Promise.reject(new Error("no answer")) : queue.depth()),
      deadLetters: async () => (isQueueDown ? Promise.reject(new Error("no answer")) : queue.deadLetters()),
    }),
  });
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const stats = async (key: string, ...args: string[]) =>
  (await runInProcess(HOMING, ["stats", ...args], { HOMING_URL: "http://homing.test", HOMING_KEY: key }, ""))
    .out;

it("shows the queue to whoever sees all senders, and that it does not answer", async () => {
  expect(await stats(OPERATOR_KEY)).toMatch(/^queue visible +0$/m);
  isQueueDown = true;
  api.clock.advance(60_000);
  expect(await stats(OPERATOR_KEY)).toMatch(/^queue visible +\?$/m);
});

it("of one sender says nothing of the queue, not even that it does not answer", async () => {
  const key = await api.createKey("acme", ["read"]);
  for (const out of [await stats(OPERATOR_KEY, "--sender", "acme"), await stats(key)]) {
    expect(out).toMatch(/^QUEUED +0$/m);
    expect(out).not.toMatch(/queue |dead letters/);
  }
});
