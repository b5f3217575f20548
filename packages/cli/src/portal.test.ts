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
const portal = (...args: string[]) => runInProcess(HOMING, ["portal", ...args], ENV);

it("prints a link that lets its holder in as the sender, and until when", async () => {
  const { code, out, err } = await portal("acme", "--expires-in", "2h");
  expect([code, out]).toEqual([0, expect.stringMatching(/^http:\/\/homing\.test\/portal#key=hk_\w+\n$/)]);
  expect(err).toBe("Whoever has it is in, until 2026-11-22T14:00:00.000Z. It is shown this once.\n");
  const key = out.trim().split("#key=")[1] ?? "";
  expect((await api.call("GET", "/v1/keys/self", { key })).body).toMatchObject({ senderId: "acme" });
});

it("prints it as JSON for scripts, and nothing beside it", async () => {
  const { out, err } = await portal("acme", "--json");
  expect(JSON.parse(out)).toEqual({ url: expect.any(String), expiresAt: "2026-11-22T13:00:00.000Z" });
  expect(err).toBe("");
});

it("needs a sender, and a time that it can be made for", async () => {
  expect((await portal()).code).toBe(2);
  const { code, err } = await portal("acme", "--expires-in", "8d");
  expect([code, err]).toEqual([1, expect.stringContaining("1m to 7d")]);
});
