import { describe, expect, it } from "vitest";
import { retry } from "../operate/operate.ts";
import { resolve } from "../operate/resolve.ts";
import { stepOf } from "../testing/journey.ts";
import { TestSystem } from "../testing/test-system.ts";
import { countingStore } from "./counting-store.ts";
import { MemoryCounters } from "./memory-counters.ts";
import { stats } from "./stats.ts";

function counted() {
  const system = new TestSystem();
  const counters = new MemoryCounters(system.clock);
  const store = countingStore(system.store, counters);
  return { system, store, deps: { ...system.deps, settings: system.settings, store, counters } };
}

describe("the numbers of the overview", () => {
  it("a failed message that is retried is failed no more, and its failure stays in its minute", async () => {
    const { system, store, deps } = counted();
    const message = await system.put();
    for (const step of ["claim", "fail"] as const) {
      await store.apply(message.messageId, stepOf(step, await system.read(message.messageId)));
    }
    expect((await stats(deps)).counts.FAILED).toBe(1);
    await retry(deps, await system.read(message.messageId), "call-2");
    const { counts, perMinute } = await stats(deps);
    expect(counts.FAILED).toBe(0);
    expect(perMinute.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
    expect(Math.min(...perMinute.map(({ failed }) => failed))).toBe(0);
  });

  it("a failed message that was resolved is counted no more, nor twice if it is retried then", async () => {
    const { system, store, deps } = counted();
    const [resolved, other] = [await system.put(), await system.put()];
    for (const step of ["claim", "fail"] as const)
      for (const { messageId } of [resolved, other])
        await store.apply(messageId, stepOf(step, await system.read(messageId)));
    await resolve(deps, await system.read(resolved.messageId), "call-2");
    expect((await stats(deps)).counts.FAILED).toBe(1);
    await retry(deps, await system.read(resolved.messageId), "call-3");
    const { counts, perMinute } = await stats(deps);
    expect(counts.FAILED).toBe(1);
    expect(perMinute.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
  });

  it("come without the queue's own while the queue does not answer, instead of not at all", async () => {
    const { system, deps } = counted();
    await system.put();
    expect(await stats(deps)).toMatchObject({ queue: { visible: 0 }, deadLetters: 0 });
    const silent = async () => Promise.reject(new Error("no answer"));
    const queue = Object.assign(Object.create(deps.queue), { depth: silent, deadLetters: silent });
    const numbers = await stats({ ...deps, queue });
    expect(numbers).not.toHaveProperty("queue");
    expect(numbers).not.toHaveProperty("deadLetters");
    expect(numbers.counts.PENDING).toBe(1);
  });
});
