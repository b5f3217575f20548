import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

const HOOK = "https://example.com/hook";
/** What JavaScript writes in another way. */
const WRITTEN = '{"n":12345678901234567890,"10":1.0,"9":"\\u0041"}';

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
  // The command line knows one way to the API.
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const ENV = { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY };
const homing = (args: string[], stdin = "", typed?: string) => runInProcess(HOMING, args, ENV, stdin, typed);
const endpoint = async (...args: string[]): Promise<string> =>
  JSON.parse((await homing(["endpoints", "create", HOOK, "--sender", "acme", "--json", ...args])).out)
    .endpointId;
const sent = async (...args: string[]): Promise<string> =>
  JSON.parse(
    (await homing(["event", "send", "invoice.paid", "--sender", "acme", "--json", "-d", "{}", ...args])).out,
  ).eventId;

it("sends an event, once under one key, and shows it with its deliveries", async () => {
  const endpointId = await endpoint("-e", "invoice.*");
  const args = ["event", "send", "invoice.paid", "--sender", "acme", "-d", "-", "--idempotency-key", "k"];
  const first = await homing([...args, "-m", "order=42", "-H", "x-shop: 7"], WRITTEN);
  const eventId = /^evt_\w{26}/.exec(first.out)?.[0] ?? "";
  expect([first.code, first.out, first.err]).toEqual([0, `${eventId}  EXPANDED  1 endpoint\n`, ""]);
  const again = await homing([...args, "-m", "order=42", "-H", "x-shop: 7"], WRITTEN);
  expect(again.out).toBe(`${eventId}  EXPANDED  1 endpoint  sent before\n`);
  const story = (await homing(["event", "get", eventId])).out;
  for (const part of ["deliveries", endpointId, HOOK, "order: 42", "x-shop: 7", `\n  ${WRITTEN}\n`])
    expect(story).toContain(part);
  expect((await homing(["event", "get", eventId, "-o", "json"])).out).toContain(`"body":${WRITTEN}`);
});

it("tells where an event would go, and sends nothing", async () => {
  const endpointId = await endpoint();
  const { out } = await homing(["event", "send", "a", "--sender", "acme", "-d", "1", "--dry-run"]);
  expect(out).toBe(`would go to 1 endpoint\n  ${endpointId}\n`);
  expect((await homing(["event", "list"])).err).toBe("Nothing.\n");
});

it("explains which endpoints got an event, and why the others did not", async () => {
  const got = await endpoint("-e", "invoice.*");
  const wrongType = await endpoint("-e", "user.*");
  const disabled = await endpoint("--state", "DISABLED");
  const { out } = await homing(["event", "explain", await sent()]);
  expect(out).toMatch(new RegExp(`^deliveries\\n {2}${got} {2}msg_\\w{26} {2}QUEUED {2}${HOOK}$`, "m"));
  expect(out).toMatch(new RegExp(`^skipped\\n {2}${disabled} {2}ENDPOINT_DISABLED$`, "m"));
  expect(out).toMatch(new RegExp(`^not matched\\n {2}${wrongType} {2}EVENT_TYPE$`, "m"));
});

it("lists events newest first, of one type, and those that went nowhere", async () => {
  const nowhere = await sent();
  api.clock.advance(1_000);
  await endpoint("-e", "invoice.*");
  const somewhere = await sent("-m", "order=42");
  const ids = async (...args: string[]) =>
    JSON.parse((await homing(["event", "list", "-o", "json", ...args])).out).map(
      ({ eventId }: { eventId: string }) => eventId,
    );
  expect(await ids()).toEqual([somewhere, nowhere]);
  expect(await ids("--sender", "acme", "--unmatched")).toEqual([nowhere]);
  expect(await ids("--type", "invoice.paid", "--limit", "1")).toEqual([somewhere]);
  expect(await ids("--type", "user.created")).toEqual([]);
  expect(await ids("--metadata", "order=42")).toEqual([somewhere]);
  expect((await homing(["event", "list", "--unmatched"])).out).toMatch(
    / {2}acme {2}invoice\.paid {2}0 endpoints\n$/,
  );
});

it("cancels what is not delivered yet of an event", async () => {
  await endpoint();
  expect((await homing(["event", "cancel", await sent()])).out).toBe("1 cancelled, 0 skipped\n");
});

describe("replays to an endpoint", () => {
  const replay = (endpointId: string, args: string[], typed?: string) =>
    homing(["endpoints", "replay", endpointId, ...args], "", typed);

  it("what it has missed, counted and asked for first", async () => {
    await sent();
    await sent();
    const endpointId = await endpoint();
    const missing = ["--include", "missing", "--since", "2026-01-01T00:00:00Z"];
    expect((await replay(endpointId, [...missing, "--dry-run"])).out).toBe(
      "2 missing events would be replayed\n",
    );
    const refused = await replay(endpointId, missing, "n");
    expect([refused.code, refused.err]).toEqual([
      1,
      "Replay 2 missing events? [y/N] Nothing was replayed.\n",
    ]);
    expect((await replay(endpointId, missing, "y")).out).toBe("2 replayed, 0 skipped\n");
    expect((await replay(endpointId, [...missing, "--yes"])).out).toBe("0 replayed, 0 skipped\n");
  });

  it.each([
    [["--since", "1h"], /--include: say failed, undelivered or missing/],
    [["--include", "lost", "--since", "1h"], /--include: say failed, undelivered or missing/],
    [["--include", "failed"], /--since is missing/],
  ])("not for %j", async (args, explanation) => {
    const { code, err } = await replay("ep_1", args);
    expect([code, err]).toEqual([2, expect.stringMatching(explanation)]);
  });
});

it.each([
  [["send"], /Event type is missing/],
  [["send", "a"], /Give one of --data, --text and --file/],
  [["get"], /Event id is missing/],
  [["list", "--since", "yesterday"], /neither a time/],
])("explains what is wrong with %j", async (args, explanation) => {
  const { code, out, err } = await homing(["event", ...args]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(explanation);
});
