import { MINUTE } from "@homing/core/duration";
import { DEFAULT_RUN_LIMITS } from "@homing/core/reconcile/reconcile";
import { countingStore } from "@homing/core/stats/counting-store";
import { buildEndpoint } from "@homing/core/testing/build-endpoint";
import { buildEvent, buildEventPayload } from "@homing/core/testing/build-event";
import { TestSystem } from "@homing/core/testing/test-system";
import { beforeEach, expect, it } from "vitest";
import type { ReconcilerServices } from "../services.ts";
import { createReconcilerHandler, type ReconcilerOptions } from "./reconciler.ts";

let system: TestSystem;
let waits: number[];
beforeEach(() => {
  system = new TestSystem();
  waits = [];
});

const wait = async (ms: number) => {
  waits.push(ms);
  system.clock.advance(ms);
};

const handler = (options: ReconcilerOptions) =>
  createReconcilerHandler(
    {
      ...system.deps,
      store: countingStore(system.store, { add: () => undefined }),
      counters: { flush: async () => undefined, keepQuarters: async () => undefined },
      shardMark: { highest: async () => system.store.shards },
    } as unknown as ReconcilerServices,
    options,
  );

/** An endpoint that has just been activated, and so many messages that were held for it. */
async function activated(held: number): Promise<string> {
  const endpoint = buildEndpoint({ draining: true, dueAt: system.clock.now() });
  const { endpointId } = endpoint;
  await system.endpoints.insert(endpoint);
  const event = buildEvent({ matched: [endpointId] });
  await system.events.putPayload(event, buildEventPayload(), event.expiresAt);
  for (let index = 0; index < held; index += 1) {
    const { eventId, eventType, requestHash } = event;
    const of = { eventId, eventType, requestHash, endpointId };
    await system.put({ ...of, pendingReason: "ENDPOINT_PAUSED", dueAt: system.clock.now() + MINUTE });
  }
  return endpointId;
}

it("releases what was held at 100 a second as long as a run may take, where runs are a minute apart", async () => {
  const endpointId = await activated(1_200);
  await handler({ wait })();
  expect(waits).toEqual([5_000, 5_000]);
  expect(await system.store.countHeld(endpointId, 10_000)).toBe(0);
});

it("ends in time, and leaves the rest to the next", async () => {
  const endpointId = await activated(1_200);
  await handler({ wait, limits: { ...DEFAULT_RUN_LIMITS, timeMs: 5_001 } })();
  expect(waits).toEqual([5_000]);
  expect(await system.store.countHeld(endpointId, 10_000)).toBe(200);
});

it("is one run where others follow soon", async () => {
  const endpointId = await activated(1_200);
  await handler({})();
  expect(await system.store.countHeld(endpointId, 10_000)).toBe(700);
});

it("tells for how long the endpoint has failed that has failed longest", async () => {
  const now = system.clock.now();
  const lastFailure = { at: now - MINUTE, messageId: "msg_1" };
  for (const failingSince of [now - 5 * MINUTE, now - 90 * MINUTE])
    await system.endpoints.insert(buildEndpoint({ failingSince, failures: 2, lastFailure }));
  await handler({})();
  expect(system.observer.count("OldestFailingSeconds")).toBe(90 * 60);
});

it("leaves what was held to others if it is told to", async () => {
  const endpointId = await activated(3);
  await handler({ limits: { ...DEFAULT_RUN_LIMITS, perEndpoint: 0 } })();
  expect(await system.store.countHeld(endpointId, 10_000)).toBe(3);
});
