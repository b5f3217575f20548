import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import * as Claims from "../message/claims.ts";
import { encodeCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Attempt, Message, Payload } from "../message/message.ts";
import { newMessageId } from "../message/message-id.ts";
import type { Transition } from "../message/transition.ts";
import type { ReceivedCopy } from "../queue/memory-message-queue.ts";
import { WORKER_TIMEOUT_SECONDS } from "../queue/queue-definition.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { enqueue } from "../send/enqueue.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { type MessageStore, StorageError } from "../store/message-store.ts";
import { buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { answered, TestSystem, VISIBILITY_MS } from "../testing/test-system.ts";
import { deliverRecord } from "./deliver.ts";
import type { OutgoingRequest, RequestResult } from "./http-client.ts";

const TIMED_OUT: RequestResult = { kind: "error", code: "TIMEOUT", detail: "No answer.", durationMs: 15_000 };

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** A message whose copy waits in the queue. */
async function queued(over: Partial<Message> = {}, payload: Payload = buildPayload()): Promise<Message> {
  const message = await system.put(over, payload);
  const result = await enqueue(system.deps, { message, contents: payload, correlationId: "call-1" });
  if (!result.message) throw new Error("it is there");
  return result.message;
}

async function attemptsOf({ messageId }: Message): Promise<readonly Attempt[]> {
  return (await system.store.getDetail(messageId))?.attempts ?? [];
}

const at = (token: string) => ({ now: system.clock.now(), correlationId: "other", token });
const statusOf = async ({ messageId }: Message) => (await system.read(messageId)).status;
const reasons = async ({ messageId }: Message) =>
  (await system.read(messageId)).history.map(({ reason }) => reason);
const never = () => new Promise<never>(() => {});

/** A worker that dies in the middle of its request. */
async function dieInRequest(): Promise<void> {
  system.target.respond = never;
  void system.work();
  await setImmediate();
  expect(system.target.requests).toHaveLength(1);
  system.target.respond = () => answered(200);
}

/** A record that no enqueue of this test has made. */
function record(message: Message, attempt: number, payload = buildPayload()): ReceivedCopy {
  const body = encodeCopy({ ...message, attempt: attempt - 1, sendId: "s" }, payload);
  const { messageId, senderId, correlationId } = message;
  return { receipt: "none", receiveCount: 1, body, messageId, senderId, correlationId };
}

describe("a copy", () => {
  it("is claimed, delivered once, and its message completed with one write", async () => {
    const message = await queued();
    const calls: string[] = [];
    system.faults = (call) => {
      calls.push(call);
      return undefined;
    };
    expect(await system.work()).toEqual(["done"]);
    const done = await system.read(message.messageId);
    expect(done).toMatchObject({
      status: "COMPLETED",
      attempt: 1,
      finishedAt: NOON,
      expiresAt: NOON + 30 * DAY,
      firstAttempt: {
        number: 1,
        claimId: done.claimId,
        outcome: "SUCCEEDED",
        startedAt: NOON,
        durationMs: 12,
        responseStatus: 200,
        responseBody: "ok",
        responseTruncated: false,
        decision: { rule: "STATUS_2XX", action: "COMPLETE" },
      },
    });
    expect(done.dueAt).toBeUndefined();
    expect(calls).toEqual(["apply claim", "apply complete"]);
    expect(await reasons(message)).toEqual(["ACCEPTED", "ENQUEUED", "CLAIMED", "DELIVERED"]);
    expect(await system.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(system.observer.count("Deliveries SUCCEEDED")).toBe(1);
  });

  it("is delivered as the producer wrote it, signed, with the ids a receiver needs", async () => {
    const message = await queued({}, buildPayload({ body: '{"n":12345678901234567890}' }));
    await system.work();
    const [request] = system.target.requests;
    const headers = Object.fromEntries(request?.headers ?? []);
    expect(request).toMatchObject({
      url: "https://example.com/hook?token=hidden",
      method: "POST",
      body: '{"n":12345678901234567890}',
    });
    expect(headers).toMatchObject({
      "X-Order": "42",
      "webhook-id": message.messageId,
      "webhook-timestamp": String(NOON / 1_000),
      "webhook-signature": expect.stringMatching(/^v1,/),
      "x-correlation-id": "call-1",
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
    });
  });

  it("claims its message from PENDING too: its send was rolled back although the queue had taken it", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE", true);
    const message = await queued();
    expect(message.status).toBe("PENDING");
    await system.work();
    expect(await statusOf(message)).toBe("COMPLETED");
    expect(system.target.requests).toHaveLength(1);
  });

  it("that came twice makes one request", async () => {
    const message = await queued();
    const results = await Promise.all([
      system.deliver(record(message, 1)),
      system.deliver(record(message, 1)),
      system.deliver(record(message, 1)),
    ]);
    expect(results).toEqual(["done", "done", "done"]);
    expect(system.target.requests).toHaveLength(1);
  });

  it("of an attempt that was made starts nothing, whatever the message waits for", async () => {
    const [pending, delayed] = [await queued(), await queued()];
    for (const message of [pending, delayed]) {
      await system.store.apply(message.messageId, Claims.claim(1, at(`c ${message.messageId}`), MINUTE));
      const claimed = await system.read(message.messageId);
      await system.store.apply(
        message.messageId,
        Lifecycle.retryLater(claimed, at("r"), claimed.claimId ?? "", NOON + 5 * MINUTE),
      );
    }
    await enqueue(system.deps, {
      message: await system.read(delayed.messageId),
      contents: buildPayload(),
      correlationId: "c",
    });
    for (const message of [pending, delayed]) {
      const before = await system.read(message.messageId);
      expect(await system.deliver(record(message, 1))).toBe("done");
      expect(await system.read(message.messageId)).toEqual(before);
    }
    expect(system.target.requests).toEqual([]);
  });

  it("of a cancelled message starts nothing", async () => {
    const message = await queued();
    await system.store.apply(message.messageId, Lifecycle.cancel(at("c"), DAY));
    expect(await system.work()).toEqual(["done"]);
    expect(await statusOf(message)).toBe("CANCELLED");
    expect(system.target.requests).toEqual([]);
  });

  it("whose attempt is running starts nothing and disturbs nothing", async () => {
    const message = await queued();
    await dieInRequest();
    const before = await system.read(message.messageId);
    system.clock.advance(59_999);
    expect(await system.deliver(record(message, 1))).toBe("done");
    expect(await system.read(message.messageId)).toEqual(before);
    expect(system.target.requests).toHaveLength(1);
  });

  it.each<[string, Partial<ReceivedCopy>]>([
    ["names no message", { messageId: undefined as never }],
    ["holds no JSON", { body: "hello" }],
    ["holds no copy of ours", { body: "{}" }],
    ["holds another version", { body: '{"version":2}' }],
  ])("that %s goes back, and in the end to the dead letters: nothing is guessed", async (_name, over) => {
    const message = await queued();
    const calls: string[] = [];
    system.faults = (call) => {
      calls.push(call);
      return undefined;
    };
    expect(await system.deliver({ ...record(message, 1), ...over })).toBe("return");
    expect(calls).toEqual([]);
    expect(system.observer.events()).toEqual(["record_unreadable"]);
  });

  it("of a message that is not there goes back", async () => {
    const message = { ...(await queued()), messageId: newMessageId(NOON) };
    expect(await system.deliver(record(message, 1))).toBe("return");
    expect(system.target.requests).toEqual([]);
  });
});

describe("an answer that is to be retried", () => {
  beforeEach(() => {
    system.target.respond = () => answered(503, "busy");
  });

  it("is recorded, and the next attempt rides on the queue's delay", async () => {
    const message = await queued();
    await system.work();
    const after = await system.read(message.messageId);
    expect(after).toMatchObject({
      status: "QUEUED",
      attempt: 1,
      notBefore: NOON + 5 * SECOND,
      dueAt: NOON + 5 * SECOND + 15 * MINUTE,
    });
    expect(await reasons(message)).toEqual(["ACCEPTED", "ENQUEUED", "CLAIMED", "RETRY", "ENQUEUED"]);
    expect(system.queue.calls[1]?.[0]?.delaySeconds).toBe(5);
    expect(await attemptsOf(message)).toMatchObject([
      {
        number: 1,
        outcome: "RETRY",
        responseStatus: 503,
        responseBody: "busy",
        decision: { rule: "STATUS_5XX", action: "RETRY", nextAttemptAt: NOON + 5 * SECOND },
      },
    ]);
  });

  it("is recorded before the message moves on, so that no outcome points at nothing", async () => {
    await queued();
    const calls: string[] = [];
    system.faults = (call) => {
      calls.push(call);
      return undefined;
    };
    await system.work();
    expect(calls).toEqual(["apply claim", "putAttempt", "apply retryLater", "apply enqueue"]);
  });

  it("waits as PENDING where the queue cannot carry the delay", async () => {
    const message = await queued({ attempt: 2 });
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "RETRY",
      attempt: 3,
      notBefore: NOON + 30 * MINUTE,
      dueAt: NOON + 30 * MINUTE,
    });
  });

  it("is delivered in the end, each attempt at its time and under its own number", async () => {
    const message = await queued();
    const startedAt: number[] = [];
    system.target.respond = () => {
      startedAt.push(system.clock.now() - NOON);
      return answered(startedAt.length < 4 ? 503 : 200);
    };
    // Two hours and more, in steps of half a minute as the reconciler runs.
    for (let i = 0; i < 300 && (await statusOf(message)) !== "COMPLETED"; i += 1) {
      await reconcile(system.deps, "run");
      await system.work();
      system.clock.advance(5 * SECOND);
      if (i > 3) system.clock.advance(25 * SECOND);
    }
    expect(startedAt).toHaveLength(4);
    const waits = startedAt.slice(1).map((time, index) => time - (startedAt[index] ?? 0));
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE].forEach((scheduled, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(scheduled);
      expect(waits[index]).toBeLessThanOrEqual(scheduled + 30 * SECOND);
    });
    expect((await attemptsOf(message)).map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, "RETRY"],
      [2, "RETRY"],
      [3, "RETRY"],
      [4, "SUCCEEDED"],
    ]);
    expect(
      new Set(system.target.requests.map(({ headers }) => Object.fromEntries(headers)["webhook-id"])),
    ).toEqual(new Set([message.messageId]));
  });

  it("to the last attempt is the end: ATTEMPTS_EXHAUSTED", async () => {
    const message = await queued({ attempt: 9 });
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "ATTEMPTS_EXHAUSTED",
      attempt: 10,
    });
  });

  it("whose next attempt would come too late is the end: EXPIRED", async () => {
    const message = await queued({ deliverBy: NOON + 4 * SECOND });
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "EXPIRED",
    });
  });

  it("and a send that fails: the message waits, and keeps the time of its next attempt", async () => {
    const message = await queued();
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "SEND_FAILED",
      notBefore: NOON + 5 * SECOND,
      dueAt: NOON + 5 * SECOND,
    });
    system.queue.answer = () => undefined;
    await reconcile(system.deps, "run");
    expect(system.queue.calls.at(-1)?.[0]?.delaySeconds).toBe(5);
  });

  it("and storage that does not let it be enqueued: the reconciler sends it at its time", async () => {
    const message = await queued();
    system.faults = failing("apply enqueue", "before");
    expect(await system.work()).toEqual(["done"]);
    expect(system.observer.events()).toContain("retry_not_enqueued");
    expect(await statusOf(message)).toBe("PENDING");
    system.clock.advance(5 * SECOND);
    system.target.respond = () => answered(200);
    await reconcile(system.deps, "run");
    await system.work();
    expect(await statusOf(message)).toBe("COMPLETED");
  });
});

describe("an answer that is final", () => {
  it("fails the message and records the attempt", async () => {
    system.target.respond = () => answered(410, "gone");
    const message = await queued();
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_REJECTED",
      expiresAt: NOON + 30 * DAY,
    });
    expect(await attemptsOf(message)).toMatchObject([{ number: 1, outcome: "FAILED", responseStatus: 410 }]);
    expect(await system.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("names a target that is not allowed", async () => {
    system.target.respond = () => ({
      kind: "error",
      code: "TARGET_NOT_ALLOWED",
      detail: "The address is private.",
      durationMs: 1,
    });
    const message = await queued();
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_NOT_ALLOWED",
    });
    expect(await attemptsOf(message)).toMatchObject([{ outcome: "FAILED", errorCode: "TARGET_NOT_ALLOWED" }]);
  });

  it("completes a later attempt, which is a record of its own", async () => {
    const message = await queued({ attempt: 1 });
    await system.work();
    const done = await system.read(message.messageId);
    expect(done.status).toBe("COMPLETED");
    expect(done.firstAttempt).toBeUndefined();
    expect(await attemptsOf(message)).toMatchObject([{ number: 2, outcome: "SUCCEEDED" }]);
  });

  it.each([
    ["a later attempt that succeeds", 1, answered(201), 201],
    ["an attempt that will be repeated", 0, answered(503), 503],
    ["an attempt that fails for good", 0, answered(410), 410],
    // Its first attempt tells it: the item of the happy path stays as small as it is.
    ["a first attempt that succeeds", 0, answered(200), undefined],
    ["an attempt that had no answer", 0, TIMED_OUT, undefined],
  ])("leaves its answer in the message, for lists: %s", async (_what, attempt, result, responseStatus) => {
    const message = await queued({ attempt, responseStatus: 418 });
    system.target.respond = () => result;
    await system.work();
    expect((await system.read(message.messageId)).responseStatus).toBe(responseStatus);
  });

  it("that is claimed tells no answer: its attempt has none yet, whatever the one before had", async () => {
    const message = await queued({ attempt: 1, responseStatus: 503 });
    let during: Message | undefined;
    system.target.respond = async () => {
      during = await system.read(message.messageId);
      return answered(200);
    };
    await system.work();
    expect(during).toMatchObject({ status: "PROCESSING", attempt: 2 });
    expect(during).not.toHaveProperty("responseStatus");
  });
});

describe("a message that is useless after a time", () => {
  it("is not delivered after it, and ends as EXPIRED with an attempt that says why", async () => {
    const message = await queued({ deliverBy: NOON + MINUTE });
    system.clock.advance(MINUTE + 1);
    expect(await system.work()).toEqual(["done"]);
    expect(system.target.requests).toEqual([]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "EXPIRED",
    });
    expect(await attemptsOf(message)).toMatchObject([
      { number: 1, outcome: "FAILED", errorCode: "EXPIRED", decision: { rule: "EXPIRED", action: "FAIL" } },
    ]);
  });

  it("is delivered up to it", async () => {
    await queued({ deliverBy: NOON + MINUTE });
    system.clock.advance(MINUTE);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
  });
});

describe("a worker that dies", () => {
  it("before its claim took effect: nothing has happened, and the copy comes back", async () => {
    const message = await queued();
    system.faults = failing("apply claim", "before");
    expect(await system.work()).toEqual(["return"]);
    expect(await system.read(message.messageId)).toEqual(message);
    system.clock.advance(VISIBILITY_MS);
    await system.work();
    expect(await statusOf(message)).toBe("COMPLETED");
    expect(system.target.requests).toHaveLength(1);
  });

  it("after its claim, the answer lost: the copy comes back and takes over, no request is doubled", async () => {
    const message = await queued();
    system.faults = failing("apply claim", "after");
    expect(await system.work()).toEqual(["return"]);
    expect(await statusOf(message)).toBe("PROCESSING");
    system.clock.advance(VISIBILITY_MS);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 2 });
    expect(system.target.requests).toHaveLength(1);
  });

  it("during the request: the copy comes back, the attempt is unknown, the next has another number", async () => {
    const message = await queued();
    await dieInRequest();
    system.clock.advance(VISIBILITY_MS);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "COMPLETED",
      attempt: 2,
      unknowns: 0,
    });
    expect(system.observer.count("AttemptsUnknown")).toBe(1);
    // The first attempt has no outcome, which is what unknown means; the second is recorded under its own number.
    expect((await attemptsOf(message)).map(({ number }) => number)).toEqual([2]);
  });

  it("after the request, its outcome not written: at least once, and the receiver can tell", async () => {
    const message = await queued();
    system.faults = (call) => (call === "apply complete" ? "before" : undefined);
    expect(await system.work()).toEqual(["return"]);
    system.faults = () => undefined;
    system.clock.advance(VISIBILITY_MS);
    await system.work();
    const ids = system.target.requests.map(({ headers }) => Object.fromEntries(headers)["webhook-id"]);
    expect(ids).toEqual([message.messageId, message.messageId]);
    expect(await statusOf(message)).toBe("COMPLETED");
  });

  it("after the outcome, before it deleted the copy: the copy comes back and is deleted", async () => {
    const message = await queued();
    const [received] = system.memoryQueue.receive(1);
    if (!received) throw new Error("one is there");
    expect(await deliverRecord(system.deps, received, () => 30_000)).toBe("done");
    const done = await system.read(message.messageId);
    system.clock.advance(VISIBILITY_MS);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toEqual(done);
    expect(system.target.requests).toHaveLength(1);
    expect(await system.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("and its copy with it: the reconciler takes the message back", async () => {
    const message = await queued();
    await dieInRequest();
    for (const { receipt } of system.memoryQueue.receive(10)) system.memoryQueue.delete(receipt);
    system.clock.time = (await system.read(message.messageId)).dueAt ?? 0;
    await reconcile(system.deps, "run");
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 2 });
  });

  it("twice in a row: from the second unknown attempt on the next waits by the schedule", async () => {
    const message = await queued();
    await dieInRequest();
    system.clock.advance(VISIBILITY_MS);
    system.target.respond = never;
    void system.work();
    await setImmediate();
    expect(await system.read(message.messageId)).toMatchObject({ attempt: 2, unknowns: 1 });
    system.target.respond = () => answered(200);
    system.clock.advance(VISIBILITY_MS);
    // The copy is of attempt 1: it takes nothing over any more, and the reconciler ends the lease.
    expect(await system.work()).toEqual(["done"]);
    system.clock.time = Math.max(system.clock.time, (await system.read(message.messageId)).dueAt ?? 0);
    await reconcile(system.deps, "run");
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "LEASE_EXPIRED",
      attempt: 2,
      unknowns: 2,
      notBefore: system.clock.time + 5 * MINUTE,
    });
    expect(system.target.requests).toHaveLength(2);
  });

  it("in an attempt after an unknown one: its own copy ends the lease and starts nothing", async () => {
    const message = await queued({ attempt: 1, unknowns: 1 });
    await dieInRequest();
    system.clock.advance(VISIBILITY_MS);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      unknowns: 2,
      notBefore: system.clock.time + 5 * MINUTE,
    });
    expect(system.target.requests).toHaveLength(1);
  });

  it("in its last attempt: its copy ends the message, as the reconciler would", async () => {
    const message = await queued({ attempt: 9 });
    await dieInRequest();
    system.clock.advance(VISIBILITY_MS);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "ATTEMPTS_EXHAUSTED",
      attempt: 10,
      unknowns: 1,
    });
    expect(system.target.requests).toHaveLength(1);
  });

  it("while two copies of its attempt are back: one takes over", async () => {
    const message = await queued();
    await dieInRequest();
    system.clock.advance(VISIBILITY_MS);
    await Promise.all([system.deliver(record(message, 1)), system.deliver(record(message, 1))]);
    expect(system.target.requests).toHaveLength(2);
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 2 });
  });
});

describe("an outcome", () => {
  it.each(["before", "after", "failed"] as const)(
    "is written again when the storage fails (%s the effect)",
    async (fault) => {
      const message = await queued();
      system.faults = failing("apply complete", fault, fault);
      expect(await system.work()).toEqual(["done"]);
      const done = await system.read(message.messageId);
      expect(done.status).toBe("COMPLETED");
      expect(done.history.filter(({ reason }) => reason === "DELIVERED")).toHaveLength(1);
      expect(system.target.requests).toHaveLength(1);
    },
  );

  it("of a retry whose answer was lost is followed by one send", async () => {
    system.target.respond = () => answered(503);
    const message = await queued();
    system.faults = failing("apply retryLater", "after");
    await system.work();
    expect(await statusOf(message)).toBe("QUEUED");
    expect(system.queue.calls.flat()).toHaveLength(2);
    expect(await attemptsOf(message)).toHaveLength(1);
  });

  it.each([
    [3_001, 4],
    [3_000, 1],
  ])(
    "that cannot be written is tried again while the process has time: %d ms left",
    async (leftMs, tries) => {
      const message = await queued();
      let calls = 0;
      system.faults = (call) => {
        if (call !== "apply complete") return undefined;
        calls += 1;
        return "before";
      };
      const [received] = system.memoryQueue.receive(1);
      if (!received) throw new Error("one is there");
      const remainingMs = () => (system.target.requests.length === 0 ? 30_000 : leftMs);
      expect(await deliverRecord(system.deps, received, remainingMs)).toBe("return");
      expect(calls).toBe(tries);
      expect(await statusOf(message)).toBe("PROCESSING");
    },
  );

  it("waits for its record", async () => {
    system.target.respond = () => answered(410);
    const message = await queued();
    system.faults = failing("putAttempt", "before", "failed");
    expect(await system.work()).toEqual(["done"]);
    expect(await statusOf(message)).toBe("FAILED");
    expect(await attemptsOf(message)).toHaveLength(1);
  });

  it.each([
    ["a success", 200, "SUCCEEDED"],
    ["a retry", 503, "RETRY"],
    ["a failure", 410, "FAILED"],
  ] as const)(
    "that comes after the claim was taken away is recorded in its attempt only: %s",
    async (_name, status, outcome) => {
      const message = await queued();
      system.target.respond = async () => {
        system.clock.advance(HOUR);
        await reconcile(system.deps, "run");
        system.target.respond = () => answered(410, "the later attempt");
        await system.work();
        return answered(status, "too late");
      };
      await system.work();
      const after = await system.read(message.messageId);
      expect(after).toMatchObject({ status: "FAILED", attempt: 2, failureReason: "TARGET_REJECTED" });
      const attempts = await attemptsOf(message);
      expect(attempts).toMatchObject([
        { number: 1, outcome, responseBody: "too late" },
        { number: 2, outcome: "FAILED", responseBody: "the later attempt" },
      ]);
      expect(new Set(attempts.map(({ claimId }) => claimId)).size).toBe(2);
      expect(system.observer.events()).toContain("outcome_refused");
    },
  );

  it("never makes a cancelled message a completed one", async () => {
    const message = await queued();
    system.target.respond = async () => {
      system.clock.advance(MINUTE);
      const read = await system.read(message.messageId);
      const over = Claims.leaseOver(read, at("lease"), DAY, 0) ?? expect.fail();
      await system.store.apply(message.messageId, over);
      await system.store.apply(message.messageId, Lifecycle.cancel(at("cancel"), DAY));
      return answered(200);
    };
    expect(await system.work()).toEqual(["done"]);
    expect(await statusOf(message)).toBe("CANCELLED");
    expect(await attemptsOf(message)).toMatchObject([{ number: 1, outcome: "SUCCEEDED" }]);
  });
});

describe("G13: without the check of its own lease a request would leave after somebody else had decided", () => {
  /** The claim's write takes this long by the monotonic clock. */
  const slowClaim = (ms: number) => {
    system.faults = (call) => {
      if (call === "apply claim") system.clock.advance(ms);
      return undefined;
    };
  };

  it("a request is made while the lease outlasts its deadline by a second", async () => {
    await queued();
    slowClaim(44_000);
    expect(await system.work()).toEqual(["done"]);
    expect(system.target.requests).toHaveLength(1);
  });

  it("no request is made a moment later, and the copy goes back", async () => {
    const message = await queued();
    slowClaim(44_001);
    expect(await system.work()).toEqual(["return"]);
    expect(system.target.requests).toEqual([]);
    expect(await statusOf(message)).toBe("PROCESSING");
  });

  it("a request is given the deadline of the settings", async () => {
    await queued();
    const limits: unknown[] = [];
    const http = {
      request: async (_request: unknown, given: unknown) => {
        limits.push(given);
        return answered(200);
      },
    };
    const [received] = system.memoryQueue.receive(1);
    if (received) await deliverRecord({ ...system.deps, http }, received, () => 30_000);
    expect(limits).toEqual([{ timeoutMs: 15_000, keepBytes: 4_096 }]);
  });

  it.each([
    [19_000, "done"],
    [18_999, "return"],
  ] as const)("a process with %d ms left: %s", async (remainingMs, expected) => {
    const message = await queued();
    const [received] = system.memoryQueue.receive(1);
    if (!received) throw new Error("one is there");
    expect(await deliverRecord(system.deps, received, () => remainingMs)).toBe(expected);
    if (expected === "done") return;
    expect(await system.read(message.messageId)).toEqual(message);
    expect(system.observer.events()).toEqual(["too_little_time"]);
  });

  it("no request is made by a process that stood still for longer than its lease, whatever its own clock says", async () => {
    await queued();
    system.faults = (call) => {
      if (call === "apply claim") system.clock.freeze(45_000);
      return undefined;
    };
    expect(await system.work()).toEqual(["return"]);
    expect(system.target.requests).toEqual([]);
  });

  it("a new invocation of the worker has time for a request, its claim and its outcome", () => {
    expect(WORKER_TIMEOUT_SECONDS * SECOND).toBeGreaterThanOrEqual(
      DEFAULT_SETTINGS.deliveryTimeoutMs + 10 * SECOND,
    );
  });
});

describe("a process that is to end cuts no record off: what it cannot finish goes back", () => {
  const ENDS_MS = 30_000;
  const SLOWEST_CALL_MS = 9_000;
  let calls: Array<[call: string, withinMs: unknown]>;

  /** One record for a process of 30 s, in which calls of these names take this long, or as long as they are given. */
  async function deliverSlowly(slow: Readonly<Record<string, number>>, signingMs = 0) {
    const [received] = system.memoryQueue.receive(1);
    if (!received) throw new Error("one is there");
    const startedAt = system.clock.monotonic();
    const remainingMs = () => ENDS_MS - (system.clock.monotonic() - startedAt);
    calls = [];
    const bounded = (name: string, withinMs: unknown) => {
      calls.push([name, withinMs]);
      const takesMs = slow[name] ?? 0;
      system.clock.advance(Math.min(takesMs, typeof withinMs === "number" ? withinMs : Infinity));
      if (typeof withinMs === "number" && withinMs < takesMs)
        throw new StorageError(true, true, new Error("given up"));
    };
    const store: MessageStore = Object.assign(Object.create(system.deps.store), {
      apply: async (id: string, transition: Transition, withinMs?: number) => {
        bounded(transition.name, withinMs);
        return system.store.apply(id, transition);
      },
      putAttempt: async (id: string, attempt: Attempt, expiresAt: number, withinMs?: number) => {
        bounded("putAttempt", withinMs);
        return system.store.putAttempt(id, attempt, expiresAt);
      },
    });
    const signingSecrets = {
      ...system.deps.signingSecrets,
      forSender: async () => {
        system.clock.advance(signingMs);
        return [];
      },
    };
    const result = await deliverRecord({ ...system.deps, store, signingSecrets }, received, remainingMs);
    expect(remainingMs()).toBeGreaterThan(0);
    return result;
  }

  it("behind the secrets, before the claim", async () => {
    const message = await queued();
    expect(await deliverSlowly({}, 11_001)).toBe("return");
    expect(calls).toEqual([]);
    expect(await system.read(message.messageId)).toEqual(message);
    expect(system.observer.events()).toEqual(["too_little_time"]);
  });

  it("the claim is given what secrets, request and outcome leave of it", async () => {
    await queued();
    await deliverSlowly({}, SLOWEST_CALL_MS);
    expect(calls[0]).toEqual(["claim", 30_000 - SLOWEST_CALL_MS - 15_000 - 3_000]);
  });

  it("a claim that takes longer is given up, and no request leaves", async () => {
    await queued();
    expect(await deliverSlowly({ claim: SLOWEST_CALL_MS }, SLOWEST_CALL_MS)).toBe("return");
    expect(system.target.requests).toEqual([]);
  });

  it("no request leaves behind a claim that left no time for it", async () => {
    const message = await queued();
    const [received] = system.memoryQueue.receive(1);
    if (!received) throw new Error("one is there");
    let leftMs = 30_000;
    system.faults = (call) => {
      if (call === "apply claim") leftMs = 17_999;
      return undefined;
    };
    expect(await deliverRecord(system.deps, received, () => leftMs)).toBe("return");
    expect(system.target.requests).toEqual([]);
    expect(await statusOf(message)).toBe("PROCESSING");
  });

  it.each([200, 503])("whatever is slow around a request of its full time, answered %d", async (status) => {
    await queued();
    system.target.respond = () => {
      system.clock.advance(14_999);
      return answered(status);
    };
    const slow = ["claim", "complete", "retryLater", "putAttempt", "enqueue", "rollback"];
    await deliverSlowly(Object.fromEntries(slow.map((name) => [name, SLOWEST_CALL_MS])), 2_000);
    expect(system.target.requests).toHaveLength(1);
    for (const [, withinMs] of calls) expect(withinMs).toBeTypeOf("number");
  });

  it("a success is not given up for the sake of its record", async () => {
    const message = await queued({ attempt: 1, attemptLimit: 10 });
    system.target.respond = () => {
      system.clock.advance(14_999);
      return answered(200);
    };
    expect(await deliverSlowly({ putAttempt: SLOWEST_CALL_MS }, SLOWEST_CALL_MS)).toBe("done");
    expect(await statusOf(message)).toBe("COMPLETED");
    expect(system.observer.events()).toContain("attempt_not_recorded");
  });

  it("a retry for whose send there is no time is sent by the reconciler, at its time", async () => {
    const message = await queued();
    system.target.respond = () => {
      system.clock.advance(14_999);
      return answered(503);
    };
    expect(await deliverSlowly({ claim: 8_000, putAttempt: 3_000 }, 2_000)).toBe("done");
    const waiting = await system.read(message.messageId);
    expect(waiting).toMatchObject({ status: "PENDING", pendingReason: "RETRY" });
    expect(system.queue.calls).toHaveLength(1);
    system.clock.advance((waiting.dueAt ?? 0) - system.clock.now());
    await reconcile(system.deps, "run");
    expect(await statusOf(message)).toBe("QUEUED");
  });
});

describe("a delivery", () => {
  it("is not claimed while the secrets to sign it cannot be had", async () => {
    const message = await queued();
    const signingSecrets = {
      ...system.deps.signingSecrets,
      forSender: async () => Promise.reject(new Error("no secrets")),
    };
    const [received] = system.memoryQueue.receive(1);
    if (!received) throw new Error("one is there");
    expect(await deliverRecord({ ...system.deps, signingSecrets }, received, () => 30_000)).toBe("return");
    expect(await system.read(message.messageId)).toEqual(message);
  });

  it("is reported in one line, without query, headers, body or secrets", async () => {
    const message = await queued();
    system.target.respond = () => answered(200, "private answer", { "set-cookie": "private" });
    system.clock.advance(3 * SECOND);
    await system.work();
    const [line] = system.observer.lines.filter(({ event }) => event === "attempt");
    expect(line).toMatchObject({
      level: "info",
      fields: {
        messageId: message.messageId,
        senderId: "acme",
        correlationId: "call-1",
        attempt: 1,
        outcome: "SUCCEEDED",
        responseStatus: 200,
        targetOrigin: "https://example.com",
      },
    });
    expect(JSON.stringify(system.observer.lines)).not.toMatch(/hidden|order|private|whsec/);
    expect(system.observer.count("EndToEndLatency")).toBe(3 * SECOND);
  });
});

describe("the wait for a free connection", () => {
  /** The test's target behind a client that has so many slots. */
  function slots(free: number) {
    const waitsMs: number[] = [];
    const state = { free, waitsMs };
    const http = {
      request: () => expect.unreachable(),
      async reserve(_url: string, waitMs: number) {
        waitsMs.push(waitMs);
        if (state.free === 0) return undefined;
        state.free -= 1;
        let isReleased = false;
        return {
          request: (request: OutgoingRequest) => {
            expect(isReleased).toBe(false);
            return system.target.request(request);
          },
          release: () => {
            if (!isReleased) state.free += 1;
            isReleased = true;
          },
        };
      },
    };
    return { state, deps: { ...system.deps, http } };
  }

  it("spends no attempt when it ends in vain: the copy comes back, unclaimed", async () => {
    const { state, deps } = slots(0);
    const message = await queued();
    const received = record(message, 1);
    expect(await deliverRecord(deps, received, () => 30_000)).toBe("return");
    expect(system.target.requests).toHaveLength(0);
    expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", attempt: 0 });
    expect(system.observer.events()).toContain("no_slot_free");
    // What the process has left, without the request's own deadline and a reserve.
    expect(state.waitsMs).toEqual([11_000]);
  });

  it("is over for the next as soon as the request is, whatever becomes of its outcome", async () => {
    const { state, deps } = slots(1);
    const message = await queued();
    system.faults = (call) => {
      if (call === "putAttempt") expect(state.free).toBe(1);
      return undefined;
    };
    system.target.respond = () => answered(503);
    expect(await deliverRecord(deps, record(message, 1), () => 30_000)).toBe("done");
    expect(state.free).toBe(1);
    expect(await deliverRecord(deps, record(message, 1), () => 30_000)).toBe("done");
    expect(state.free).toBe(1);
    expect(system.target.requests).toHaveLength(1);
  });
});

describe("the log line of an attempt", () => {
  it("says why it ended as it did, in the words of the decision", async () => {
    const detail = "the certificate of 203.0.113.7 port 443 expired on 2026-01-02 (CERT_HAS_EXPIRED)";
    system.target.respond = () => ({ kind: "error", code: "TLS_FAILED", detail, durationMs: 5 });
    const message = await queued();
    await system.work();
    const [attempt] = await attemptsOf(message);
    const explanation = `No trusted TLS connection to the target could be made: ${detail}; attempt 2 of 10 follows in 5 s.`;
    expect(attempt?.decision?.explanation).toBe(explanation);
    expect(system.observer.lines.find(({ event }) => event === "attempt")?.fields).toMatchObject({
      explanation,
    });
  });
});
