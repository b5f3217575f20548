import { HomingClient } from "@homing/client/source/homing-client";
import { stepOf } from "@homing/core/testing/journey";
import { createMemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { expect, it } from "vitest";
import { tail } from "./tail.ts";
import type { Terminal } from "./terminal.ts";

const TARGET = "https://example.com/hook";

/** Calls that will not get through. */
let outages = 0;

/** Follows while `rounds` happen, one between two looks; answers the lines of each look. */
async function follow(
  rounds: Array<(api: ReturnType<typeof createMemoryApi>) => Promise<unknown>>,
  args: readonly string[] = [],
  api = createMemoryApi(),
) {
  await api.call("POST", "/v1/messages", { json: { targetUrl: TARGET } });
  const client = new HomingClient({
    url: "http://homing.test",
    key: OPERATOR_KEY,
    wait: async () => undefined,
    fetch: async (input, init) => {
      if (outages > 0) {
        outages -= 1;
        throw new TypeError("fetch failed");
      }
      return api.app.fetch(new Request(input, init));
    },
  });
  const ended = new AbortController();
  const looks: string[][] = [[]];
  const terminal: Terminal = {
    env: {},
    out: (line) => looks.at(-1)?.push(line),
    err: (line) => looks.at(-1)?.push(JSON.stringify({ status: line })),
    stdin: async () => new Uint8Array(),
    signal: ended.signal,
    wait: async () => {
      const round = rounds[looks.length - 1];
      if (!round) return ended.abort();
      api.clock.advance(1_000);
      await round(api);
      looks.push([]);
    },
    now: () => api.clock.now(),
    ask: undefined,
    browse: undefined,
    isInteractive: false,
  };
  expect(await tail.run(["--json", ...args], () => client, terminal)).toBe(0);
  return looks.map((lines) => lines.map((line) => JSON.parse(line)));
}

async function send(api: ReturnType<typeof createMemoryApi>, count = 1): Promise<void> {
  for (let sent = 0; sent < count; sent += 1)
    await api.call("POST", "/v1/messages", { json: { targetUrl: TARGET } });
}

async function moveAll(
  api: ReturnType<typeof createMemoryApi>,
  step: "claim" | "completeFirst",
): Promise<void> {
  for (const { messageId } of (await api.call("GET", "/v1/messages?limit=100")).body.items) {
    const message = await api.store.get(messageId);
    if (message) await api.store.apply(messageId, stepOf(step, message));
  }
}

it("shows what comes and what changes, once each, and nothing of what was there before", async () => {
  const looks = await follow([
    async () => undefined,
    (api) => send(api),
    (api) => moveAll(api, "claim"),
    (api) => moveAll(api, "completeFirst"),
    async () => undefined,
  ]);
  expect(looks.map((items) => items.map(({ status }) => status))).toEqual([
    [],
    [],
    ["QUEUED"],
    ["PROCESSING", "PROCESSING"],
    ["COMPLETED", "COMPLETED"],
    [],
  ]);
});

it("misses nothing when more comes between two looks than fits on a page, and shows the oldest first", async () => {
  const [, burst = []] = await follow([(api) => send(api, 250)]);
  expect(new Set(burst.map(({ messageId }) => messageId)).size).toBe(250);
  const times = burst.map(({ createdAt }) => createdAt);
  expect(times).toEqual([...times].sort());
});

it("keeps an eye on open messages that newer ones have pushed off the page", async () => {
  const looks = await follow([
    (api) => send(api, 150),
    async (api) => {
      const [first] = (await api.call("GET", "/v1/messages?until=2026-11-22T12:00:00.500Z")).body.items;
      const message = await api.store.get(first.messageId);
      if (message) await api.store.apply(first.messageId, stepOf("cancel", message));
    },
  ]);
  expect(looks[2]?.map(({ status }) => status)).toEqual(["CANCELLED"]);
});

it("tells of an outage and follows on when it is over", async () => {
  const looks = await follow([
    async () => {
      outages = 5;
    },
    (api) => send(api),
  ]);
  expect(looks.map((items) => items.map(({ status }) => status))).toEqual([
    [],
    ["Homing at http://homing.test cannot be reached. Still trying."],
    ["QUEUED"],
  ]);
});

it("shows what goes to one endpoint alone", async () => {
  const api = createMemoryApi();
  const { body } = await api.call("POST", "/v1/endpoints", { json: { url: TARGET } });
  const event = { eventType: "invoice.paid", body: {} };
  const looks = await follow(
    [async () => Promise.all([send(api), api.call("POST", "/v1/events", { json: event })])],
    ["--endpoint", body.endpointId],
    api,
  );
  expect(looks.flat().map(({ endpointId, status }) => [endpointId, status])).toEqual([
    [body.endpointId, "QUEUED"],
  ]);
});
