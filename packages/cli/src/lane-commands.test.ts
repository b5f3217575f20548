import { stepOf } from "@homing/core/testing/journey";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
  // The command line knows one way to the API.
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const ENV = { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY };
const homing = (...args: string[]) => runInProcess(HOMING, args, ENV);
const send = async (...args: string[]) => {
  const ordered = ["--sender", "acme", "--ordering-key", "order-1"];
  const { out } = await homing("send", "https://example.com/hook", ...ordered, ...args);
  return /msg_\w{26}/.exec(out)?.[0] ?? "";
};

async function fail(messageId: string): Promise<void> {
  for (const name of ["claim", "fail"] as const) {
    const message = await api.store.get(messageId);
    if (message) await api.store.apply(messageId, stepOf(name, message));
  }
}

it("sends in order, shows what holds it up, and skips it", async () => {
  const first = await send("--after-failure", "block");
  const second = await send();
  expect((await homing("get", second)).out).toContain(`${first}, 1 ahead`);
  await fail(first);
  const { code, out } = await homing("lane", "order-1", "--sender", "acme");
  expect(code).toBe(0);
  for (const part of ["BLOCKED", "acme  order-1", first, "1 waiting", "FAILED"]) expect(out).toContain(part);
  expect((await homing("skip", first)).out).toBe(`${first}  FAILED\n`);
  expect((await homing("list", "--sender", "acme", "--ordering-key", "order-1", "--json")).out).toContain(
    second,
  );
  // Whoever knows part of an id finds it among others.
  const byPart = (await homing("list", "--id-part", second.slice(-9).toLowerCase(), "--json")).out;
  expect([byPart.includes(second), byPart.includes(first)]).toEqual([true, false]);
  expect((await homing("retry", first)).out).toContain("at the end of its line");
});

it("lists what does not move", async () => {
  expect((await homing("lanes")).err).toBe("Nothing.\n");
  const first = await send("--after-failure", "block");
  await send();
  await fail(first);
  const place = first.slice("msg_".length);
  await api.lanes.mark({ senderId: "acme", orderingKey: "order-1" }, place, {
    state: "BLOCKED",
    since: api.clock.now(),
  });
  expect((await homing("lanes")).out).toMatch(/^BLOCKED +acme +order-1 .* 1 waiting\n$/);
  expect((await homing("lanes", "--sender", "globex")).err).toBe("Nothing.\n");
});

it("says what was wrong: a word that is none, a key without its sender", async () => {
  const wrong = await homing(
    "send",
    "https://example.com/",
    "--ordering-key",
    "k",
    "--after-failure",
    "stop",
  );
  expect([wrong.code, wrong.err]).toEqual([expect.any(Number), expect.stringContaining("after")]);
  const { code, err } = await homing("lane", "order-1");
  expect([code, err]).toEqual([1, expect.stringContaining("senderId")]);
});
