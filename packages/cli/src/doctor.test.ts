import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly advice?: string;
}

let api: MemoryApi;
let answer: (request: Request) => Response | Promise<Response>;
beforeEach(() => {
  api = createMemoryApi();
  answer = (request) => api.app.fetch(request);
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => answer(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const ENV = { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY };

async function doctor(env: Record<string, string> = ENV) {
  const { code, out } = await runInProcess(HOMING, ["doctor", "--json"], env);
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const of = (check: string) => findings.filter((one) => one.check === check);
  return { code, of, wrong: findings.filter(({ state }) => state !== "ok").map(({ check }) => check) };
}

it("finds nothing where all is well, and says so to people", async () => {
  expect(await doctor()).toMatchObject({ code: 0, wrong: [] });
  const { out } = await runInProcess(HOMING, ["doctor"], ENV);
  expect(out).toContain("ok       key       operator of all senders: send, read, endpoints, operate\n");
});

it("says that Homing cannot be reached, or that something else answers", async () => {
  answer = () => Promise.reject(new TypeError("fetch failed"));
  const gone = await doctor();
  expect([gone.code, gone.wrong]).toEqual([3, ["homing"]]);
  expect(gone.of("homing")[0]?.advice).toMatch(/Is it running/);
  answer = () => new Response("<html>", { status: 200 });
  expect((await doctor()).of("homing")[0]?.found).toMatch(/200, and not from Homing/);
});

it.each([
  [-100_000, "ahead of"],
  [100_000, "behind"],
])("measures the clock, %i ms from Homing's", async (ms, words) => {
  answer = async (request) => {
    const { body, status, headers } = await api.app.fetch(request);
    headers.set("date", new Date(Date.now() + ms).toUTCString());
    return new Response(body, { status, headers });
  };
  const { code, of } = await doctor();
  const [clock] = of("clock");
  expect([code, clock?.state]).toEqual([0, "warning"]);
  expect(clock?.found).toMatch(new RegExp(`^this machine is (99|100|101) s ${words} Homing$`));
  expect(clock?.advice).toMatch(/NTP/);
});

it("says that there is no key, that Homing does not know it, and what it lacks", async () => {
  const none = await doctor({ HOMING_URL: "http://homing.test", HOMING_DATA_DIR: "/nowhere" });
  expect([none.code, none.of("key")[0]?.found]).toEqual([1, expect.stringMatching(/^No key/)]);
  const wrong = await doctor({ ...ENV, HOMING_KEY: "hk_wrong" });
  expect([wrong.code, wrong.of("key")[0]?.advice]).toEqual([
    1,
    expect.stringMatching(/does not know this key/),
  ]);
  const blind = await doctor({ ...ENV, HOMING_KEY: await api.createKey("acme", ["send"]) });
  expect([blind.code, blind.wrong]).toEqual([0, ["key"]]);
  expect(blind.of("key")[0]?.advice).toBe("Without read it can not see messages and counts.");
});

it("says that the storage or the queue does not answer", async () => {
  const down = {
    title: "Not ready",
    status: 503,
    detail: "The queue does not answer.",
    code: "SYSTEM_ERROR",
    correlationId: "c",
    retryable: true,
  };
  answer = (request) =>
    request.url.endsWith("/v1/ready")
      ? Response.json(down, { status: 503, headers: { "content-type": "application/problem+json" } })
      : api.app.fetch(request);
  const { code, of } = await doctor();
  expect([code, of("ready")[0]?.found]).toEqual([1, "The queue does not answer."]);
  expect(of("ready")[0]?.advice).toMatch(/runbook/);
});

it("finds what is overdue", async () => {
  await api.call("POST", "/v1/messages", { json: { targetUrl: "https://example.com/hook" } });
  api.clock.advance(3 * 3_600_000);
  const { code, of } = await doctor();
  const [messages] = of("messages");
  expect([code, messages?.state]).toEqual([1, "failure"]);
  expect(messages?.found).toMatch(/^0 pending, 1 queued, 0 processing; the oldest is overdue by \d+ s$/);
  expect(messages?.advice).toMatch(/OldestOverdueSeconds/);
});
