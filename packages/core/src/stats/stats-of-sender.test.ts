import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../duration.ts";
import type { Message } from "../message/message.ts";
import type { MessageStore } from "../store/message-store.ts";
import { buildMessage } from "../testing/build-message.ts";
import { type StepName, stepOf } from "../testing/journey.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { statsOfSender } from "./stats-of-sender.ts";

/** A system that remembers which messages were read, and whatever else was asked of the storage. */
function watched() {
  const system = new TestSystem({ reconcileIntervalMs: MINUTE });
  const read: Message[] = [];
  const asked = new Set<PropertyKey>();
  const store = new Proxy(system.store, {
    get(inner, name: keyof MessageStore) {
      if (name === "shards") return inner.shards;
      asked.add(name);
      if (name !== "getMany") return inner[name].bind(inner);
      return async (ids: readonly string[]) => {
        const messages = await inner.getMany(ids);
        read.push(...messages);
        return messages;
      };
    },
  });
  const numbers = () => statsOfSender({ ...system.deps, settings: system.settings, store }, "acme");
  return { system, read, asked, numbers };
}

/** Stores a message that has come this way; the time is what it is. */
async function put({ store }: TestSystem, over: Partial<Message>, ...way: StepName[]): Promise<void> {
  let message = buildMessage(over);
  await store.insert(message);
  for (const step of way) {
    const { message: next } = await store.apply(message.messageId, stepOf(step, message));
    if (next) message = next;
  }
}

describe("one sender's numbers", () => {
  it("are all there, whatever backlog others have, and no message of theirs is read", async () => {
    const { system, read, asked, numbers } = watched();
    for (let count = 0; count < 10_500; count += 1)
      await system.store.insert(buildMessage({ senderId: "flood", dueAt: NOON - MINUTE }));
    await put(system, {});
    await put(system, {}, "enqueue", "rollback", "enqueue");
    await put(system, {}, "claim");
    await put(system, {}, "claim", "completeFirst");
    await put(system, {}, "claim", "fail");
    await put(system, {}, "claim", "fail", "resolve");
    await put(system, {}, "cancel");
    await put(system, { dueAt: NOON - 10 * MINUTE });
    system.clock.time = NOON + 30 * SECOND;

    const { perMinute, ...rest } = await numbers();
    expect(rest).toEqual({
      counts: { PENDING: 2, QUEUED: 1, PROCESSING: 1, COMPLETED: 1, FAILED: 1, CANCELLED: 1 },
      rolledBack: 1,
      // Ten and a half minutes, less two runs of the reconciler.
      oldestOverdueSeconds: 510,
      heldUpLanes: 0,
      oldestHeldUpSeconds: 0,
      capped: [],
      approximate: ["COMPLETED", "FAILED", "CANCELLED", "perMinute"],
    });
    expect(perMinute).toHaveLength(60);
    expect(perMinute.at(-1)).toMatchObject({
      minute: NOON,
      accepted: 8,
      completed: 1,
      failed: 2,
      rolledBack: 1,
    });
    expect(new Set(read.map(({ senderId }) => senderId))).toEqual(new Set(["acme"]));
    expect(asked).toEqual(new Set(["list", "getMany"]));
  });

  it("end at its thousand newest messages, and name what older ones may add to", async () => {
    const { system, read, numbers } = watched();
    await put(system, { createdAt: NOON - 2 }, "claim", "fail");
    await put(system, { createdAt: NOON - 1, dueAt: NOON - 9 * MINUTE });
    for (let count = 0; count < 1_000; count += 1) await system.store.insert(buildMessage());
    const { counts, capped, oldestOverdueSeconds } = await numbers();
    // The failure is older than a thousand others: it is found all the same.
    expect(counts).toEqual({
      PENDING: 1_000,
      QUEUED: 0,
      PROCESSING: 0,
      COMPLETED: 0,
      FAILED: 1,
      CANCELLED: 0,
    });
    expect(oldestOverdueSeconds).toBe(0);
    expect(new Set(capped)).toEqual(
      new Set([
        ...["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "CANCELLED"],
        ...["rolledBack", "oldestOverdueSeconds", "perMinute"],
      ]),
    );
    expect(read).toHaveLength(1_001);
  });

  it("read two thousand messages at the most, however many have failed", async () => {
    const { system, read, numbers } = watched();
    for (let count = 0; count < 1_001; count += 1) await put(system, {}, "giveUp");
    const { counts, capped } = await numbers();
    expect(counts.FAILED).toBe(1_000);
    expect(capped).toContain("FAILED");
    expect(read).toHaveLength(2_000);
  });

  it("are exact with a thousand messages", async () => {
    const { system, numbers } = watched();
    for (let count = 0; count < 1_000; count += 1) await system.store.insert(buildMessage());
    expect(await numbers()).toMatchObject({ counts: { PENDING: 1_000 }, capped: [] });
  });
});
