import { beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import { HomingError } from "../error.ts";
import { decodeCopy, type MessageCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message, Payload, PendingReason } from "../message/message.ts";
import { MESSAGE_ID, messageIdForKey } from "../message/message-id.ts";
import { requestHash } from "../message/request-hash.ts";
import type { Transition } from "../message/transition.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { StorageError } from "../store/message-store.ts";
import { buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { buildInput, TestSystem } from "../testing/test-system.ts";
import { accept, acceptAll } from "./accept.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const AT = { now: NOON, correlationId: "other", token: "theirs" };
const keyed = buildInput({ idempotencyKey: "order 42" });
const keyedId = messageIdForKey("acme", "order 42");
const call = (input = keyed, correlationId = "call-1") => accept(system.deps, { input, correlationId });

async function refused(input = keyed): Promise<HomingError> {
  const [result] = await acceptAll(system.deps, [{ input, correlationId: "call-1" }]);
  if (!(result instanceof HomingError)) throw new Error("it was accepted");
  return result;
}

/** The names of the calls that reach the store from now on. */
function recorded(): string[] {
  const calls: string[] = [];
  system.faults = (each) => {
    calls.push(each);
    return undefined;
  };
  return calls;
}

/** Everything the store holds, found through its list. */
async function stored(): Promise<readonly Message[]> {
  const rows = await system.store.list({ groups: [], senderId: "acme", limit: 1_000 });
  return system.store.getMany(rows.map(({ messageId }) => messageId));
}

describe("acceptance", () => {
  it("says when all messages of a call are stored, and not before their sends have begun", async () => {
    const order: string[] = [];
    const { store } = system;
    const insert = store.insert.bind(store);
    vi.spyOn(store, "insert").mockImplementation(async (message) => {
      const result = await insert(message);
      order.push("stored");
      return result;
    });
    const apply = store.apply.bind(store);
    vi.spyOn(store, "apply").mockImplementation((messageId, transition) => {
      order.push(transition.name);
      return apply(messageId, transition);
    });
    const requests = [keyed, buildInput()].map((input) => ({ input, correlationId: "call-1" }));
    await acceptAll({ ...system.deps, onStored: () => order.push("all") }, requests);
    expect(order).toEqual(["stored", "stored", "enqueue", "enqueue", "all"]);
  });

  it("stores message and payload, queues the copy, and answers what is stored", async () => {
    const { message, duplicate } = await call(buildInput({ deliverBy: NOON + DAY }));
    expect(duplicate).toBe(false);
    expect(message.messageId).toMatch(MESSAGE_ID);
    expect(message).toEqual({
      messageId: message.messageId,
      senderId: "acme",
      requestHash: requestHash(buildInput({ deliverBy: NOON + DAY })),
      correlationId: "call-1",
      createdAt: NOON,
      deliverBy: NOON + DAY,
      status: "QUEUED",
      revision: 2,
      updatedAt: NOON,
      dueAt: NOON + 15 * MINUTE,
      attempt: 0,
      attemptLimit: 10,
      unknowns: 0,
      sendId: message.sendId,
      writeId: message.writeId,
      sends: 1,
      rollbacks: 0,
      orphans: 0,
      history: [
        { at: NOON, from: null, to: "PENDING", reason: "ACCEPTED", correlationId: "call-1" },
        { at: NOON, from: "PENDING", to: "QUEUED", reason: "ENQUEUED", correlationId: "call-1" },
      ],
      historyOmitted: 0,
    });
    expect(await system.store.get(message.messageId)).toEqual(message);
    expect(await system.store.getPayload(message)).toEqual(buildPayload());
    expect(system.queue.calls.flat()).toHaveLength(1);
    expect(system.observer.count("MessagesAccepted")).toBe(1);
  });

  it("without a key stores both before it enqueues, in one round trip, and reads nothing", async () => {
    const calls = recorded();
    await call(buildInput());
    expect(calls.slice(0, 2).sort()).toEqual(["insert", "putPayload"]);
    expect(calls.slice(2)).toEqual(["apply enqueue"]);
  });

  it("with a key stores the payload while it marks the message, before it sends, and reads nothing", async () => {
    const calls = recorded();
    let stored: Payload | undefined;
    system.queue.during = async () => {
      stored = await system.store.getPayload(await system.read(keyedId));
    };
    await call();
    expect(calls).toEqual(["insert", "putPayloadIfAbsent", "apply enqueue"]);
    expect(stored).toEqual(buildPayload());
  });

  it("gives the payload time for the whole life of the message", async () => {
    const { message } = await call(buildInput({ deliverAt: NOON + 30 * DAY }));
    // 30 days of waiting, more than 75 hours of attempts, and the retention after that.
    system.clock.time = NOON + 30 * DAY + 4 * DAY + 30 * DAY;
    expect(await system.store.getPayload(message)).toBeDefined();
  });

  it("keeps a message for later as PENDING, due when it is to be sent, and sends nothing", async () => {
    const deliverAt = NOON + 2 * HOUR;
    const { message } = await call(buildInput({ deliverAt }));
    expect(message).toMatchObject({
      status: "PENDING",
      pendingReason: "SCHEDULED",
      deliverAt,
      notBefore: deliverAt,
      dueAt: deliverAt,
      revision: 1,
    });
    expect(system.queue.calls).toEqual([]);
  });

  it.each([NOON - HOUR, NOON])("sends at once what was to be delivered by now", async (deliverAt) => {
    const { message } = await call(buildInput({ deliverAt }));
    expect(message).toMatchObject({ status: "QUEUED", deliverAt });
    expect(message.notBefore).toBeUndefined();
  });

  it("makes a message of each call without a key", async () => {
    const one = await call(buildInput());
    const other = await call(buildInput());
    expect(one.message.messageId).not.toBe(other.message.messageId);
    expect(other.duplicate).toBe(false);
  });

  it("with an empty schedule allows one attempt", async () => {
    system = new TestSystem({ retryScheduleMs: [] });
    expect((await call()).message.attemptLimit).toBe(1);
  });
});

describe("the same idempotency key again", () => {
  it("and the same request: the same message, as it is now, and nothing is sent twice", async () => {
    const first = await call();
    await system.work();
    const again = await call(keyed, "call-2");
    expect(again).toEqual({ message: await system.read(keyedId), duplicate: true });
    expect(again.message.messageId).toBe(first.message.messageId);
    expect(again.message.status).toBe("COMPLETED");
    expect(again.message.correlationId).toBe("call-1");
    expect(system.target.requests).toHaveLength(1);
    expect(system.observer.count("MessagesDuplicate")).toBe(1);
    expect(system.observer.count("MessagesAccepted")).toBe(1);
  });

  it("and another request: refused, and the first message stays as it is", async () => {
    const { message } = await call();
    const error = await refused({ ...keyed, payload: buildPayload({ body: '{"order":43}' }) });
    expect(error).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED", retryable: false });
    expect(await stored()).toEqual([message]);
    expect(await system.store.getPayload(message)).toEqual(buildPayload());
    expect(system.queue.calls.flat()).toHaveLength(1);
  });

  it("and another request: nothing of it is written", async () => {
    await call();
    const calls = recorded();
    await refused({ ...keyed, payload: buildPayload({ body: '{"order":43}' }) });
    expect(calls).toEqual(["insert"]);
  });

  it("and the same request, once the message is finished: nothing is written, nor read", async () => {
    await call();
    await system.work();
    const calls = recorded();
    expect(await call()).toMatchObject({ duplicate: true, message: { status: "COMPLETED" } });
    expect(calls).toEqual(["insert"]);
  });

  it("and the same request, while the message waits: the payload is looked for, not written again", async () => {
    await call({ ...keyed, deliverAt: NOON + HOUR });
    const calls = recorded();
    await call({ ...keyed, deliverAt: NOON + HOUR });
    expect(calls).toEqual(["insert", "getPayload"]);
  });

  it("written in other bytes: every attempt carries the first call's", async () => {
    const bodies = ['{"a":1,"b":2}', '{"b":2,"a":1}'];
    const [first, other] = bodies.map((body) => ({ ...keyed, payload: buildPayload({ body }) }));
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    await refused(first);
    system.queue.answer = () => undefined;
    expect((await call(other)).duplicate).toBe(true);
    await system.work();
    expect(system.target.requests.map(({ body }) => body)).toEqual([bodies[0]]);
    expect((await system.store.getPayload(await system.read(keyedId)))?.body).toBe(bodies[0]);
  });

  it("written in other bytes at the same time: all copies carry those that are stored", async () => {
    // Each order in which the writes of two calls can reach the store.
    for (const slow of ["none", "first", "second"]) {
      system = new TestSystem();
      const bodies = ['{"a":1,"b":2}', '{"b":2,"a":1}'];
      const put = system.store.putPayloadIfAbsent.bind(system.store);
      vi.spyOn(system.store, "putPayloadIfAbsent").mockImplementation(async (owner, payload, expiresAt) => {
        const isFirst = payload.body === bodies[0];
        for (let turn = 0; turn < (slow === (isFirst ? "first" : "second") ? 20 : 0); turn += 1)
          await Promise.resolve();
        return put(owner, payload, expiresAt);
      });
      await Promise.all(bodies.map((body) => call({ ...keyed, payload: buildPayload({ body }) })));
      const stored = await system.store.getPayload(await system.read(keyedId));
      const sent = system.queue.calls
        .flat()
        .map(({ body }) => (decodeCopy(body) as MessageCopy).payload.body);
      expect(sent.length).toBeGreaterThan(0);
      expect(new Set(sent)).toEqual(new Set([stored?.body]));
    }
  });

  it("after the message has expired: the new message's own bytes, not those of the one before", async () => {
    const bodies = ['{"a":1,"b":2}', '{"b":2,"a":1}'];
    const [first, other] = bodies.map((body) => ({ ...keyed, payload: buildPayload({ body }) }));
    await call(first);
    await system.work();
    system.clock.time = (await system.read(keyedId)).expiresAt ?? 0;
    expect((await call(other)).duplicate).toBe(false);
    await system.work();
    expect(system.target.requests.map(({ body }) => body)).toEqual(bodies);
  });

  it("of another sender: another message", async () => {
    const one = await call();
    const other = await call({ ...keyed, senderId: "globex" });
    expect(other.duplicate).toBe(false);
    expect(other.message.messageId).not.toBe(one.message.messageId);
  });

  it("after the message has expired: a new message", async () => {
    await call();
    await system.work();
    const { expiresAt = 0 } = await system.read(keyedId);
    system.clock.time = expiresAt - 1;
    expect((await call()).duplicate).toBe(true);
    system.clock.time = expiresAt;
    const again = await call();
    expect(again).toMatchObject({ duplicate: false, message: { status: "QUEUED", createdAt: expiresAt } });
  });

  it.each(["ACCEPTED", "SEND_FAILED", "ORPHANED", "LEASE_EXPIRED"] satisfies PendingReason[])(
    "while the message is PENDING because of %s: the call enqueues it",
    async (pendingReason) => {
      await system.put({ messageId: keyedId, requestHash: requestHash(keyed), pendingReason });
      const again = await call();
      expect(again).toMatchObject({ duplicate: true, message: { status: "QUEUED", sends: 1 } });
      expect(system.queue.calls.flat()).toHaveLength(1);
    },
  );

  it.each(["SCHEDULED", "RETRY", "MANUAL_RETRY", "COPY_DEAD_LETTERED"] satisfies PendingReason[])(
    "while the message is PENDING because of %s: it goes on waiting",
    async (pendingReason) => {
      const message = await system.put({
        messageId: keyedId,
        requestHash: requestHash(keyed),
        pendingReason,
      });
      expect(await call()).toEqual({ message, duplicate: true });
      expect(system.queue.calls).toEqual([]);
    },
  );

  it("keeps the time a rolled-back retry has to wait for", async () => {
    const notBefore = NOON + 5 * MINUTE;
    await system.put({
      messageId: keyedId,
      requestHash: requestHash(keyed),
      pendingReason: "SEND_FAILED",
      attempt: 1,
      notBefore,
    });
    expect((await call()).message).toMatchObject({ status: "QUEUED", notBefore });
    expect(system.queue.calls[0]?.[0]?.delaySeconds).toBe(300);
  });

  it("a hundred times at once: one message, one copy, one request", async () => {
    const results = await Promise.all(Array.from({ length: 100 }, () => call()));
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await stored()).toHaveLength(1);
    expect(system.queue.calls.flat()).toHaveLength(1);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
  });

  it("twice in one batch: one message", async () => {
    const request = { input: keyed, correlationId: "call-1" };
    const results = await acceptAll(system.deps, [request, request]);
    expect(results.map((result) => !(result instanceof HomingError) && result.duplicate)).toEqual([
      false,
      true,
    ]);
    expect(system.queue.calls.flat()).toHaveLength(1);
  });
});

describe("a send that fails", () => {
  it.each([
    ["QUEUE_UNAVAILABLE", keyed, true, false],
    ["QUEUE_UNAVAILABLE", buildInput(), false, false],
    ["QUEUE_DENIED", keyed, false, true],
  ] as const)(
    "%s is a system error that says what is stored and whether to repeat",
    async (code, input, retryable, permanent) => {
      system.queue.answer = () => refusal(code);
      const error = await refused(input);
      const [message] = await stored();
      expect(error).toMatchObject({
        code: "SYSTEM_ERROR",
        retryable,
        permanent,
        retryAfterSeconds: expect.any(Number),
        stored: { messageId: message?.messageId, messageStatus: "PENDING" },
      });
      expect(message).toMatchObject({ status: "PENDING", pendingReason: "SEND_FAILED" });
      expect(error.message).toMatch(/stored.*without another call/);
      expect(error.message).not.toContain("arn:");
    },
  );

  it("is resumed by the producer's repeated call: the same message, delivered once", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    await refused();
    system.queue.answer = () => undefined;
    const again = await call(keyed, "call-2");
    expect(again).toMatchObject({ duplicate: true, message: { status: "QUEUED" } });
    await system.work();
    expect(await stored()).toMatchObject([{ status: "COMPLETED" }]);
    expect(system.target.requests).toHaveLength(1);
  });

  it("is sent by the reconciler without another call", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    await refused(buildInput());
    system.queue.answer = () => undefined;
    system.clock.advance(MINUTE);
    await reconcile(system.deps, "run");
    await system.work();
    expect(await stored()).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("and a rollback that fails too: the answer states what was last written, and the message is not lost", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    system.faults = (each) => (each === "apply rollback" ? "before" : undefined);
    expect((await refused()).stored).toEqual({ messageId: keyedId, messageStatus: "QUEUED" });
    expect(await system.read(keyedId)).toMatchObject({ status: "QUEUED", dueAt: NOON + 15 * MINUTE });
  });

  it("of one message of a batch is that message's alone", async () => {
    const inputs = [buildInput(), keyed, buildInput()];
    system.queue.answer = ({ messageId }) =>
      messageId === keyedId ? refusal("QUEUE_UNAVAILABLE") : undefined;
    const results = await acceptAll(
      system.deps,
      inputs.map((input) => ({ input, correlationId: "call-1" })),
    );
    expect(results.map((result) => result instanceof HomingError)).toEqual([false, true, false]);
  });

  it("finds the copy taken and claimed: accepted, with the present status", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE", true);
    system.queue.during = async () => {
      await system.work();
    };
    expect(await call()).toMatchObject({ duplicate: false, message: { status: "COMPLETED" } });
    expect(system.target.requests).toHaveLength(1);
  });
});

describe("storage that fails", () => {
  it("before the message is stored: nothing is, and the call may be repeated", async () => {
    for (const input of [keyed, buildInput()]) {
      system.faults = failing("insert", "before");
      const error = await refused(input);
      expect(error).toMatchObject({ code: "SYSTEM_ERROR", retryable: true, permanent: false });
      expect(error.stored).toBeUndefined();
    }
    expect(await stored()).toEqual([]);
    expect(system.queue.calls).toEqual([]);
  });

  it("after the message is stored, with a key: the repeated call completes the same message", async () => {
    system.faults = failing("insert", "after");
    expect(await refused()).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    const again = await call();
    expect(again).toMatchObject({ duplicate: true, message: { status: "QUEUED" } });
    expect(await stored()).toHaveLength(1);
  });

  it("after the message is stored, without a key: the call may not be repeated, and the message is delivered", async () => {
    system.faults = failing("insert", "after");
    expect(await refused(buildInput())).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
    system.clock.advance(15 * MINUTE);
    await reconcile(system.deps, "run");
    await system.work();
    expect(await stored()).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("without saying whether the message is stored, and without a key: it is asked", async () => {
    system.faults = failing("insert", "failed");
    expect(await refused(buildInput())).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect(await stored()).toEqual([]);
  });

  it("and cannot be asked whether the message is there: the call may not be repeated", async () => {
    system.faults = (each) => (each === "insert" ? "failed" : each === "get" ? "before" : undefined);
    expect(await refused(buildInput())).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
  });

  it("without any answer: the message may still come, so the call may not be repeated, whatever is read", async () => {
    const deps = {
      ...system.deps,
      store: Object.assign(Object.create(system.store), {
        insert: async () => Promise.reject(new StorageError(true, true, new Error("timeout"))),
        putPayload: async () => {},
        get: async () => undefined,
      }) as typeof system.store,
    };
    const [result] = await acceptAll(deps, [{ input: buildInput(), correlationId: "call-1" }]);
    expect(result).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
  });

  it("that surely refused is not asked again", async () => {
    const asked: string[] = [];
    system.faults = (each) => {
      asked.push(each);
      return each === "insert" ? "before" : undefined;
    };
    await refused(buildInput());
    expect(asked).not.toContain("get");
  });

  it("with the payload only, with a key: the repeated call completes the same message", async () => {
    system.faults = failing("putPayloadIfAbsent", "before");
    expect(await refused()).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect(system.queue.calls).toEqual([]);
    expect(await system.read(keyedId)).toMatchObject({ status: "PENDING", pendingReason: "SEND_FAILED" });
    expect(await call()).toMatchObject({ duplicate: true, message: { status: "QUEUED" } });
    expect(await system.store.getPayload(await system.read(keyedId))).toEqual(buildPayload());
    // It was stored once, by the first of the two calls.
    expect(system.observer.count("MessagesAccepted")).toBe(1);
  });

  it("with the payload and the rollback, with a key: the repeated call still keeps the message from being lost", async () => {
    system.faults = (each) =>
      each === "putPayloadIfAbsent" || each === "apply rollback" ? "before" : undefined;
    expect(await refused()).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    system.faults = () => undefined;
    expect(await call()).toMatchObject({ duplicate: true, message: { status: "QUEUED" } });
    system.clock.advance(15 * MINUTE);
    await reconcile(system.deps, "run");
    await system.work();
    expect(await stored()).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("cannot say whether the payload of a message is there: the repetition is not told that it is safe", async () => {
    await call();
    system.faults = failing("getPayload", "before");
    expect(await refused()).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
  });

  it("with the payload of a scheduled message, with a key: the repeated call completes it", async () => {
    const input = { ...keyed, deliverAt: NOON + HOUR };
    system.faults = failing("putPayloadIfAbsent", "before", "before");
    expect(await refused(input)).toMatchObject({ retryable: true });
    expect(await refused(input)).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect(await call(input)).toMatchObject({ duplicate: true, message: { status: "PENDING" } });
    expect(await system.store.getPayload(await system.read(keyedId))).toEqual(buildPayload());
  });

  it("with the payload only, without a key: the message is withdrawn, so that the call may be repeated", async () => {
    system.faults = failing("putPayload", "before");
    expect(await refused(buildInput())).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect(await stored()).toMatchObject([{ status: "CANCELLED" }]);
    expect(system.observer.count("MessagesAccepted")).toBe(1);
    expect(system.queue.calls).toEqual([]);
  });

  it("with payload and withdrawal: the call may not be repeated, and the message ends as FAILED", async () => {
    system.faults = (each) => (each === "putPayload" || each === "apply cancel" ? "before" : undefined);
    expect(await refused(buildInput())).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
    system.faults = () => undefined;
    system.clock.advance(15 * MINUTE);
    await reconcile(system.deps, "run");
    expect(await stored()).toMatchObject([{ status: "FAILED", failureReason: "PAYLOAD_MISSING" }]);
  });

  it.each<[string, (message: Message) => Transition]>([
    ["FAILED", (m) => Lifecycle.giveUp(m, AT, DAY, "EXPIRED")],
    ["CANCELLED", () => Lifecycle.cancel(AT, DAY)],
    ["QUEUED", (m) => Lifecycle.enqueue(m, AT, MINUTE)],
  ])(
    "with the payload again, when the message is %s and needs none: still a duplicate",
    async (_status, to) => {
      const message = await system.put({ messageId: keyedId, requestHash: requestHash(keyed) });
      await system.store.apply(keyedId, to(message));
      system.faults = failing("putPayloadIfAbsent", "before");
      expect(await call()).toEqual({ message: await system.read(keyedId), duplicate: true });
    },
  );

  it("when the message is to be marked: it is stored, and the reconciler sends it", async () => {
    system.faults = failing("apply enqueue", "before");
    const error = await refused(buildInput());
    const [message] = await stored();
    expect(error).toMatchObject({
      code: "SYSTEM_ERROR",
      retryable: false,
      permanent: false,
      stored: { messageId: message?.messageId, messageStatus: "PENDING" },
    });
    system.clock.advance(15 * MINUTE);
    await reconcile(system.deps, "run");
    expect(await stored()).toMatchObject([{ status: "QUEUED" }]);
  });

  it("keeps what the storage said in the cause", async () => {
    system.faults = failing("insert", "before");
    expect((await refused()).cause).toBeInstanceOf(StorageError);
  });
});
