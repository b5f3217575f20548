import { MINUTE } from "@homing/core/duration";
import { take } from "@homing/core/message/delivery-lifecycle";
import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { describeMessageQueueContract } from "@homing/core/queue/message-queue.contract";
import { buildMessage } from "@homing/core/testing/build-message";
import { stepOf } from "@homing/core/testing/journey";
import { TestClock } from "@homing/core/testing/test-clock";
import { nextToken } from "@homing/core/testing/tokens";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { SqliteMessageQueue } from "./sqlite-message-queue.ts";
import { messageTables } from "./sqlite-message-store.ts";

const HIDDEN_MS = 60_000;
const TO_ENDPOINT = { eventId: "evt_1", endpointId: "ep_1", eventType: "invoice.paid" };

function setUp() {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  const { messages } = messageTables(database, clock);
  const options = { hiddenMs: HIDDEN_MS, maxReceiveCount: 2, mostInProgress: 64 };
  const queue = new SqliteMessageQueue(database, clock, messages, options);
  const receive = async () => {
    queue.showDue();
    return Array.from({ length: 10 }, () => queue.take()).flatMap((copy) => (copy ? [copy.record] : []));
  };
  const bury = async (copy: OutgoingCopy) => {
    await queue.send([copy]);
    for (let copy = queue.take(); copy; copy = queue.take()) {
      queue.giveBack(copy);
      clock.advance(HIDDEN_MS);
      queue.showDue();
    }
  };
  return {
    database,
    messages,
    queue,
    /** Of the process after this one. */
    nextQueue: () => new SqliteMessageQueue(database, clock, messages, options),
    clock,
    receive,
    bury,
    close: async () => {
      queue.close();
      await close();
    },
  };
}

describeMessageQueueContract(
  "the SQLite queue",
  async () => {
    const { clock, ...subject } = setUp();
    return { ...subject, elapse: async (seconds) => clock.advance(seconds * 1_000) };
  },
  { delaySeconds: 60 },
);

describe("the SQLite queue", () => {
  let subject: ReturnType<typeof setUp>;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    subject = setUp();
  });
  afterEach(async () => {
    await subject.close();
    vi.useRealTimers();
  });

  const copyOf = (messageId: string, delaySeconds = 0): OutgoingCopy => ({
    messageId,
    senderId: "acme",
    correlationId: "call",
    body: "{}",
    delaySeconds,
  });
  const takeAll = (queue: SqliteMessageQueue) => {
    const taken: Array<NonNullable<ReturnType<typeof queue.take>>> = [];
    for (let copy = queue.take(); copy; copy = queue.take()) taken.push(copy);
    return taken;
  };
  const ids = (copies: ReturnType<typeof takeAll>) => copies.map(({ record }) => record.messageId);
  const undoEverything = () =>
    expect(() =>
      subject.database.write(() => {
        throw new Error("disk full");
      }),
    ).toThrow();

  it("hands out, after writes were undone, what is there and nothing else, each copy once", async () => {
    const { queue } = subject;
    await queue.send(["a", "b", "c"].map((id) => copyOf(id)));
    const underWay = queue.take();
    expect(underWay?.record.messageId).toBe("a");
    const lost = queue.send([copyOf("lost")]);
    undoEverything();
    expect((await lost)[0]).toMatchObject({ code: "QUEUE_UNAVAILABLE", retryable: true });
    // It is tried again in a second, and takes copies meanwhile.
    await queue.send([copyOf("d")]);
    expect(queue.take()).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    expect(ids(takeAll(queue))).toEqual(["b", "c", "d"]);
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 4, delayed: 0 });
    if (underWay) queue.done(underWay);
    await subject.database.whenSafe(() => subject.database.write(() => undefined));
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 3, delayed: 0 });
  });

  it("hides what could not be hidden at first", async () => {
    const { queue, clock } = subject;
    await queue.send([copyOf("a")]);
    const copy = queue.take();
    const write = vi.spyOn(subject.database, "write").mockImplementationOnce(() => {
      throw new Error("disk full");
    });
    if (copy) queue.giveBack(copy);
    write.mockRestore();
    expect(queue.take()).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    clock.advance(HIDDEN_MS);
    queue.showDue();
    expect(ids(takeAll(queue))).toEqual(["a"]);
  });

  const claimed = () => {
    const { clock, messages } = subject;
    const queued = buildMessage({ createdAt: clock.now() });
    messages.insert(queued);
    const { message } = messages.apply(queued.messageId, stepOf("claim", queued));
    if (!message) throw new Error("was not claimed");
    return message;
  };

  it("hands everything out again in the next process, and ends the claims of the one that has ended", async () => {
    const { queue, clock, messages } = subject;
    const { messageId, ...before } = claimed();
    await queue.send([copyOf(messageId), copyOf("b"), copyOf("c", 60)]);
    expect(takeAll(queue)).toHaveLength(2);

    const next = subject.nextQueue();
    expect(new Set(ids(takeAll(next)))).toEqual(new Set([messageId, "b"]));
    expect(await next.depth()).toEqual({ visible: 0, inFlight: 2, delayed: 1 });
    // Whoever takes over proves by the same guards as ever that the lease is over.
    const { writeId: _, ...after } = messages.get(messageId) ?? expect.fail("is gone");
    const { writeId: __, ...rest } = before;
    expect(after).toEqual({ ...rest, messageId, leaseUntil: clock.now() });
    expect(before.leaseUntil).toBeGreaterThan(clock.now());
    next.close();
  });

  it.each([
    ["a message", {}],
    ["the delivery of an event", TO_ENDPOINT],
  ])("hands out %s at once, too, whose claim the reconciler had found alive", async (_what, over) => {
    const { queue, clock, messages } = subject;
    const queued = buildMessage({ createdAt: clock.now(), ...over });
    messages.insert(queued);
    for (const step of ["claim", "awaitLease"] as const)
      messages.apply(queued.messageId, stepOf(step, messages.get(queued.messageId) ?? queued));
    await queue.send([copyOf(queued.messageId)]);
    const next = subject.nextQueue();
    expect(ids(takeAll(next))).toEqual([queued.messageId]);
    next.close();
  });

  it("ends no claim of its own that another copy of before has made: that one is being delivered", async () => {
    const { queue, clock, messages } = subject;
    const queued = buildMessage({ createdAt: clock.now() });
    messages.insert(queued);
    // Sent once more by the reconciler, as one whose copy was taken for lost.
    await queue.send([copyOf(queued.messageId), copyOf(queued.messageId)]);
    const next = subject.nextQueue();
    expect(next.take()?.record.messageId).toBe(queued.messageId);
    const { message } = messages.apply(queued.messageId, stepOf("claim", queued));
    expect(next.take()).toBeUndefined();
    expect(messages.get(queued.messageId)?.leaseUntil).toBe(message?.leaseUntil);
    next.close();
  });

  it("ends no claim of its own whose copy it has given back", async () => {
    const { queue, clock, messages } = subject;
    const queued = buildMessage({ createdAt: clock.now() });
    messages.insert(queued);
    await queue.send([copyOf(queued.messageId), copyOf(queued.messageId)]);
    const next = subject.nextQueue();
    const first = next.take() ?? expect.fail("nothing was inherited");
    const { message } = messages.apply(queued.messageId, stepOf("claim", queued));
    next.giveBack(first);
    expect(next.take()).toBeUndefined();
    expect(messages.get(queued.messageId)?.leaseUntil).toBe(message?.leaseUntil);
    next.close();
  });

  it("ends no claim of a listener: that one lives on when a process has ended", async () => {
    const { queue, clock, messages } = subject;
    const held = buildMessage({ createdAt: clock.now(), ...TO_ENDPOINT });
    messages.insert(held);
    const taken = take(held, { now: clock.now(), correlationId: "call-1", token: nextToken() }, MINUTE);
    const { applied } = messages.apply(held.messageId, taken);
    expect(applied).toBe(true);
    await queue.send([copyOf(held.messageId)]);
    const next = subject.nextQueue();
    expect(next.take()).toBeUndefined();
    expect(messages.get(held.messageId)?.leaseUntil).toBe(clock.now() + MINUTE);
    next.close();
  });

  it("lets a claim of its own alone until that is over, when writes were undone", async () => {
    const { queue, clock, messages } = subject;
    const queued = buildMessage({ createdAt: clock.now() });
    const { messageId } = queued;
    messages.insert(queued);
    await queue.send([copyOf(messageId), copyOf(messageId)]);
    const underWay = queue.take() ?? expect.fail("nothing was sent");
    const { leaseUntil = 0 } = messages.apply(messageId, stepOf("claim", queued)).message ?? {};
    await subject.database.whenSafe(() => undefined);
    undoEverything();
    vi.advanceTimersByTime(1_000);
    expect(queue.take()).toBeUndefined();
    queue.done(underWay);
    expect(messages.get(messageId)?.leaseUntil).toBe(leaseUntil);
    clock.time = leaseUntil;
    queue.showDue();
    expect(ids(takeAll(queue))).toEqual([messageId]);
  });

  it("hands a retry out at its message's time, to the millisecond", async () => {
    const { queue, clock, messages } = subject;
    const notBefore = clock.now() + 1_250;
    const waiting = buildMessage({ createdAt: clock.now(), notBefore, dueAt: notBefore });
    messages.insert(waiting);
    await queue.send([copyOf(waiting.messageId, 2)]);
    clock.advance(1_249);
    queue.showDue();
    expect(queue.take()).toBeUndefined();
    clock.advance(1);
    queue.showDue();
    expect(ids(takeAll(queue))).toEqual([waiting.messageId]);
  });
});
