import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadLocalSettings } from "../local-settings.ts";
import { type Stack, startStack } from "../stack.ts";
import { demoApi } from "./demo-api.ts";
import { demoEndpoints } from "./demo-event.ts";
import { type DemoTarget, startDemoTarget } from "./demo-target.ts";
import { burst } from "./run-demo.ts";

const KEY = "an operator key for the demo's test";

/** Of attempts: how many there have been by now is a matter of time. */
const isSome = (count: number) => count > 0;

it("knows an installation whose queue cannot be cut off, and says nothing of it", async () => {
  const server = createServer((_, response) => void response.writeHead(404).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await demoApi(`http://127.0.0.1:${port}`, KEY).cutQueue(1)).toBe(false);
  server.closeAllConnections();
  server.close();
});

describe("the demo", () => {
  let stack: Stack;
  let target: DemoTarget;

  beforeAll(async () => {
    stack = await startStack(
      loadLocalSettings({
        PORT: "0",
        HOMING_DATA_DIR: "memory",
        HOMING_OPERATOR_KEY: KEY,
        HOMING_SEND_BUDGET: "300ms",
      }),
    );
    target = await startDemoTarget();
  });
  afterAll(async () => {
    await target.close();
    await stack.stop();
  });

  const list = async (query: string) => {
    const response = await fetch(`${stack.url}/v1/messages?limit=100&${query}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    return ((await response.json()) as { items: Record<string, unknown>[] }).items;
  };
  const some = (query: string, found: object = {}) =>
    expect
      .poll(() => list(query), { timeout: 15_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining(found)]));

  it("leaves messages of every outcome, some of them rolled back by a queue that does not answer", async () => {
    const said: string[] = [];
    await burst({
      api: demoApi(stack.url, KEY),
      target,
      now: Date.now,
      pause: async () => undefined,
      isOver: () => true,
      say: (line) => said.push(line),
    });
    expect(said.at(-1)).toMatch(/^The queue is cut off for 25 s/);
    await some("rolledBack=true", { pendingReason: "SEND_FAILED" });
    await some("status=COMPLETED");
    await some("status=CANCELLED");
    await some("status=PENDING", { pendingReason: "SCHEDULED" });
    await some("status=FAILED", { failureReason: "TARGET_REJECTED" });
    await some("target=127.0.0.1:1", { attemptCount: expect.toSatisfy(isSome) });
  });

  it("leaves a lane that is held up by a target that is down, and one that is blocked", async () => {
    const lane = async (key: string) => {
      const response = await fetch(`${stack.url}/v1/lanes/${key}?senderId=ledger`, {
        headers: { authorization: `Bearer ${KEY}` },
      });
      return response.json();
    };
    await expect
      .poll(() => lane("account-refused"), { timeout: 15_000 })
      .toMatchObject({ state: "BLOCKED", waiting: 5 });
    await expect
      .poll(() => lane("account-17"), { timeout: 15_000 })
      .toMatchObject({ head: { attemptCount: expect.toSatisfy(isSome) }, waiting: 5 });
  });

  it("leaves events that went to endpoints of every kind, and some that went nowhere", async () => {
    const ask = async (path: string) => {
      const response = await fetch(`${stack.url}${path}`, { headers: { authorization: `Bearer ${KEY}` } });
      return ((await response.json()) as { items: Record<string, unknown>[] }).items;
    };
    expect(await ask("/v1/events?matched=none&senderId=cus_globex")).not.toEqual([]);
    const endpoints = () => ask("/v1/endpoints?senderId=cus_acme");
    await expect
      .poll(endpoints, { timeout: 15_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ state: "ACTIVE" }),
          expect.objectContaining({ state: "PAUSED" }),
          expect.objectContaining({ state: "DISABLED", stateReason: "REQUESTED" }),
          expect.objectContaining({ state: "DISABLED", stateReason: "GONE" }),
        ]),
      );
    const search = (await endpoints()).find(({ description }) => description === "Search index");
    // What it waits for is the schedule's, or the queue's, which is cut off meanwhile.
    await some(`endpointId=${search?.endpointId}`, { responseStatus: 500 });
  });

  it("that is run again tells its endpoints where they are now, and registers none twice", async () => {
    const api = demoApi(stack.url, KEY);
    const [endpoint] = demoEndpoints({ ...target, url: "http://127.0.0.1:9" });
    if (endpoint) await api.register(endpoint);
    const response = await fetch(`${stack.url}/v1/endpoints?senderId=cus_acme`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const { items } = (await response.json()) as { items: { url: string; metadata: { demo: string } }[] };
    expect(items.filter(({ metadata }) => metadata.demo === "shop")).toMatchObject([
      { url: "http://127.0.0.1:9/orders/hooks" },
    ]);
  });

  it("only an operator can cut the queue off, and not for long", async () => {
    const cut = (key: string, seconds: number) =>
      fetch(`${stack.url}/local/queue-outage?seconds=${seconds}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
      }).then(({ status }) => status);
    expect(await cut("not the operator's key, really not", 1)).toBe(403);
    expect(await cut(KEY, 3_600)).toBe(400);
    expect(await cut(KEY, 1)).toBe(204);
  });

  it("says in one line that there is nothing to talk to", async () => {
    await expect(demoApi("http://127.0.0.1:1", KEY).check()).rejects.toThrow(
      "There is no Homing at http://127.0.0.1:1: run npm start first, in another terminal.",
    );
  });
});
