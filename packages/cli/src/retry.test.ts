import { stepOf } from "@homing/core/testing/journey";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = createMemoryApi();
  // The command line knows one way to the API.
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  for (const host of ["example.com", "example.com", "example.org"]) await failed(`https://${host}/hook`);
  return () => vi.unstubAllGlobals();
});

async function failed(targetUrl: string): Promise<void> {
  const { messageId } = (await api.call("POST", "/v1/messages", { json: { targetUrl } })).body;
  for (const step of ["claim", "fail"] as const) {
    const message = await api.store.get(messageId);
    if (message) await api.store.apply(messageId, stepOf(step, message));
  }
}

const homing = (args: string[], typed?: string) =>
  runInProcess(HOMING, args, { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY }, "", typed);
const failures = async () => (await api.call("GET", "/v1/stats")).body.counts.FAILED;

it("counts and asks before it retries many, and does so if the answer is yes", async () => {
  const { code, out, err } = await homing(["retry", "--all"], "y");
  expect([code, out]).toEqual([0, "3 retried, 0 skipped\n"]);
  expect(err).toMatch(/^Retry 3 failed messages\? \[y\/N\] $/);
});

it.each(["", "n", "no", "yesterday", "y y"])("retries nothing if the answer is %j", async (typed) => {
  const { code, out, err } = await homing(["retry", "--all"], typed);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("Nothing was retried.");
  expect(await failures()).toBe(3);
});

it("says how many it would retry where nobody can be asked, and does not", async () => {
  const { code, out, err } = await homing(["retry", "--all", "--target", "example.com"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/^homing retry: This would retry 2 failed messages; --yes does so without asking\.\n/);
  expect(await failures()).toBe(3);
});

it("asks nothing with --yes, and nothing if there is nothing to do", async () => {
  expect((await homing(["retry", "--all", "--target", "nobody.example"])).out).toBe("0 retried, 0 skipped\n");
  expect((await homing(["retry", "--all", "--target", "example.org", "--yes"])).out).toBe(
    "1 retried, 0 skipped\n",
  );
  expect((await homing(["retry", "--all", "-y"])).out).toBe("2 retried, 0 skipped\n");
});

it("counts alone with --dry-run", async () => {
  const { code, out } = await homing(["retry", "--all", "--dry-run"]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^3 failed messages would be retried\n$/)]);
  const json = await homing(["retry", "--all", "--dry-run", "--json", "--target", "example.org"]);
  expect(JSON.parse(json.out)).toEqual({ matching: 1 });
  expect(await failures()).toBe(3);
});

it("takes the filters of the API: by reason, and by what the target answered", async () => {
  const count = async (...filter: string[]) =>
    JSON.parse((await homing(["retry", "--all", "--dry-run", "--json", ...filter])).out).matching;
  const [{ failureReason }] = (await api.call("GET", "/v1/messages?status=FAILED")).body.items;
  expect(await count("--failure-reason", failureReason.toLowerCase())).toBe(3);
  expect(await count("--failure-reason", "EXPIRED")).toBe(0);
  expect(await count("--response-status", "418")).toBe(0);
  const unknown = await homing(["retry", "--all", "--dry-run", "--failure-reason", "BAD_LUCK"]);
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("failureReason: must be one of")]);
  const { code } = await homing(["list", "--response-status", "5xx"]);
  expect(code).toBe(2);
});

it("resolves what has been dealt with, one or all, and retries none of it", async () => {
  const [first] = (await api.call("GET", "/v1/messages?status=FAILED&target=example.org")).body.items;
  expect((await homing(["resolve", first.messageId])).out).toBe(`${first.messageId}  FAILED\n`);
  expect((await homing(["resolve", "--all", "--target", "example.com"], "y")).out).toBe(
    "2 resolved, 0 skipped\n",
  );
  expect((await homing(["retry", "--all", "-y"])).out).toBe("0 retried, 0 skipped\n");
  expect((await homing(["resolve", "--all", "--dry-run"])).out).toBe("0 failed messages would be resolved\n");
});
