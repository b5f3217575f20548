import { describe, expect, it } from "vitest";
import { buildMessage } from "../testing/build-message.ts";
import { TestClock } from "../testing/test-clock.ts";
import { MemoryMessageQueue } from "./memory-message-queue.ts";
import { describeMessageQueueContract } from "./message-queue.contract.ts";
import type { OutgoingCopy } from "./message-queue.ts";

const VISIBILITY_MS = 180_000;

function setUp() {
  const clock = new TestClock();
  const queue = new MemoryMessageQueue(clock, { visibilityTimeoutMs: VISIBILITY_MS, maxReceiveCount: 2 });
  return { clock, queue };
}

/** Receives a copy until the queue gives it up. */
async function bury({ clock, queue }: ReturnType<typeof setUp>, copy: OutgoingCopy): Promise<void> {
  await queue.send([copy], 1);
  while (queue.receive(1).length > 0) clock.advance(VISIBILITY_MS);
}

describeMessageQueueContract(
  "the memory queue",
  async () => {
    const made = setUp();
    const { clock, queue } = made;
    return {
      queue,
      receive: async () => queue.receive(10),
      elapse: async (seconds) => clock.advance(seconds * 1_000),
      bury: (copy) => bury(made, copy),
    };
  },
  { delaySeconds: 60 },
);

describe("the memory queue, as SQS", () => {
  const copy = (): OutgoingCopy => {
    const { messageId, senderId, correlationId } = buildMessage();
    return { messageId, senderId, correlationId, body: "{}", delaySeconds: 0 };
  };

  it("hides a copy for the visibility timeout and hands it out again unless it was deleted", async () => {
    const { clock, queue } = setUp();
    await queue.send([copy(), copy()], 1);
    const [first] = queue.receive(10);
    clock.advance(VISIBILITY_MS - 1);
    expect(queue.receive(10)).toEqual([]);
    queue.delete(first?.receipt ?? "");
    clock.advance(1);
    expect(queue.receive(10).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });

  it("moves a copy to the dead-letter queue after its last receive, attributes and all", async () => {
    const made = setUp();
    const buried = copy();
    await bury(made, buried);
    const { queue } = made;
    const [dead] = queue.receiveDead();
    const { messageId, senderId, correlationId, body } = buried;
    expect(dead).toMatchObject({ messageId, senderId, correlationId, body });
    queue.deleteDead(dead?.receipt ?? "");
    expect(await queue.deadLetters()).toBe(0);
  });
});
