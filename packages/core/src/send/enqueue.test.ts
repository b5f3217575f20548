import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../clock.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import * as Claims from "../message/claims.ts";
import { decodeCopy, encodeCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message, SendErrorCode } from "../message/message.ts";
import type { OutgoingCopy } from "../queue/message-queue.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { StorageError } from "../store/message-store.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { classifyRequest } from "./classify.ts";
import { type EnqueueEntry, enqueue, enqueueAll } from "./enqueue.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const entryOf = (message: Message, payload = buildPayload()): EnqueueEntry => ({
  message,
  contents: payload,
  correlationId: "call-2",
});
const enqueueOne = (message: Message) => enqueue(system.deps, entryOf(message));

/** Something that happens to the message while the queue is being asked. */
async function meanwhile(
  message: Message,
  ...steps: Array<(read: Message) => ReturnType<typeof Lifecycle.cancel>>
) {
  for (const step of steps) {
    await system.store.apply(message.messageId, step(await system.read(message.messageId)));
  }
}
const at = (token: string) => ({ now: system.clock.now(), correlationId: "other", token });

describe("enqueue", () => {
  it("marks the message, sends its copy, and answers what was written", async () => {
    const message = await system.put({ attempt: 2 });
    const result = await enqueueOne(message);
    const stored = await system.read(message.messageId);
    expect(result).toEqual({ outcome: "queued", message: stored });
    expect(stored).toMatchObject({ status: "QUEUED", sends: 1, revision: 2 });
    expect(stored.history.at(-1)).toEqual({
      at: NOON,
      from: "PENDING",
      to: "QUEUED",
      reason: "ENQUEUED",
      correlationId: "call-2",
    });
    expect(system.queue.calls).toHaveLength(1);
    const [copy] = system.queue.calls[0] ?? [];
    expect(copy).toMatchObject({ messageId: message.messageId, senderId: "acme", delaySeconds: 0 });
    expect(decodeCopy(copy?.body ?? "")).toMatchObject({ attempt: 3, sendId: stored.sendId });
  });

  it("keeps one correlation id from the first call to the last attempt, whoever enqueues again", async () => {
    await enqueueOne(await system.put({ correlationId: "call-1" }));
    expect(system.queue.calls[0]?.[0]?.correlationId).toBe("call-1");
  });

  it("sends the trace along with the copy", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await enqueue(system.deps, entryOf(await system.put(), buildPayload({ traceparent })));
    expect(system.queue.calls[0]?.[0]?.traceparent).toBe(traceparent);
  });

  it.each([
    [-1, 0],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [900_000, 900],
  ])("leaves a wait of %d ms to the queue as %d s, never too early", async (waitMs, delaySeconds) => {
    const message = await system.put({ notBefore: NOON + waitMs });
    expect((await enqueueOne(message)).outcome).toBe("queued");
    expect(system.queue.calls[0]?.[0]?.delaySeconds).toBe(delaySeconds);
  });

  it("takes what is left of the wait when a try is repeated", async () => {
    const message = await system.put({ notBefore: NOON + 10 * SECOND });
    system.queue.answer = (_copy, call) => {
      system.clock.advance(call === 1 ? 2 * SECOND : 0);
      return call === 1 ? refusal("QUEUE_UNAVAILABLE") : undefined;
    };
    await enqueueOne(message);
    expect(system.queue.calls.map(([copy]) => copy?.delaySeconds)).toEqual([10, 8]);
  });

  it("waits out as PENDING what the queue cannot carry, and writes nothing", async () => {
    const message = await system.put({ notBefore: NOON + 900_001, dueAt: NOON + 900_001 });
    expect(await enqueueOne(message)).toEqual({ outcome: "waiting", message });
    expect(await system.read(message.messageId)).toEqual(message);
    expect(system.queue.calls).toEqual([]);
  });

  it("sends nothing for a message that is not PENDING any more", async () => {
    const message = { ...buildMessage(), status: "QUEUED" } as const;
    expect(await enqueueOne(message)).toEqual({ outcome: "moved", message });
  });

  it("sends nothing for a message that somebody moved since it was read, and shows where it is", async () => {
    const read = await system.put();
    await meanwhile(read, () => Lifecycle.cancel(at("c"), DAY));
    expect(await enqueueOne(read)).toEqual({ outcome: "moved", message: await system.read(read.messageId) });
    expect(await enqueueOne(buildMessage())).toEqual({ outcome: "moved", message: undefined });
    expect(system.queue.calls).toEqual([]);
  });

  it("sends nothing when an older copy claimed the message in the instant after the write", async () => {
    const message = await system.put();
    const { store } = system;
    const deps = {
      ...system.deps,
      store: {
        ...system.deps.store,
        apply: async (messageId: string, transition: ReturnType<typeof Lifecycle.cancel>) => {
          await store.apply(messageId, transition);
          await store.apply(messageId, Claims.claim(1, at("worker"), MINUTE));
          return store.apply(messageId, transition);
        },
      },
    };
    expect(await enqueue(deps, entryOf(message))).toEqual({
      outcome: "moved",
      message: await system.read(message.messageId),
    });
    expect(system.queue.calls).toEqual([]);
  });

  it.each(["before", "after"] as const)(
    "answers the message as it was read when the storage does not (%s the effect), and sends nothing",
    async (fault) => {
      const message = await system.put();
      system.faults = failing("apply enqueue", fault);
      expect(await enqueueOne(message)).toEqual({
        outcome: "unmarked",
        message,
        error: expect.any(StorageError),
      });
      expect(system.queue.calls).toEqual([]);
    },
  );

  it("lets one of two who enqueue the same message at once send it", async () => {
    const message = await system.put();
    const results = await enqueueAll(system.deps, [entryOf(message), entryOf(message)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["queued", "moved"]);
    expect(system.queue.calls.flat()).toHaveLength(1);
  });
});

describe("transient errors are retried and permanent ones are not", () => {
  const TRANSIENT: SendErrorCode[] = ["QUEUE_UNAVAILABLE", "QUEUE_THROTTLED", "UNCLASSIFIED"];
  const PERMANENT: SendErrorCode[] = ["QUEUE_DENIED", "QUEUE_MISSING", "QUEUE_REJECTED_CONTENT"];

  it.each(TRANSIENT)("%s: the same copy is sent again until it is taken", async (code) => {
    const message = await system.put();
    system.queue.answer = (_copy, call) => (call < 3 ? refusal(code) : undefined);
    expect(await enqueueOne(message)).toEqual({
      outcome: "queued",
      message: await system.read(message.messageId),
    });
    expect(system.queue.calls).toHaveLength(3);
    expect(new Set(system.queue.calls.map(([copy]) => copy?.body)).size).toBe(1);
    expect(system.observer.count("SendRetries")).toBe(2);
    expect(system.observer.count("Rollbacks")).toBe(0);
    expect((await system.read(message.messageId)).sends).toBe(1);
  });

  it.each(TRANSIENT)("%s: after the last try the message is rolled back", async (code) => {
    const message = await system.put();
    system.queue.answer = () => refusal(code);
    const result = await enqueueOne(message);
    expect(result).toMatchObject({ outcome: "failed", rolledBack: true, error: { code, retryable: true } });
    expect(result.message).toEqual(await system.read(message.messageId));
    expect(result.message).toMatchObject({ status: "PENDING", lastErrorCode: code });
    expect(system.queue.calls).toHaveLength(4);
    expect(system.observer.count(`SendFailures ${code}`)).toBe(1);
    expect(system.observer.count("Rollbacks")).toBe(1);
  });

  it.each(PERMANENT)("%s: one try, and the message is rolled back at once", async (code) => {
    const message = await system.put();
    system.queue.answer = () => refusal(code);
    expect(await enqueueOne(message)).toMatchObject({
      outcome: "failed",
      rolledBack: true,
      error: { code, retryable: false },
      message: { status: "PENDING", lastErrorCode: code },
    });
    expect(system.queue.calls).toHaveLength(1);
    expect(system.observer.count("SendRetries")).toBe(0);
  });

  it("a queue that rejects instead of answering has failed like any other", async () => {
    const message = await system.put();
    const queue = Object.assign(Object.create(system.queue), {
      send: async () => Promise.reject(Object.assign(new Error("no"), { name: "KmsThrottled" })),
    }) as typeof system.queue;
    expect(await enqueue({ ...system.deps, queue }, entryOf(message))).toMatchObject({
      outcome: "failed",
      rolledBack: true,
      error: { code: "QUEUE_THROTTLED", retryable: true },
    });
    expect((await system.read(message.messageId)).status).toBe("PENDING");
  });

  it("a permanent error ends the tries also after a transient one", async () => {
    system.queue.answer = (_copy, call) => refusal(call === 1 ? "QUEUE_THROTTLED" : "QUEUE_DENIED");
    expect(await enqueueOne(await system.put())).toMatchObject({ error: { code: "QUEUE_DENIED" } });
    expect(system.queue.calls).toHaveLength(2);
  });

  describe("within the budget", () => {
    beforeEach(() => {
      vi.useFakeTimers({ now: NOON, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    /** Enqueues with the real waits, in virtual time; answers when each try began and when all was over. */
    async function timed(sendBudgetMs: number): Promise<{ tries: number[]; endedAfter: number }> {
      const { sendBackoff: _, ...rest } = system.deps;
      const deps = { ...rest, clock: systemClock, settings: { ...system.settings, sendBudgetMs } };
      const message = await system.put();
      const began = Date.now();
      const tries: number[] = [];
      const { during } = system.queue;
      system.queue.during = async (timeoutMs) => {
        tries.push(Date.now() - began);
        await during(timeoutMs);
      };
      const done = enqueue(deps, entryOf(message)).then(() => Date.now() - began);
      await vi.advanceTimersByTimeAsync(2 * MINUTE);
      return { tries, endedAfter: await done };
    }

    it("the waits between tries grow, are jittered, and end with the budget", async () => {
      system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
      const { tries, endedAfter } = await timed(5_000);
      const waits = tries.slice(1).map((time, index) => time - (tries[index] ?? 0));
      // 100, 200, 400, 800 ms, each stretched by up to two, and never more than a second.
      [100, 200, 400, 800].forEach((base, index) => {
        expect(waits[index]).toBeGreaterThanOrEqual(base);
        expect(waits[index]).toBeLessThanOrEqual(Math.min(1_000, 2 * base));
      });
      expect(tries.length).toBeGreaterThanOrEqual(6);
      expect(endedAfter).toBeLessThanOrEqual(5_000);
    });

    it("a queue that never answers is not waited for longer than the budget", async () => {
      system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
      system.queue.during = (timeoutMs) => new Promise((resolve) => setTimeout(resolve, timeoutMs));
      const { endedAfter } = await timed(5_000);
      expect(endedAfter).toBeLessThanOrEqual(5_000);
      expect(system.queue.timeouts.length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...system.queue.timeouts)).toBeLessThanOrEqual(2_000);
      // A timer takes whole milliseconds, and at least one.
      for (const timeoutMs of system.queue.timeouts)
        expect(Number.isInteger(timeoutMs) && timeoutMs > 0).toBe(true);
    });

    it("a budget shorter than one try cuts that try short", async () => {
      system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
      system.queue.during = (timeoutMs) => new Promise((resolve) => setTimeout(resolve, timeoutMs));
      expect((await timed(300)).endedAfter).toBeLessThanOrEqual(300);
    });

    it("many slow batches share one budget", async () => {
      system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
      system.queue.during = (timeoutMs) => new Promise((resolve) => setTimeout(resolve, timeoutMs));
      const { sendBackoff: _, ...deps } = { ...system.deps, clock: systemClock };
      const messages = await Promise.all(Array.from({ length: 100 }, () => system.put()));
      const began = Date.now();
      const done = enqueueAll(
        deps,
        messages.map((message) => entryOf(message)),
      ).then((results) => ({ results, took: Date.now() - began }));
      await vi.advanceTimersByTimeAsync(2 * MINUTE);
      const { results, took } = await done;
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["failed"]));
      expect(took).toBeLessThanOrEqual(5_100);
    });
  });
});

describe("rollback is guarded by a condition and preserves all metadata", () => {
  const outage = () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
  };

  it("leaves everything that it does not record itself, the payload included", async () => {
    outage();
    const payload = buildPayload({ metadata: { order: "42" } });
    const before = await system.put(
      {
        idempotencyKey: "order 42",
        deliverAt: NOON - 1,
        deliverBy: NOON + DAY,
        notBefore: NOON + MINUTE,
        attempt: 3,
        unknowns: 1,
        claimId: "claim-3",
        claimedAt: NOON - HOUR,
        orphans: 2,
        rollbacks: 1,
        rolledBackAt: NOON - HOUR,
        sendFailingSince: NOON - HOUR,
      },
      payload,
    );
    await enqueue(system.deps, entryOf(before, payload));
    const after = await system.read(before.messageId);
    expect(after).toEqual({
      ...before,
      status: "PENDING",
      pendingReason: "SEND_FAILED",
      // One minute of waiting, then a deadline doubled twice: marking moved it, and the rollback moved it back.
      dueAt: NOON + MINUTE,
      rolledBackAt: NOON,
      rollbacks: 2,
      lastErrorCode: "QUEUE_UNAVAILABLE",
      sends: 1,
      sendId: after.sendId,
      writeId: after.writeId,
      revision: 3,
      history: [
        ...before.history,
        { at: NOON, from: "PENDING", to: "QUEUED", reason: "ENQUEUED", correlationId: "call-2" },
        { at: NOON, from: "QUEUED", to: "PENDING", reason: "SEND_FAILED", correlationId: "call-2" },
      ],
    });
    expect(after.writeId).not.toBe(after.sendId);
    expect(await system.store.getPayload(before)).toEqual(payload);
  });

  it("does not undo somebody else's later, successful send", async () => {
    outage();
    const message = await system.put();
    system.queue.during = async () => {
      system.queue.during = async () => {};
      system.clock.time = (await system.read(message.messageId)).dueAt ?? 0;
      await meanwhile(
        message,
        (read) => Lifecycle.orphan(read, at("o")) ?? expect.fail(),
        (read) => Lifecycle.enqueue(read, at("their send"), HOUR),
      );
    };
    const result = await enqueueOne(message);
    const stored = await system.read(message.messageId);
    expect(result).toEqual({ outcome: "moved", message: stored });
    expect(stored).toMatchObject({ status: "QUEUED", sendId: "their send", rollbacks: 0 });
  });

  it("does not bring back a message that was cancelled meanwhile", async () => {
    outage();
    const message = await system.put();
    system.queue.during = () => meanwhile(message, () => Lifecycle.cancel(at("c"), DAY));
    expect(await enqueueOne(message)).toMatchObject({ outcome: "moved", message: { status: "CANCELLED" } });
  });

  it("finds the message claimed under its own send: the queue had taken it after all", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE", true);
    const message = await system.put();
    system.queue.during = () => meanwhile(message, () => Claims.claim(1, at("worker"), MINUTE));
    const result = await enqueueOne(message);
    expect(result).toEqual({ outcome: "queued", message: await system.read(message.messageId) });
    expect(result.message?.status).toBe("PROCESSING");
  });

  it("finds the message delivered under its own send, which is the same", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE", true);
    const message = await system.put();
    system.queue.during = async () => {
      await system.work();
    };
    expect(await enqueueOne(message)).toMatchObject({ outcome: "queued", message: { status: "COMPLETED" } });
    expect(system.target.requests).toHaveLength(1);
  });

  it("is repeated when the storage does not answer", async () => {
    outage();
    const message = await system.put();
    system.faults = failing("apply rollback", "before", "before");
    expect(await enqueueOne(message)).toMatchObject({ outcome: "failed", rolledBack: true });
    expect((await system.read(message.messageId)).status).toBe("PENDING");
  });

  it("knows itself by its own token when its answer was lost, and is written once", async () => {
    outage();
    const message = await system.put();
    system.faults = failing("apply rollback", "after", "after");
    expect(await enqueueOne(message)).toMatchObject({ outcome: "failed", rolledBack: true });
    const stored = await system.read(message.messageId);
    expect(stored.rollbacks).toBe(1);
    expect(stored.history.map(({ reason }) => reason)).toEqual(["ACCEPTED", "ENQUEUED", "SEND_FAILED"]);
    expect(system.observer.count("Rollbacks")).toBe(1);
  });

  it("that cannot be written is counted, and repaired by the reconciler", async () => {
    outage();
    const message = await system.put();
    system.faults = (call) => (call === "apply rollback" ? "before" : undefined);
    const result = await enqueueOne(message);
    const stored = await system.read(message.messageId);
    // The status it answers is the one it last wrote, and true.
    expect(result).toMatchObject({ outcome: "failed", rolledBack: false, message: stored });
    expect(stored.status).toBe("QUEUED");
    expect(system.observer.count("RollbackFailures")).toBe(1);
    expect(system.observer.count("Rollbacks")).toBe(0);

    system.faults = () => undefined;
    system.queue.answer = () => undefined;
    system.clock.time = stored.dueAt ?? 0;
    await reconcile(system.deps, "run");
    await system.work();
    const done = await system.read(message.messageId);
    expect(done.status).toBe("COMPLETED");
    expect(done.history.map(({ reason }) => reason)).toEqual([
      "ACCEPTED",
      "ENQUEUED",
      "ORPHANED",
      "ENQUEUED",
      "CLAIMED",
      "DELIVERED",
    ]);
  });

  it("is reported without payload, secrets or what the queue said", async () => {
    outage();
    await enqueueOne(await system.put());
    expect(system.observer.events().slice(-2)).toEqual(["send_failed", "rolled_back"]);
    expect(system.observer.events().filter((event) => event === "send_try_failed")).toHaveLength(4);
    const fields = JSON.stringify(system.observer.lines.map((line) => line.fields));
    expect(fields).toContain('"errorCode":"QUEUE_UNAVAILABLE"');
    for (const secret of ["hidden", "order", "arn:"]) expect(fields).not.toContain(secret);
  });
});

describe("many messages at once", () => {
  it("go in batches of ten, and each gets its own answer in the order it was asked", async () => {
    const messages = await Promise.all(Array.from({ length: 25 }, () => system.put()));
    const refused = new Set([messages[3]?.messageId, messages[21]?.messageId]);
    system.queue.answer = ({ messageId }) => (refused.has(messageId) ? refusal("QUEUE_DENIED") : undefined);
    const results = await enqueueAll(
      system.deps,
      messages.map((message) => entryOf(message)),
    );
    expect(system.queue.calls.map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(results.map(({ outcome }, index) => [index, outcome]).filter(([, o]) => o === "failed")).toEqual([
      [3, "failed"],
      [21, "failed"],
    ]);
    expect(results.map(({ message }) => message?.messageId)).toEqual(
      messages.map(({ messageId }) => messageId),
    );
  });

  it("repeat only those that were not taken, and not those that never will be", async () => {
    const [good, slow, bad] = await Promise.all([system.put(), system.put(), system.put()]);
    system.queue.answer = ({ messageId }, call) => {
      if (messageId === bad.messageId) return refusal("QUEUE_REJECTED_CONTENT");
      return messageId === slow.messageId && call === 1 ? refusal("QUEUE_THROTTLED") : undefined;
    };
    const results = await enqueueAll(
      system.deps,
      [good, slow, bad].map((message) => entryOf(message)),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(["queued", "queued", "failed"]);
    expect(system.queue.calls.map((batch) => batch.map(({ messageId }) => messageId))).toEqual([
      [good.messageId, slow.messageId, bad.messageId],
      [slow.messageId],
    ]);
  });

  it("are split where a batch would exceed the queue's limit", async () => {
    const payload = buildPayload({ body: JSON.stringify("a".repeat(262_142)) });
    const messages = await Promise.all(Array.from({ length: 9 }, () => system.put({}, payload)));
    await enqueueAll(
      system.deps,
      messages.map((message) => entryOf(message, payload)),
    );
    // Four bodies are exactly 1 MiB without anything around them.
    expect(system.queue.calls.map((batch) => batch.length)).toEqual([3, 3, 3]);
  });

  describe("do not suffer from one among them that has the whole request refused", () => {
    const requestRefused = (name: string) => (copies: readonly OutgoingCopy[]) =>
      copies.some(({ senderId }) => senderId === "hostile")
        ? classifyRequest(Object.assign(new Error("no"), { name }), copies.length)
        : undefined;
    const mixed = async () => {
      const victims = await Promise.all(Array.from({ length: 9 }, () => system.put()));
      return [...victims.slice(0, 4), await system.put({ senderId: "hostile" }), ...victims.slice(4)];
    };
    const outcomesOf = async (messages: readonly Message[]) =>
      enqueueAll(
        system.deps,
        messages.map((message) => entryOf(message)),
      );

    it.each<[string, SendErrorCode]>([
      ["InvalidMessageContents", "QUEUE_REJECTED_CONTENT"],
      ["BatchRequestTooLong", "QUEUE_REJECTED_CONTENT"],
      ["InvalidParameterValue", "QUEUE_DENIED"],
      ["SomethingNew", "UNCLASSIFIED"],
    ])("with %s: each is sent alone, and only that one fails", async (name, code) => {
      system.queue.refuse = requestRefused(name);
      const messages = await mixed();
      const results = await outcomesOf(messages);
      const failed = results.filter((result) => result.outcome === "failed");
      expect(failed).toMatchObject([{ message: { senderId: "hostile", lastErrorCode: code } }]);
      expect(results.filter(({ outcome }) => outcome === "queued")).toHaveLength(9);
      expect(system.memoryQueue.receive(10)).toHaveLength(9);
    });

    it("but wait where it is the queue that denies itself to all: that is tried once", async () => {
      system.queue.refuse = requestRefused("AccessDenied");
      const results = await outcomesOf(await mixed());
      expect(results.every(({ outcome }) => outcome === "failed")).toBe(true);
      expect(system.queue.calls.map((batch) => batch.length)).toEqual([10]);
    });

    it("and none is judged once the budget is over: all of them are tried again later", async () => {
      system.queue.refuse = (copies) => {
        system.clock.advance(system.settings.sendBudgetMs);
        return requestRefused("InvalidMessageContents")(copies);
      };
      const results = await outcomesOf(await mixed());
      expect(results.map((result) => result.outcome === "failed" && result.error.code)).toEqual(
        Array(10).fill("UNCLASSIFIED"),
      );
    });
  });

  it("fill a batch to the last byte that SQS counts, and not beyond", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const bodyOf = (letters: number) =>
      buildPayload({ traceparent, body: JSON.stringify("a".repeat(letters)) });
    const attributes =
      [..."messageId", ..."senderId", ..."correlationId", ..."traceparent"].length +
      4 * "String".length +
      ["msg_01ARZ3NDEKTSV4RRFFQ69G5FAV", "acme", "call-1", traceparent].join("").length;
    const perMessage = 1_048_576 / 4;
    for (const [spare, expected] of [
      [0, [4]],
      [1, [3, 1]],
    ] as const) {
      system = new TestSystem();
      const messages = await Promise.all(
        Array.from({ length: 4 }, () => system.put({ sends: 0, createdAt: NOON })),
      );
      const entries = messages.map((message, index) => {
        const empty = Buffer.byteLength(encodeCopy({ ...message, sendId: "one-send" }, bodyOf(0)));
        return entryOf(message, bodyOf(perMessage - attributes - empty + (index === 3 ? spare : 0)));
      });
      await enqueueAll({ ...system.deps, newToken: () => "one-send" }, entries);
      expect(system.queue.calls.map((batch) => batch.length)).toEqual(expected);
    }
  });

  it("do not suffer from one that cannot be marked", async () => {
    const [good, lost] = await Promise.all([system.put(), system.put()]);
    system.faults = (call, id) => (call === "apply enqueue" && id === lost.messageId ? "before" : undefined);
    const results = await enqueueAll(system.deps, [entryOf(lost), entryOf(good)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["unmarked", "queued"]);
  });

  it("may be none", async () => {
    expect(await enqueueAll(system.deps, [])).toEqual([]);
    expect(system.queue.calls).toEqual([]);
  });
});
