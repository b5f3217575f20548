import { beforeEach, describe, expect, it } from "vitest";
import { HOUR, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { setState } from "../endpoint/endpoint-change.ts";
import type { HomingError } from "../error.ts";
import type { Message } from "../message/message.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { type StepName, stepOf } from "../testing/journey.ts";
import { NOON } from "../testing/test-clock.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import { bulkRetry } from "./bulk-retry.ts";
import { cancel, retry } from "./operate.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** A message that has come this way. */
async function travelled(way: readonly StepName[], over: Partial<Message> = {}): Promise<Message> {
  let message = await system.put(over);
  for (const name of way) {
    const { message: next } = await system.store.apply(message.messageId, stepOf(name, message));
    if (!next) throw new Error("it is there");
    message = next;
  }
  system.clock.time = message.updatedAt;
  return message;
}

const retried = (message: Message) => retry(system.deps, message, "call-2");
const cancelled = (message: Message) => cancel(system.deps, message, "call-2");
const refused = (work: Promise<unknown>): Promise<HomingError> =>
  work.then(
    () => expect.fail("it was not refused"),
    (error: HomingError) => error,
  );

describe("a retry by hand", () => {
  it("gives a failed message a new round, its numbers going on, and sends it at once", async () => {
    const failed = await travelled(["claim", "fail"], { attempt: 9 });
    const result = await retried(failed);
    expect(result).toEqual(await system.read(failed.messageId));
    expect(result).toMatchObject({ status: "QUEUED", attempt: 10, attemptLimit: 20 });
    for (const gone of ["finishedAt", "expiresAt", "failureReason", "notBefore"])
      expect(result).not.toHaveProperty(gone);
    expect(result.history.slice(-3).map(({ reason }) => reason)).toEqual([
      "TARGET_REJECTED",
      "MANUAL_RETRY",
      "ENQUEUED",
    ]);
    expect(result.history.at(-1)?.correlationId).toBe("call-2");
    await system.work();
    expect(await system.read(failed.messageId)).toMatchObject({ status: "COMPLETED", attempt: 11 });
  });

  it("keeps the payload of the message for another life", async () => {
    const failed = await travelled(["claim", "fail"]);
    system.clock.time = (failed.expiresAt ?? 0) - 1;
    await retried(failed);
    system.clock.advance(60 * 24 * HOUR - 1);
    expect(await system.store.getPayload(failed)).toEqual(buildPayload());
  });

  it("writes the payload again before the message comes back to life", async () => {
    const failed = await travelled(["claim", "fail"]);
    const calls: string[] = [];
    system.faults = (call) => {
      calls.push(call);
      return undefined;
    };
    await retried(failed);
    expect(calls).toEqual(["getPayload", "keepPayload", "apply manualRetry", "apply enqueue"]);
  });

  it.each<[string, readonly StepName[]]>([
    ["while it is PENDING", ["claim", "retryLater"]],
    ["while its delayed copy is QUEUED", ["claim", "retrySoon", "enqueue"]],
  ])("sends a message that waits for a time now: %s", async (_name, way) => {
    const waiting = await travelled(way);
    const result = await retried(waiting);
    expect(result).toMatchObject({ status: "QUEUED", attempt: 1, attemptLimit: 10 });
    expect(result).not.toHaveProperty("notBefore");
    expect(system.queue.calls.at(-1)?.[0]?.delaySeconds).toBe(0);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
    // The delayed copy comes too, and starts nothing.
    system.clock.advance(5 * SECOND);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
  });

  it("sends a message now that was accepted for later", async () => {
    const deliverAt = NOON + HOUR;
    const message = await system.put({
      deliverAt,
      notBefore: deliverAt,
      dueAt: deliverAt,
      pendingReason: "SCHEDULED",
    });
    expect(await retried(message)).toMatchObject({ status: "QUEUED", deliverAt });
  });

  it("enqueues a message again whose send failed", async () => {
    const rolledBack = await travelled(["enqueue", "rollback"]);
    expect(await retried(rolledBack)).toMatchObject({ status: "QUEUED", sends: 2 });
    expect((await system.read(rolledBack.messageId)).history.map(({ reason }) => reason)).not.toContain(
      "MANUAL_RETRY",
    );
  });

  it.each<[string, readonly StepName[]]>([
    ["QUEUED", ["enqueue"]],
    ["PROCESSING", ["enqueue", "claim"]],
    ["COMPLETED", ["enqueue", "claim", "complete"]],
    ["CANCELLED", ["cancel"]],
  ])("is refused while the message is %s, which is said", async (status, way) => {
    const message = await travelled(way);
    expect(await refused(retried(message))).toMatchObject({
      code: "CONFLICT",
      retryable: false,
      stored: { messageId: message.messageId, messageStatus: status },
      message: expect.stringContaining(status),
    });
    expect(await system.read(message.messageId)).toEqual(message);
  });

  it("is refused to the second of two at once, so that one round begins", async () => {
    const failed = await travelled(["claim", "fail"]);
    await retried(failed);
    expect(await refused(retried(failed))).toMatchObject({
      code: "CONFLICT",
      stored: { messageStatus: "QUEUED" },
    });
    expect((await system.read(failed.messageId)).attemptLimit).toBe(11);
    expect(system.queue.calls.flat()).toHaveLength(1);
  });

  it("is refused without the payload, and the message stays failed", async () => {
    const message = buildMessage({ requestHash: "lost" });
    await system.store.insert(message);
    const { message: failed } = await system.store.apply(message.messageId, stepOf("giveUp", message));
    if (!failed) throw new Error("it is there");
    expect(await refused(retried(failed))).toMatchObject({ code: "CONFLICT" });
    expect((await system.read(message.messageId)).status).toBe("FAILED");
  });

  it.each([
    ["QUEUE_UNAVAILABLE", true, false],
    ["QUEUE_MISSING", false, true],
  ] as const)(
    "whose send fails with %s is kept, and may be repeated: %s",
    async (code, retryable, permanent) => {
      const failed = await travelled(["claim", "fail"]);
      system.queue.answer = () => refusal(code);
      expect(await refused(retried(failed))).toMatchObject({
        code: "SYSTEM_ERROR",
        retryable,
        permanent,
        stored: { messageId: failed.messageId, messageStatus: "PENDING" },
      });
      system.queue.answer = () => undefined;
      expect(await retried(await system.read(failed.messageId))).toMatchObject({ status: "QUEUED" });
    },
  );

  it("whose answer was lost may be repeated, and begins one round", async () => {
    const failed = await travelled(["claim", "fail"]);
    system.faults = failing("apply manualRetry", "after");
    expect(await refused(retried(failed))).toMatchObject({ code: "SYSTEM_ERROR" });
    const result = await retried(await system.read(failed.messageId));
    expect(result).toMatchObject({ status: "QUEUED", attemptLimit: 11 });
  });
});

describe("a retry by hand of a delivery", () => {
  /** A delivery that has come this way, to an endpoint in this state. */
  async function delivery(state: Endpoint["state"], way: readonly StepName[]): Promise<Message> {
    const { endpoint } = await system.endpoints.insert(buildEndpoint({ state }));
    const event = buildEvent({ matched: [endpoint.endpointId] });
    await system.events.putPayload(event, buildEventPayload(), NOON + 60 * 24 * HOUR);
    await system.events.insert(event);
    const { eventId, eventType } = event;
    return travelled(way, { eventId, eventType, endpointId: endpoint.endpointId });
  }

  it.each<["PAUSED" | "DISABLED", string, readonly StepName[]]>([
    ["PAUSED", "failed", ["claim", "fail"]],
    ["PAUSED", "waits for its retry", ["claim", "retryLater"]],
    ["PAUSED", "waits in the queue", ["claim", "retrySoon", "enqueue"]],
    ["PAUSED", "could not be sent", ["enqueue", "rollback"]],
    ["DISABLED", "failed", ["claim", "fail"]],
    ["DISABLED", "could not be sent", ["enqueue", "rollback"]],
  ])("goes to an endpoint that is %s: one that %s", async (state, _what, way) => {
    const message = await delivery(state, way);
    expect(await retried(message)).toMatchObject({ status: "QUEUED" });
    await system.work();
    expect(system.target.requests).toHaveLength(1);
    expect((await system.read(message.messageId)).status).toBe("COMPLETED");
  });

  it("forces one attempt, and none after it", async () => {
    const message = await delivery("PAUSED", ["claim", "fail"]);
    system.target.respond = () => answered(503);
    await retried(message);
    await system.work();
    const failed = await system.read(message.messageId);
    expect(failed).toMatchObject({ attempt: message.attempt + 1, forcedAttempt: message.attempt + 1 });
    system.clock.time = failed.notBefore ?? 0;
    await system.work();
    expect(system.target.requests).toHaveLength(1);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
    });
  });

  it("whose send fails forces it when it is sent at last, and is written down once", async () => {
    const message = await delivery("PAUSED", ["enqueue", "rollback"]);
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    await refused(retried(message));
    system.queue.answer = () => undefined;
    const again = await retried(await system.read(message.messageId));
    expect(again.history.filter(({ reason }) => reason === "MANUAL_RETRY")).toHaveLength(1);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
  });

  it("as one of many goes to an endpoint that was activated a moment ago, whoever remembers it as it was", async () => {
    const message = await delivery("DISABLED", ["claim", "fail"]);
    const { endpointId = "", senderId } = message;
    const owner = { endpointId, senderId };
    expect(await system.deps.endpointReader.read(owner)).toMatchObject({ state: "DISABLED" });
    const endpoint = await system.endpoints.get(senderId, endpointId);
    const change =
      endpoint && setState(endpoint, "ACTIVE", "REQUESTED", { now: system.clock.now(), token: nextToken() });
    if (!endpoint || !change) throw new Error("it can be activated");
    await system.endpoints.change(endpoint, change);
    await bulkRetry(system.deps, {}, { limit: 10, correlationId: "call-2" });
    await system.work();
    expect((await system.read(message.messageId)).status).toBe("COMPLETED");
  });

  it("as one of many is held like all else", async () => {
    const message = await delivery("PAUSED", ["claim", "fail"]);
    await bulkRetry(system.deps, {}, { limit: 10, correlationId: "call-2" });
    await system.work();
    expect(system.target.requests).toEqual([]);
    expect(await system.read(message.messageId)).toMatchObject({ pendingReason: "ENDPOINT_PAUSED" });
  });
});

describe("a cancellation", () => {
  it.each<[string, readonly StepName[]]>([
    ["PENDING", []],
    ["QUEUED", ["enqueue"]],
    ["waiting for its retry", ["claim", "retryLater"]],
    ["rolled back", ["enqueue", "rollback"]],
  ])("ends a message that is %s", async (_name, way) => {
    const message = await travelled(way);
    const result = await cancelled(message);
    expect(result).toEqual(await system.read(message.messageId));
    expect(result).toMatchObject({
      status: "CANCELLED",
      finishedAt: system.clock.now(),
      expiresAt: system.clock.now() + system.settings.retentionMs,
    });
    for (const gone of ["dueAt", "notBefore", "pendingReason"]) expect(result).not.toHaveProperty(gone);
    expect(result.history.at(-1)).toMatchObject({
      to: "CANCELLED",
      reason: "CANCELLED",
      correlationId: "call-2",
    });
  });

  it("wins also if the message was queued since it was read", async () => {
    const read = await system.put();
    await system.store.apply(read.messageId, stepOf("enqueue", read));
    expect((await cancelled(read)).status).toBe("CANCELLED");
  });

  it("while an attempt is running is refused, and may be repeated", async () => {
    const message = await travelled(["enqueue", "claim"]);
    expect(await refused(cancelled(message))).toMatchObject({
      code: "CONFLICT",
      retryable: true,
      stored: { messageStatus: "PROCESSING" },
    });
    expect(await system.read(message.messageId)).toEqual(message);
  });

  it.each<[string, readonly StepName[]]>([
    ["COMPLETED", ["claim", "complete"]],
    ["FAILED", ["claim", "fail"]],
    ["CANCELLED", ["cancel"]],
  ])("of a message that is %s is refused for good", async (status, way) => {
    const message = await travelled(way);
    expect(await refused(cancelled(message))).toMatchObject({
      code: "CONFLICT",
      retryable: false,
      stored: { messageStatus: status },
    });
    expect(await system.read(message.messageId)).toEqual(message);
  });

  it("whose answer was lost is a system error that may be repeated; the message stays cancelled", async () => {
    const message = await system.put();
    system.faults = failing("apply cancel", "after");
    expect(await refused(cancelled(message))).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect((await system.read(message.messageId)).status).toBe("CANCELLED");
  });
});

it("a message that was cancelled while its copy was in the queue is not delivered", async () => {
  const message = await retried(await system.put());
  expect(await system.queue.depth()).toMatchObject({ visible: 1 });
  await cancelled(message);
  expect(await system.work()).toEqual(["done"]);
  expect(system.target.requests).toEqual([]);
});
