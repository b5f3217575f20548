import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

let api: MemoryApi;
/** Two are QUEUED, and one is PENDING until its time. */
beforeEach(async () => {
  api = createMemoryApi();
  // The command line knows one way to the API.
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  for (const json of [
    { targetUrl: "https://example.com/hook" },
    { targetUrl: "https://example.org/hook" },
    { targetUrl: "https://example.com/hook", deliverAt: "2026-11-23T12:00:00Z" },
  ])
    await api.call("POST", "/v1/messages", { json });
  return () => vi.unstubAllGlobals();
});

const homing = (args: string[], typed?: string) =>
  runInProcess(HOMING, args, { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY }, "", typed);
const counts = async () => (await api.call("GET", "/v1/stats")).body.counts;

it("counts and asks before it cancels all that waits, and does so if the answer is yes", async () => {
  const { code, out, err } = await homing(["cancel", "--all"], "yes");
  expect([code, out, err]).toEqual([0, "3 cancelled, 0 skipped\n", "Cancel 3 waiting messages? [y/N] "]);
  expect(await counts()).toMatchObject({ PENDING: 0, QUEUED: 0, CANCELLED: 3 });
});

it("cancels nothing if the answer is no", async () => {
  const { code, out, err } = await homing(["cancel", "--all"], "n");
  expect([code, out, err]).toEqual([1, "", "Cancel 3 waiting messages? [y/N] Nothing was cancelled.\n"]);
  expect(await counts()).toMatchObject({ PENDING: 1, QUEUED: 2, CANCELLED: 0 });
});

it("says how many it would cancel where nobody can be asked, and does not", async () => {
  const { code, out, err } = await homing(["cancel", "--all", "--status", "queued"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(
    /^homing cancel: This would cancel 2 QUEUED messages; --yes does so without asking\.\n/,
  );
  expect(await counts()).toMatchObject({ CANCELLED: 0 });
});

it("counts alone with --dry-run", async () => {
  expect((await homing(["cancel", "--all", "--dry-run"])).out).toBe(
    "3 waiting messages would be cancelled\n",
  );
  const json = ["--json", "--status", "PENDING"];
  expect(JSON.parse((await homing(["cancel", "--all", "--dry-run", ...json])).out)).toEqual({ matching: 1 });
  expect(await counts()).toMatchObject({ CANCELLED: 0 });
});

it("cancels those alone that match, of one status alone if it is named", async () => {
  const cancelled = async (...filter: string[]) =>
    JSON.parse((await homing(["cancel", "--all", "--yes", "--json", ...filter])).out);
  expect(await cancelled("--target", "nobody.example")).toEqual({ cancelled: 0, skipped: 0 });
  expect(await cancelled("--status", "PENDING", "--target", "example.org")).toEqual({
    cancelled: 0,
    skipped: 0,
  });
  expect(await cancelled("--status", "PENDING")).toEqual({ cancelled: 1, skipped: 0 });
  expect(await cancelled("--target", "example.com")).toEqual({ cancelled: 1, skipped: 0 });
  expect(await counts()).toMatchObject({ PENDING: 0, QUEUED: 1, CANCELLED: 2 });
});
