import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadLocalSettings } from "../local-settings.ts";
import { type Stack, startStack } from "../stack.ts";
import { demoApi } from "./demo-api.ts";
import { type DemoTarget, startDemoTarget } from "./demo-target.ts";
import { burst } from "./run-demo.ts";

const KEY = "an operator key for the demo's test";

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
    await burst({
      api: demoApi(stack.url, KEY),
      target,
      now: Date.now,
      pause: async () => undefined,
      isOver: () => true,
      say: () => undefined,
    });
    await some("rolledBack=true", { pendingReason: "SEND_FAILED" });
    await some("status=COMPLETED");
    await some("status=CANCELLED");
    await some("status=PENDING", { pendingReason: "SCHEDULED" });
    await some("status=FAILED", { failureReason: "TARGET_REJECTED" });
    await some("target=127.0.0.1:1", { attemptCount: 1 });
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
