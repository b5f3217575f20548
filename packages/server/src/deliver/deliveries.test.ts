import { setImmediate } from "node:timers/promises";
import type { QueueRecord, RecordResult } from "@homing/core/queue/queue-record";
import { beforeEach, expect, it } from "vitest";
import type { HandedCopy } from "../sqlite/sqlite-message-queue.ts";
import { startDeliveries } from "./deliveries.ts";

/** A queue that hands out what it is given. */
class TestQueue {
  onReady: () => void = () => undefined;
  readonly waiting: HandedCopy[] = [];
  readonly ended: string[] = [];

  push(...bodies: string[]): void {
    for (const body of bodies)
      this.waiting.push({ number: this.waiting.length, groupId: "a", record: { body } });
    this.onReady();
  }
  take(): HandedCopy | undefined {
    return this.waiting.shift();
  }
  done({ record }: HandedCopy): void {
    this.ended.push(`${record.body} done`);
  }
  giveBack({ record }: HandedCopy): void {
    this.ended.push(`${record.body} given back`);
  }
}

let queue: TestQueue;
let underWay: Map<string, (result: RecordResult) => void>;
let remaining: () => number;
const deliver = ({ body }: QueueRecord, remainingMs: () => number) => {
  remaining = remainingMs;
  if (body === "broken") throw new Error("a bug");
  return new Promise<RecordResult>((resolve) => underWay.set(body, resolve));
};

beforeEach(() => {
  queue = new TestQueue();
  underWay = new Map();
});

it("delivers what is there and what comes, and tells the queue of each what became of it", async () => {
  const errors: unknown[] = [];
  queue.push("a");
  const deliveries = startDeliveries({ queue, deliver, drainMs: 1, onError: (error) => errors.push(error) });
  queue.push("b", "broken", "c");
  expect([...underWay.keys()]).toEqual(["a", "b", "c"]);
  underWay.get("b")?.("done");
  underWay.get("a")?.("return");
  await setImmediate();
  expect(queue.ended.sort()).toEqual(["a given back", "b done", "broken given back"]);
  expect(errors).toHaveLength(1);
  underWay.get("c")?.("done");
  await deliveries.stop();
});

it("begins a few at a time when many may, so that nobody waits for all of them", async () => {
  queue.push(...Array.from({ length: 20 }, (_, number) => `m${number}`));
  const deliveries = startDeliveries({ queue, deliver, drainMs: 1, onError: () => undefined });
  expect(underWay.size).toBe(8);
  await setImmediate();
  await setImmediate();
  await setImmediate();
  expect([...underWay.keys()]).toEqual(Array.from({ length: 20 }, (_, number) => `m${number}`));
  for (const end of underWay.values()) end("done");
  await deliveries.stop();
});

it("takes nothing more once it is to stop, tells those under way how long they have, and waits for them", async () => {
  let now = 0;
  const deliveries = startDeliveries({
    queue,
    deliver,
    drainMs: 30_000,
    onError: () => undefined,
    nowMs: () => now,
  });
  queue.push("a");
  expect(remaining()).toBe(Number.POSITIVE_INFINITY);
  let isStopped = false;
  const stopping = deliveries.stop().then(() => {
    isStopped = true;
  });
  now = 1_000;
  expect(remaining()).toBe(29_000);
  queue.push("b");
  await setImmediate();
  expect([isStopped, [...underWay.keys()]]).toEqual([false, ["a"]]);
  underWay.get("a")?.("done");
  await stopping;
  expect(queue.ended).toEqual(["a done"]);
  expect(queue.waiting).toHaveLength(1);
});
