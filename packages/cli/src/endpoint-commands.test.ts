import { failing } from "@homing/core/endpoint/health-change";
import { HEALTH_POLICY } from "@homing/core/endpoint/health-policy";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

const HOOK = "https://example.com/hook";
/** Of the examples of https://github.com/standard-webhooks/standard-webhooks. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
  // The command line knows one way to the API.
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const ENV = { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY };
const endpoints = (args: string[], stdin = "", typed?: string) =>
  runInProcess(HOMING, ["endpoints", ...args], ENV, stdin, typed);
const created = async (...args: string[]) =>
  JSON.parse((await endpoints(["create", HOOK, "--json", ...args])).out);

it("registers an endpoint with all that it can have, and says how its secret is seen", async () => {
  const options = ["--sender", "acme", "-e", "invoice.*", "-e", "user.created", "--channel", "eu"];
  const others = ["-H", "x-shop: 7", "-m", "order=42", "--description", "billing", "--svix-headers"];
  const { code, out, err } = await endpoints([
    "create",
    HOOK,
    ...options,
    ...others,
    "--rate-limit",
    "100/1m",
  ]);
  const endpointId = /^ep_\w{26}/.exec(out)?.[0] ?? "";
  expect([code, out]).toEqual([0, `${endpointId}  acme  ACTIVE  ${HOOK}  invoice.*,user.created  billing\n`]);
  expect(err).toBe(`homing endpoints secret ${endpointId} shows what its receiver verifies with.\n`);
  expect((await api.call("GET", `/v1/endpoints/${endpointId}`)).body).toMatchObject({
    senderId: "acme",
    channels: ["eu"],
    headers: { "x-shop": "7" },
    metadata: { order: "42" },
    svixHeaders: true,
    rateLimit: { count: 100, period: "1m" },
  });
  const story = (await endpoints(["get", endpointId])).out;
  for (const part of ["channels", "x-shop: 7", "order: 42", "generation 1", "100/1m"])
    expect(story).toContain(part);
});

it("takes a secret that is brought along from standard input alone", async () => {
  const { out } = await endpoints(["create", HOOK, "--secret-stdin", "--json"], `${SECRET}\n`);
  const { endpointId } = JSON.parse(out);
  expect((await endpoints(["secret", endpointId])).out).toBe(`${SECRET}\n`);
  const empty = await endpoints(["create", HOOK, "--secret-stdin"]);
  expect([empty.code, empty.err]).toEqual([2, expect.stringContaining("standard input is empty")]);
});

it("lists endpoints in columns, newest first, of one sender or in one state", async () => {
  const first = await created("--sender", "a");
  api.clock.advance(1_000);
  const second = await created("--sender", "globex", "--state", "disabled", "-e", "user.created");
  expect((await endpoints(["list"])).out.split("\n")).toEqual([
    `${second.endpointId}  globex  DISABLED  ${HOOK}  user.created`,
    `${first.endpointId}  a       ACTIVE    ${HOOK}  all events`,
    "",
  ]);
  const ids = async (...args: string[]) =>
    JSON.parse((await endpoints(["list", "-o", "json", ...args])).out).map(
      ({ endpointId }: { endpointId: string }) => endpointId,
    );
  expect(await ids("--sender", "a")).toEqual([first.endpointId]);
  expect(await ids("--state", "DISABLED")).toEqual([second.endpointId]);
  expect(await ids("--limit", "1")).toEqual([second.endpointId]);
  expect(await ids("--sender", "nobody")).toEqual([]);
  expect((await endpoints(["list", "--sender", "nobody"])).err).toBe("Nothing.\n");
});

it("shows which endpoints fail, since when, and what came of the last attempt", async () => {
  const well = await created("--sender", "acme");
  const { endpointId } = await created("--sender", "acme", "--description", "down");
  const now = api.clock.now();
  const since = new Date(now).toISOString();
  const store = api.dependencies.endpoints;
  const read = await store.get("acme", endpointId);
  expect(read).toBeDefined();
  if (read === undefined) return;
  const failure = { at: now, messageId: "msg_1", responseStatus: 502 };
  const occasion = { now, token: "t" };
  await store.change(read, failing(read, { since: now, count: 3, failure }, occasion, HEALTH_POLICY));

  const line = `${endpointId}  acme  ACTIVE  FAILING  ${HOOK}  all events  down`;
  expect((await endpoints(["list", "--health", "failing"])).out).toBe(`${line}\n`);
  expect((await endpoints(["list", "--health", "OK"])).out).toContain(well.endpointId);
  const [first, ...story] = (await endpoints(["get", endpointId])).out.split("\n");
  expect(first).toBe(line);
  expect(story).toContain(`failing since        ${since}, failures: 3`);
  expect(story).toContain(`last failure         ${since}  msg_1  502`);
});

it("changes what is named, takes away what is unset, and leaves the rest", async () => {
  const { endpointId } = await created(
    "-H",
    "x-a: 1",
    "-H",
    "x-b: 2",
    "-m",
    "n=1",
    "-e",
    "old",
    "--channel",
    "c",
  );
  const changes = ["--to", "https://example.org/", "-e", "new", "--description", "d", "-H", "x-c: 3"];
  const { code } = await endpoints(["update", endpointId, ...changes]);
  expect(code).toBe(0);
  const unset = ["description", "header.x-a", "metadata.n", "channels"].flatMap((name) => ["--unset", name]);
  const { out } = await endpoints(["update", endpointId, "--json", ...unset]);
  const changed = JSON.parse(out);
  expect(changed).toMatchObject({
    url: "https://example.org/",
    eventTypes: ["new"],
    headers: { "x-b": "2", "x-c": "3" },
  });
  for (const name of ["description", "channels"]) expect(changed).not.toHaveProperty(name);
  expect(changed.metadata ?? {}).toEqual({});
});

it("sets a rate limit and takes it away, and says what is none", async () => {
  const { endpointId } = await created("--rate-limit", "100/1m");
  const update = async (...args: string[]) =>
    JSON.parse((await endpoints(["update", endpointId, "--json", ...args])).out);
  expect((await update("--rate-limit", "5/1s")).rateLimit).toEqual({ count: 5, period: "1s" });
  expect(await update("--unset", "rate-limit")).not.toHaveProperty("rateLimit");
  const wrong = await endpoints(["update", endpointId, "--rate-limit", "fast"]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("such as 100/1m")]);
  const refused = await endpoints(["update", endpointId, "--rate-limit", "0/1m"]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("at least 1")]);
});

it("pauses, disables and activates", async () => {
  const { endpointId } = await created();
  expect((await endpoints(["pause", endpointId])).out).toContain("  PAUSED  ");
  expect((await endpoints(["disable", endpointId])).out).toContain("  DISABLED  ");
  expect((await endpoints(["activate", endpointId])).out).toContain("  ACTIVE  ");
});

it("rotates the secret, and keeps the old one for as long as it is told", async () => {
  const { endpointId } = await created();
  const old = (await endpoints(["secret", endpointId])).out.trim();
  const { out } = await endpoints(["rotate", endpointId, "--grace", "2h"]);
  const until = new Date(api.clock.now() + 7_200_000).toISOString();
  expect(out).toMatch(/^whsec_\S+\nwhsec_/);
  expect(out.split("\n")[1]).toBe(`${old}  until ${until}`);
  expect((await endpoints(["rotate", endpointId, "--secret-stdin"], SECRET)).out.split("\n")[0]).toBe(SECRET);
});

it("tries an endpoint with an event of its own", async () => {
  const { endpointId } = await created("--state", "DISABLED");
  const { out, err } = await endpoints([
    "test",
    endpointId,
    "--event-type",
    "shop.opened",
    "-d",
    '{"n":1.0}',
  ]);
  const [, eventId = "", messageId = ""] = /^(evt_\w{26}) {2}(msg_\w{26})\n$/.exec(out) ?? [];
  expect(err).toBe(`homing get ${messageId} shows what the endpoint answered.\n`);
  const { text } = await api.call("GET", `/v1/events/${eventId}`);
  expect(text).toContain('"body":{"n":1.0}');
});

describe("delete", () => {
  it.each([
    ["y", 0, "DELETED", "Delete endpoint"],
    ["n", 1, "", "Nothing was deleted."],
  ])("asks, and takes %s for an answer", async (typed, code, said, hint) => {
    const { endpointId } = await created();
    const ended = await endpoints(["delete", endpointId], "", typed);
    expect(ended.code).toBe(code);
    expect(ended.out).toContain(said);
    expect(ended.err).toContain(hint);
    const { status } = await api.call("GET", `/v1/endpoints/${endpointId}`);
    expect(status).toBe(code === 0 ? 404 : 200);
  });

  it("deletes nothing where nobody can be asked, but with --yes", async () => {
    const { endpointId } = await created();
    const { code, err } = await endpoints(["delete", endpointId]);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`This would delete endpoint ${endpointId}; --yes`),
    ]);
    expect((await endpoints(["delete", endpointId, "--yes"])).out).toBe(`${endpointId}  DELETED\n`);
  });
});

describe("a wrong command line is explained", () => {
  it.each<[string, string[], RegExp]>([
    ["no command", [], /homing endpoints create/],
    ["a command nobody knows", ["crate"], /homing endpoints: there is no "crate"/],
    ["no URL", ["create"], /URL is missing/],
    ["a state nobody knows", ["create", HOOK, "--state", "asleep"], /none of ACTIVE, PAUSED, DISABLED/],
    ["nothing to change", ["update", "ep_1"], /Nothing is to be changed/],
    ["a health nobody knows", ["list", "--health", "ill"], /none of OK, FAILING/],
    ["an option nobody knows", ["get", "ep_1", "--wait"], /Unknown option '--wait'\.\n/],
    [
      "what cannot be taken away",
      ["update", "ep_1", "--unset", "url"],
      /--unset: "url" is none of description/,
    ],
    ["half of what can", ["update", "ep_1", "--unset", "header"], /--unset: "header" is none of/],
    ["no endpoint", ["get"], /Endpoint id is missing/],
  ])("%s", async (_, args, explanation) => {
    const { code, out, err } = await endpoints(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(explanation);
  });
});

it("sends no key to the host of an endpoint whose URL somebody means to change by --url", async () => {
  const called = vi.fn<typeof fetch>();
  vi.stubGlobal("fetch", called);
  const { code, err } = await endpoints([
    "update",
    "ep_1",
    "--url",
    "https://customer.example/",
    "-e",
    "new",
  ]);
  expect([code, err]).toEqual([2, expect.stringContaining("--to URL says where its events are delivered")]);
  expect(called).not.toHaveBeenCalled();
  expect((await endpoints(["update", "--help"])).out).not.toContain("--url");
});

it("explains itself, as a whole and command by command", async () => {
  const all = await endpoints(["--help"]);
  expect([all.code, all.out]).toEqual([
    0,
    expect.stringContaining("  homing endpoints update    Change an endpoint\n"),
  ]);
  expect((await endpoints(["update", "--help"])).out).toContain("--unset F");
  expect((await runInProcess(HOMING, ["--help"], ENV)).out).toMatch(
    /^ {2}homing endpoints +Manages endpoints/m,
  );
});
