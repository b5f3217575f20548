import { stepOf } from "@homing/core/testing/journey";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it, vi } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => api.app.fetch(new Request(input, init)));
  return () => vi.unstubAllGlobals();
});

const ENV = { HOMING_URL: "http://homing.test", HOMING_KEY: OPERATOR_KEY };
const homing = (...args: string[]) => runInProcess(HOMING, args, ENV);

async function sendTo(url: string, ...way: ("claim" | "fail" | "completeFirst")[]): Promise<void> {
  const { out } = await homing("send", url, "--sender", "acme");
  const messageId = /msg_\w{26}/.exec(out)?.[0] ?? "";
  for (const name of way) {
    const message = await api.store.get(messageId);
    if (message) await api.store.apply(messageId, stepOf(name, message));
  }
}

it("shows the failing host first, what it answered, and of what all of it is told", async () => {
  await sendTo("https://fine.example/hook", "claim", "completeFirst");
  await sendTo("https://down.example/hook", "claim", "fail");
  api.clock.advance(600_000);
  const { code, out, err } = await homing("targets");
  expect(code).toBe(0);
  const [first, second] = out.split("\n");
  expect(first).toMatch(/^FAILING +down\.example +0\.0% of 1 .*1 failed, 0 to repeat .*since .*1 in a row/);
  expect(second).toMatch(/^OK +fine\.example +100\.0% of 1/);
  expect(err).toMatch(/^Told of the newest 2 messages since /);
});

it("does not say OK of a target whose last attempt failed, although it does not fail for long yet", async () => {
  await sendTo("https://down.example/hook", "claim", "fail");
  expect((await homing("targets")).out).toMatch(/^LAST FAILED +down\.example +0\.0% of 1 /);
});

it("answers the whole document to whoever wants JSON, and of one sender its own", async () => {
  await sendTo("https://fine.example/hook");
  const { out } = await homing("targets", "--json");
  expect(JSON.parse(out)).toMatchObject({ items: [{ target: "fine.example" }], omitted: 0 });
  expect(JSON.parse((await homing("targets", "--sender", "globex", "--json")).out).items).toEqual([]);
});
