import { beforeEach, describe, expect, it, vi } from "vitest";
import { accept } from "../accept/accept.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { messageIdForKey, newMessageId, shardOf } from "../message/message-id.ts";
import { SendError } from "../queue/message-queue.ts";
import { classifyRequest } from "../send/classify.ts";
import { type MessageStore, StorageError } from "../store/message-store.ts";
import { DEFAULT_SHARDS as SHARDS } from "../store/table-definition.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { type StepName, stepOf } from "../testing/journey.ts";
import { NOON } from "../testing/test-clock.ts";
import { buildInput, TestSystem } from "../testing/test-system.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits, reconcile } from "./reconcile.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const run = (limits: Partial<RunLimits> = {}) =>
  reconcile(system.deps, "run-1", { ...DEFAULT_RUN_LIMITS, ...limits });

/** A message that has come this way, as the clock goes on. */
async function travelled(way: readonly StepName[], over: Partial<Message> = {}): Promise<Message> {
  let message = await system.put(over);
  for (const name of way) {
    const { message: next } = await system.store.apply(message.messageId, stepOf(name, message));
    if (!next) throw new Error("it is there");
    message = next;
  }
  return message;
}

/** Overdue messages of one shard, the longest overdue first; of every shard in turn without one. */
async function overdue(count: number, over: Partial<Message> = {}, onlyShard?: number): Promise<Message[]> {
  const messages: Message[] = [];
  for (let i = 0; i < count; i += 1) {
    let messageId = newMessageId(NOON);
    while (shardOf(messageId, SHARDS) !== (onlyShard ?? i % SHARDS)) messageId = newMessageId(NOON);
    messages.push(await system.put({ messageId, dueAt: NOON - HOUR + i, ...over }));
  }
  return messages;
}

const outage = () => {
  system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
};
const messagesSent = () => system.queue.calls.map((copies) => copies.map(({ messageId }) => messageId));
const reasons = ({ history }: Message) => history.map(({ reason }) => reason);

describe("a run gives each message the push it needs", () => {
  it("PENDING: its process died between accept and enqueue", async () => {
    const message = await travelled([]);
    system.clock.time = (message.dueAt ?? 0) - 1;
    expect(await run()).toEqual({
      examined: 0,
      enqueued: 0,
      finished: 0,
      interrupted: false,
      holdsMore: false,
    });
    system.clock.advance(1);
    expect(await run()).toEqual({
      examined: 1,
      enqueued: 1,
      finished: 0,
      interrupted: false,
      holdsMore: false,
    });
    expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", sends: 1 });
    expect(system.observer.count("Reconciled ACCEPTED")).toBe(1);
  });

  it("QUEUED: its copy was never sent, or is lost", async () => {
    const message = await travelled(["enqueue"]);
    system.clock.time = message.dueAt ?? 0;
    await run();
    const after = await system.read(message.messageId);
    expect(reasons(after)).toEqual(["ACCEPTED", "ENQUEUED", "ORPHANED", "ENQUEUED"]);
    // Doubled: a real backlog is not multiplied.
    expect(after).toMatchObject({ status: "QUEUED", orphans: 1, dueAt: system.clock.time + 30 * MINUTE });
    expect(after.sendId).not.toBe(message.sendId);
    expect(system.queue.calls.flat()).toHaveLength(1);
    expect(system.observer.count("Reconciled ORPHANED")).toBe(1);
  });

  it("QUEUED with a delayed copy that is lost: sent again, with what is left of the wait", async () => {
    const message = await travelled(["claim", "retrySoon", "enqueue"]);
    const notBefore = message.notBefore ?? 0;
    system.clock.time = message.dueAt ?? 0;
    await system.store.apply(message.messageId, stepOf("orphan", message));
    // A clock that runs behind the one that wrote the wait.
    system.clock.time = notBefore - 3 * SECOND;
    const orphaned = await system.read(message.messageId);
    expect(orphaned.notBefore).toBe(notBefore);
    system.clock.time = orphaned.dueAt ?? 0;
    await run();
    expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", notBefore });
  });

  it("PROCESSING, its worker dead: the attempt is unknown and the next is sent at once", async () => {
    const message = await travelled(["enqueue", "claim"]);
    system.clock.time = message.dueAt ?? 0;
    expect(await run()).toMatchObject({ enqueued: 1 });
    const after = await system.read(message.messageId);
    expect(after).toMatchObject({ status: "QUEUED", attempt: 1, unknowns: 1 });
    expect(reasons(after).slice(-3)).toEqual(["CLAIMED", "LEASE_EXPIRED", "ENQUEUED"]);
    expect(system.observer.count("AttemptsUnknown")).toBe(1);
    expect(system.observer.count("Reconciled LEASE_EXPIRED")).toBe(1);
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 2 });
  });

  it("PROCESSING, its worker dead: sent in this run, although the clock goes on while it runs", async () => {
    const message = await travelled(["enqueue", "claim"]);
    system.clock.time = message.dueAt ?? 0;
    const ticking = { now: () => (system.clock.time += 1), monotonic: () => system.clock.monotonic() };
    await reconcile({ ...system.deps, clock: ticking }, "run-1");
    expect((await system.read(message.messageId)).status).toBe("QUEUED");
  });

  it("PROCESSING, a second worker in a row dead: the next attempt waits by the schedule", async () => {
    const message = await travelled(["enqueue", "claim"], { unknowns: 1, attempt: 1 });
    system.clock.time = message.dueAt ?? 0;
    expect(await run()).toMatchObject({ enqueued: 0 });
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "LEASE_EXPIRED",
      attempt: 2,
      unknowns: 2,
      // After the second attempt: five minutes.
      notBefore: system.clock.time + 5 * MINUTE,
      dueAt: system.clock.time + 5 * MINUTE,
    });
  });

  it("PROCESSING, its worker dead in the last attempt: failed", async () => {
    const message = await travelled(["enqueue", "claim"], { attemptLimit: 1 });
    system.clock.time = message.dueAt ?? 0;
    expect(await run()).toMatchObject({ finished: 1 });
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "ATTEMPTS_EXHAUSTED",
    });
  });

  it("PROCESSING, its worker alive: looked at again when its lease ends, and not touched", async () => {
    const message = await travelled(["enqueue", "claim"], { dueAt: NOON - 1 });
    const leaseUntil = NOON + 5 * MINUTE;
    const claimed = { ...message, messageId: newMessageId(NOON), leaseUntil, dueAt: NOON };
    await system.store.insert(claimed);
    await run();
    const after = await system.read(claimed.messageId);
    expect(after).toEqual({ ...claimed, dueAt: leaseUntil, writeId: after.writeId });
    expect(await run()).toMatchObject({ interrupted: false, holdsMore: false });
  });

  it("useless by now: EXPIRED", async () => {
    const [message] = await overdue(1, { deliverBy: NOON - 1 });
    expect(await run()).toMatchObject({ finished: 1, enqueued: 0 });
    expect(await system.read(message?.messageId ?? "")).toMatchObject({
      status: "FAILED",
      failureReason: "EXPIRED",
    });
    expect(system.queue.calls).toEqual([]);
  });

  it("refused by the queue for a week: SEND_EXHAUSTED", async () => {
    const [message] = await overdue(1, { sendFailingSince: NOON - 7 * DAY });
    await run();
    expect((await system.read(message?.messageId ?? "")).failureReason).toBe("SEND_EXHAUSTED");
  });

  it("refused by the queue for what it is: SEND_REJECTED, after one try", async () => {
    const [message] = await overdue(1);
    system.queue.answer = () => refusal("QUEUE_REJECTED_CONTENT");
    expect(await run()).toMatchObject({ finished: 1, interrupted: false, holdsMore: false });
    expect(system.queue.calls).toHaveLength(1);
    expect(await system.read(message?.messageId ?? "")).toMatchObject({
      status: "FAILED",
      failureReason: "SEND_REJECTED",
      rollbacks: 1,
    });
    expect(system.observer.count("Reconciled SEND_REJECTED")).toBe(1);
  });

  it("scheduled and without its payload: its producer has until the queue deadline to bring it", async () => {
    const input = buildInput({ idempotencyKey: "order 42", deliverAt: NOON + 3 * SECOND });
    const request = { input, correlationId: "call-1" };
    // The process dies between its two first writes.
    const putPayload = vi
      .spyOn(system.store, "putPayloadIfAbsent")
      .mockReturnValueOnce(new Promise(() => {}));
    void accept(system.deps, request);
    const messageId = messageIdForKey("acme", "order 42");
    system.clock.advance(4 * SECOND);
    await run();
    expect(await system.read(messageId)).toMatchObject({ status: "PENDING", revision: 1 });

    putPayload.mockRestore();
    expect(await accept(system.deps, request)).toMatchObject({ duplicate: true });
    await run();
    expect((await system.read(messageId)).status).toBe("QUEUED");
  });

  it("scheduled and without its payload after the queue deadline: PAYLOAD_MISSING", async () => {
    const message = await travelled([], { requestHash: "of a payload that is not there" });
    const lost: Message = {
      ...message,
      messageId: newMessageId(NOON),
      pendingReason: "SCHEDULED",
      dueAt: NOON + 3 * SECOND,
    };
    await system.store.insert(lost);
    system.clock.time = NOON + 15 * MINUTE - 1;
    await run();
    expect((await system.read(lost.messageId)).status).toBe("PENDING");
    system.clock.time = NOON + 15 * MINUTE;
    await run();
    expect((await system.read(lost.messageId)).failureReason).toBe("PAYLOAD_MISSING");
  });

  it.each<[string, readonly StepName[]]>([
    ["accepted", []],
    ["orphaned", ["enqueue"]],
    ["its lease over", ["enqueue", "claim"]],
  ])("without its payload: PAYLOAD_MISSING (%s)", async (_name, way) => {
    const message = await travelled(way, { requestHash: "of a payload that is not there" });
    const lost = { ...message, messageId: newMessageId(NOON) };
    await system.store.insert(lost);
    system.clock.time = lost.dueAt ?? 0;
    await run();
    expect(await system.read(lost.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "PAYLOAD_MISSING",
    });
    expect(messagesSent().flat()).not.toContain(lost.messageId);
  });

  it("waiting for a time within the next minute: sent ahead, with the rest as a delay", async () => {
    const soon = await system.put({ dueAt: NOON + 42_500, notBefore: NOON + 42_500 });
    const later = await system.put({ dueAt: NOON + 60_001, notBefore: NOON + 60_001 });
    await run();
    expect(await system.read(soon.messageId)).toMatchObject({ status: "QUEUED", notBefore: NOON + 42_500 });
    expect(await system.read(later.messageId)).toEqual(later);
    expect(system.queue.calls.flat()).toMatchObject([{ messageId: soon.messageId, delaySeconds: 43 }]);
    // Its deadline counts from when its copy becomes visible.
    expect((await system.read(soon.messageId)).dueAt).toBe(NOON + 42_500 + 15 * MINUTE);
  });

  it("keeps the correlation id of the message with its copy, and its own in the history", async () => {
    const [message] = await overdue(1, { correlationId: "call-1" });
    await run();
    expect(system.queue.calls[0]?.[0]?.correlationId).toBe("call-1");
    expect((await system.read(message?.messageId ?? "")).history.at(-1)?.correlationId).toBe("run-1");
  });
});

describe("an outage is probed, not hammered", () => {
  it("one message is tried, once, and all others stay untouched and overdue", async () => {
    outage();
    const messages = await overdue(50);
    expect(await run()).toMatchObject({ enqueued: 0, interrupted: true, holdsMore: false });
    const tried = new Set(messagesSent().flat());
    expect(tried.size).toBe(1);
    expect(system.queue.calls).toHaveLength(4);
    for (const message of messages.filter(({ messageId }) => !tried.has(messageId)))
      expect(await system.read(message.messageId)).toEqual(message);
    expect(await system.read([...tried][0] ?? "")).toMatchObject({
      status: "PENDING",
      pendingReason: "SEND_FAILED",
      rollbacks: 1,
      dueAt: NOON + SECOND,
    });
  });

  it("QUEUED messages too keep their state: none but the first is orphaned", async () => {
    outage();
    const messages = await overdue(20, { status: "QUEUED", sendId: "a send" });
    await run();
    const after = await system.store.getMany(messages.map(({ messageId }) => messageId));
    expect(after.filter(({ status }) => status === "PENDING")).toHaveLength(1);
  });

  it.each<[string, Partial<Message>]>([
    ["that is given up", { deliverBy: NOON - 1 }],
    ["whose lease is alive", { status: "PROCESSING", claimId: "c", leaseUntil: NOON + MINUTE }],
    [
      "whose next attempt has to wait",
      { status: "PROCESSING", claimId: "c", leaseUntil: NOON, attempt: 2, unknowns: 1 },
    ],
    ["without its payload", { requestHash: "lost" }],
  ])("a message %s does not count as the first: it never asked the queue", async (_name, over) => {
    outage();
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const [first] = await overdue(1, {}, shard);
      const message = { ...(first ?? buildMessage()), ...over, dueAt: NOON - DAY, writeId: "first" };
      await system.store.insert({ ...message, messageId: sibling(shard) });
    }
    const others = await overdue(40);
    expect(await run()).toMatchObject({ interrupted: true, holdsMore: false });
    expect(new Set(messagesSent().flat()).size).toBe(1);
    const after = await system.store.getMany(others.map(({ messageId }) => messageId));
    expect(after.filter(({ rollbacks }) => rollbacks > 0).length).toBeLessThanOrEqual(1);
  });

  it("that the queue denies everybody counts as one, too", async () => {
    system.queue.answer = () => refusal("QUEUE_DENIED");
    await overdue(20);
    expect(await run()).toMatchObject({ interrupted: true, holdsMore: false });
    expect(system.queue.calls).toHaveLength(1);
  });

  it("a message refused for what it is does not: the queue has answered, and the others go", async () => {
    const messages = await overdue(20);
    const [first] = messages;
    system.queue.answer = ({ messageId }) =>
      messageId === first?.messageId ? refusal("QUEUE_REJECTED_CONTENT") : undefined;
    expect(await run()).toEqual({
      examined: 20,
      enqueued: 19,
      finished: 1,
      interrupted: false,
      holdsMore: false,
    });
  });

  it("a failure that may be one message's own is none, as long as only one sender meets it", async () => {
    const hostile = await overdue(30, { senderId: "hostile", dueAt: NOON - DAY }, 0);
    const victims = await overdue(30, {}, 0);
    system.queue.answer = ({ senderId }) =>
      senderId === "hostile"
        ? { error: new SendError("QUEUE_DENIED", false, "InvalidParameterValue", undefined, "unknown") }
        : undefined;
    expect(await run()).toMatchObject({ enqueued: 30, interrupted: false, holdsMore: false });
    const after = await system.store.getMany([...hostile, ...victims].map(({ messageId }) => messageId));
    const statuses = after.map(({ senderId, status }) => `${senderId} ${status}`);
    expect(new Set(statuses)).toEqual(new Set(["hostile PENDING", "acme QUEUED"]));
  });

  it("a failure that messages of two senders meet in a row is one", async () => {
    const messages = [
      ...(await overdue(5, { senderId: "one", dueAt: NOON - DAY }, 0)),
      ...(await overdue(40, { senderId: "two" }, 0)),
    ];
    system.queue.answer = () => refusal("UNCLASSIFIED");
    expect(await run()).toMatchObject({ enqueued: 0, interrupted: true, holdsMore: false });
    const after = await system.store.getMany(messages.map(({ messageId }) => messageId));
    expect(after.filter(({ rollbacks }) => rollbacks > 0).length).toBeLessThanOrEqual(6);
  });

  it("one message that has its whole batch refused is given up alone", async () => {
    const victims = await overdue(30, {}, 0);
    const [hostile] = await overdue(1, { senderId: "hostile", dueAt: NOON - HOUR + 4 }, 0);
    system.queue.refuse = (copies) =>
      copies.some(({ senderId }) => senderId === "hostile")
        ? classifyRequest(Object.assign(new Error("no"), { name: "InvalidMessageContents" }), copies.length)
        : undefined;
    expect(await run()).toMatchObject({ enqueued: 30, finished: 1, interrupted: false, holdsMore: false });
    expect(await system.read(hostile?.messageId ?? "")).toMatchObject({ failureReason: "SEND_REJECTED" });
    const after = await system.store.getMany(victims.map(({ messageId }) => messageId));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set(["QUEUED"]));
  });

  it("an outage that begins during a run ends it", async () => {
    await overdue(400);
    let taken = 0;
    system.queue.answer = () => {
      taken += 1;
      return taken > 50 ? refusal("QUEUE_UNAVAILABLE") : undefined;
    };
    expect(await run()).toMatchObject({ interrupted: true, holdsMore: false });
    // Each lane may have one batch under way when the first of them fails.
    expect(system.observer.count("Rollbacks")).toBeLessThanOrEqual(4 * 10);
  });

  it("storage that does not let messages be marked ends the run, and nothing was sent", async () => {
    const messages = await overdue(50);
    system.faults = (call) => (call === "apply enqueue" ? "before" : undefined);
    expect(await run()).toMatchObject({ interrupted: true, holdsMore: false });
    expect(system.queue.calls).toEqual([]);
    for (const message of messages) expect(await system.read(message.messageId)).toEqual(message);
  });

  it("and once it is over, everybody is sent by the next runs", async () => {
    outage();
    const messages = await overdue(300);
    await run();
    system.queue.answer = () => undefined;
    system.clock.advance(5 * MINUTE);
    expect(await run()).toEqual({
      examined: 300,
      enqueued: 300,
      finished: 0,
      interrupted: false,
      holdsMore: false,
    });
    expect(new Set(messagesSent().flat()).size).toBe(300);
    // The first alone, the others in batches: a page of each shard is four.
    expect(system.queue.calls.length - 4).toBeLessThanOrEqual(1 + 8 * 5);
    const after = await system.store.getMany(messages.map(({ messageId }) => messageId));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set(["QUEUED"]));
    expect(await run()).toMatchObject({ examined: 0 });
  });
});

/** An id of the shard that no other message has. */
function sibling(shard: number): string {
  let messageId = newMessageId(NOON - DAY);
  while (shardOf(messageId, SHARDS) !== shard) messageId = newMessageId(NOON - DAY);
  return messageId;
}

describe("a run", () => {
  it("looks at no more messages than it may, and the next one carries on", async () => {
    await overdue(100);
    expect((await run({ messages: 30 })).examined).toBeLessThanOrEqual(30);
    for (let i = 0; i < 20; i += 1) await run({ messages: 30 });
    expect(new Set(messagesSent().flat()).size).toBe(100);
  });

  it("begins no page after its time, and the next one carries on", async () => {
    await overdue(300, {}, 0);
    system.queue.during = async () => system.clock.advance(SECOND);
    const first = await run({ timeMs: 5 * SECOND });
    expect(first.examined).toBeLessThan(300);
    expect(first.interrupted).toBe(false);
    system.queue.during = async () => {};
    await run();
    expect(new Set(messagesSent().flat()).size).toBe(300);
  });

  it.each([1, 3, 8, 20])("covers every shard with %d groups", async (groups) => {
    await overdue(16);
    expect(await run({ groups })).toMatchObject({ enqueued: 16 });
  });

  describe("takes the senders in turn", () => {
    const sent = () => system.queue.calls.flat().map(({ senderId }) => senderId);

    it("so that one who has thousands due at one instant does not go before everybody's later ones", async () => {
      await overdue(3_000, { senderId: "flood", dueAt: NOON - DAY }, 0);
      for (let n = 0; n < 20; n += 1) await overdue(1, { senderId: `later-${n}`, dueAt: NOON - n }, 0);
      expect(await run()).toMatchObject({ enqueued: 3_020 });
      const order = sent();
      const last = order.findLastIndex((senderId) => senderId !== "flood");
      expect(order.slice(0, last).filter((senderId) => senderId === "flood").length).toBeLessThanOrEqual(100);
    });

    it("also within what is read at once", async () => {
      await overdue(80, { senderId: "flood", dueAt: NOON - DAY }, 0);
      const [quiet] = await overdue(1, { senderId: "quiet" }, 0);
      await run();
      const order = system.queue.calls.flat().map(({ messageId }) => messageId);
      expect(order.indexOf(quiet?.messageId ?? "")).toBeLessThan(3);
    });

    it("and all shards: a flood in the first of them leaves the run's share to the others", async () => {
      await overdue(500, { senderId: "flood", dueAt: NOON - DAY }, 0);
      await overdue(5, {}, 1);
      await overdue(5, {}, 3);
      await run({ messages: 250, groups: 1 });
      expect(sent().filter((senderId) => senderId === "acme")).toHaveLength(10);
    });

    it("and reads no more than one page at a time, however many groups there are", async () => {
      await overdue(1_000);
      let reading = 0;
      let most = 0;
      const store: MessageStore = Object.assign(Object.create(system.deps.store), {
        getMany: async (ids: readonly string[]) => {
          reading += 1;
          most = Math.max(most, reading);
          const messages = await system.store.getMany(ids);
          reading -= 1;
          return messages;
        },
      });
      expect(await reconcile({ ...system.deps, store }, "run-1")).toMatchObject({ enqueued: 1_000 });
      expect(most).toBe(1);
    });
  });

  it("beside another one sends nothing twice", async () => {
    await overdue(60);
    const summaries = await Promise.all([run(), run(), run()]);
    expect(messagesSent().flat()).toHaveLength(60);
    expect(summaries.reduce((sum, { enqueued }) => sum + enqueued, 0)).toBe(60);
  });

  it("drops index rows that no longer match, or never did", async () => {
    const done = await travelled(["claim", "complete"]);
    const fresh = await system.put();
    const rows = [done.messageId, newMessageId(NOON), fresh.messageId];
    const store: MessageStore = Object.assign(Object.create(system.deps.store), {
      due: async (shard: number) => ({ ids: shard === 0 ? rows : [] }),
      getMany: (ids: readonly string[]) => system.store.getMany(ids),
    });
    expect(await reconcile({ ...system.deps, store }, "run-1")).toMatchObject({ examined: 0, enqueued: 0 });
    expect(await system.read(done.messageId)).toEqual(done);
    expect(await system.read(fresh.messageId)).toEqual(fresh);
  });

  it("is not stopped by a message that the storage will never take", async () => {
    const messages = await overdue(20, {}, 0);
    const poisoned = messages.slice(0, 3).map(({ messageId }) => messageId);
    system.faults = (call, id) =>
      call.startsWith("apply") && poisoned.includes(String(id)) ? "refused" : undefined;
    expect(await run()).toMatchObject({ enqueued: 17 });
    expect(system.observer.lines.filter(({ level }) => level === "error").length).toBeGreaterThanOrEqual(3);
  });

  it("is not stopped by a lease, an orphan or a lost message that the storage will never take", async () => {
    const [stuck] = await overdue(1, { status: "PROCESSING", claimId: "c", leaseUntil: NOON - 1 }, 0);
    const [orphan] = await overdue(1, { status: "QUEUED", sendId: "s" }, 0);
    const [useless] = await overdue(1, { deliverBy: NOON - 1 }, 0);
    const [live] = await overdue(1, { status: "PROCESSING", claimId: "c", leaseUntil: NOON + 1 }, 0);
    const poisoned = [stuck, orphan, useless, live].map((message) => message?.messageId);
    await overdue(5, {}, 0);
    system.faults = (call, id) =>
      call.startsWith("apply") && poisoned.includes(String(id)) ? "refused" : undefined;
    expect(await run()).toMatchObject({ enqueued: 5 });
  });

  it("fails when the storage cannot say what is due", async () => {
    await overdue(3);
    system.faults = (call) => (call === "due" ? "before" : undefined);
    await expect(run()).rejects.toThrow(StorageError);
  });

  it("ends when the storage stops answering, whatever it was asked for", async () => {
    await overdue(200, { status: "PROCESSING", claimId: "c", leaseUntil: NOON - 1 });
    let asked = 0;
    system.faults = (call) => {
      if (call !== "apply leaseOver") return undefined;
      asked += 1;
      return "before";
    };
    expect(await run()).toMatchObject({ interrupted: true, holdsMore: false });
    expect(asked).toBe(1);
  });

  it("reports what it did, without payloads", async () => {
    await overdue(2);
    await system.put({ dueAt: NOON }, buildPayload());
    await run();
    expect(system.observer.lines.at(-1)).toEqual({
      level: "info",
      event: "reconciled",
      fields: {
        examined: 3,
        enqueued: 3,
        finished: 0,
        interrupted: false,
        holdsMore: false,
        correlationId: "run-1",
      },
    });
    expect(JSON.stringify(system.observer.lines)).not.toContain("hidden");
  });
});
