import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint, EndpointState } from "../endpoint/endpoint.ts";
import type { EndpointStore } from "../endpoint/endpoint-store.ts";
import { changeState, deleteEndpoint } from "../endpoint/manage.ts";
import { acceptEvents } from "../event/accept-event.ts";
import type { Message } from "../message/message.ts";
import { NewerFormatError } from "../store/message-store.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits, reconcile } from "./reconcile.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const run = (limits: Partial<RunLimits> = {}) =>
  reconcile(system.deps, "run-1", { ...DEFAULT_RUN_LIMITS, ...limits });

/** Minutes in which a reconciler runs each. */
async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    system.clock.advance(MINUTE);
    await run();
  }
}

async function register(over: Partial<Endpoint> = {}): Promise<Endpoint> {
  return (await system.endpoints.insert(buildEndpoint({ createdAt: system.clock.now(), ...over }))).endpoint;
}

const read = async ({ senderId, endpointId }: Endpoint) => {
  const endpoint = await system.endpoints.get(senderId, endpointId);
  if (!endpoint) throw new Error(`${endpointId} is not there`);
  return endpoint;
};

const move = async (endpoint: Endpoint, state: EndpointState | "DELETED") => {
  const deps = { ...system.deps, signingMaster: "master" };
  const current = await read(endpoint);
  return state === "DELETED" ? deleteEndpoint(deps, current) : changeState(deps, current, state);
};

/** Events, a millisecond apart, each with a message to each endpoint of the sender. */
async function send(count: number, senderId = "acme", over: object = {}): Promise<Message[]> {
  const messages: Message[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const input = { senderId, eventType: "invoice.paid", payload: buildEventPayload(), ...over };
    const [result] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
    if (!result || !("messages" in result)) throw result;
    messages.push(...result.messages);
    system.clock.advance(1);
  }
  return messages;
}

const heldOf = async ({ endpointId }: Endpoint) =>
  (await system.store.listHeld(endpointId, 10_000)).map(({ messageId }) => messageId);
const sentIds = () => system.queue.calls.flat().map(({ messageId }) => messageId);
const reasons = ({ history }: Message) => history.map(({ reason }) => reason);
const all = (messages: readonly Message[]) =>
  Promise.all(messages.map(({ messageId }) => system.read(messageId)));

describe("while an endpoint is paused", () => {
  it("its deliveries are born held, and nothing is sent", async () => {
    await register({ state: "PAUSED" });
    const [message] = await send(1);
    expect(message).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
      attempt: 0,
      sends: 0,
      dueAt: system.clock.now() - 1 + 7 * DAY,
    });
    expect(sentIds()).toEqual([]);
    expect(system.observer.count("MessagesHeld")).toBe(1);
  });

  it("what is under way is held within 20 seconds, with its time, and no attempt is counted", async () => {
    const endpoint = await register();
    system.target.respond = () => answered(503);
    const [message] = await send(1);
    await system.work();
    const waiting = await system.read(message?.messageId ?? "");
    expect(waiting).toMatchObject({ status: "QUEUED", attempt: 1 });
    await move(endpoint, "PAUSED");
    system.clock.advance(20 * SECOND);
    await system.work();
    const held = await system.read(waiting.messageId);
    expect(held).toMatchObject({ status: "PENDING", pendingReason: "ENDPOINT_PAUSED", attempt: 1 });
    expect(held.notBefore).toBe(waiting.notBefore);
    expect(system.target.requests).toHaveLength(1);
    expect(await heldOf(endpoint)).toEqual([held.messageId]);
  });

  it("nobody writes a held message for a week, then once, and again after a week", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const [born] = await send(1);
    if (!born) throw new Error("one is there");
    const writes: number[] = [];
    system.faults = (call) => {
      if (call.startsWith("apply")) writes.push(system.clock.now() - born.createdAt);
      return undefined;
    };
    for (let hour = 0; hour < 15 * 24; hour += 1) {
      system.clock.advance(HOUR);
      await run();
    }
    expect(writes.map((at) => Math.floor(at / DAY))).toEqual([7, 14]);
    expect(sentIds()).toEqual([]);
    expect(await heldOf(endpoint)).toEqual([born.messageId]);
  });

  it("a message that was held for 30 days fails", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const [message] = await send(1);
    for (let day = 0; day < 29; day += 1) {
      system.clock.advance(DAY);
      await run();
    }
    expect(await heldOf(endpoint)).toHaveLength(1);
    system.clock.advance(DAY - SECOND);
    await run();
    expect(await heldOf(endpoint)).toHaveLength(1);
    system.clock.advance(SECOND);
    await run();
    const failed = await system.read(message?.messageId ?? "");
    expect(failed).toMatchObject({ status: "FAILED", failureReason: "HELD_TOO_LONG" });
    // Born held, and looked at in four weeks.
    expect(reasons(failed)).toEqual([...Array.from({ length: 5 }, () => "ENDPOINT_PAUSED"), "HELD_TOO_LONG"]);
    expect(await heldOf(endpoint)).toEqual([]);
  });

  it("one that is useless by the time it is looked at fails as such", async () => {
    await register({ state: "PAUSED" });
    const [message] = await send(1, "acme", { deliverBy: system.clock.now() + DAY });
    system.clock.advance(7 * DAY);
    await run();
    expect(await system.read(message?.messageId ?? "")).toMatchObject({
      status: "FAILED",
      failureReason: "EXPIRED",
    });
  });
});

describe("when a paused endpoint is activated", () => {
  it("what is held is released in order of age, in one write each, and delivered", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const messages = await send(25);
    await move(endpoint, "ACTIVE");
    expect(await run()).toMatchObject({ examined: 25, enqueued: 25, holdsMore: false });
    expect(sentIds()).toEqual(messages.map(({ messageId }) => messageId));
    for (const message of await all(messages)) {
      expect(message).toMatchObject({
        status: "QUEUED",
        revision: 2,
        sends: 1,
        dueAt: system.clock.now() + system.settings.queueDeadlineMs,
      });
      expect(reasons(message)).toEqual(["ENDPOINT_PAUSED", "ENQUEUED"]);
    }
    expect(system.observer.count("Reconciled ENDPOINT_PAUSED")).toBe(25);
    expect(await heldOf(endpoint)).toEqual([]);
    while ((await system.work()).length > 0);
    expect((await all(messages)).map(({ status }) => status)).toEqual(messages.map(() => "COMPLETED"));
  });

  it("a worker that has read it paused a moment ago does not hold what was released", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const [message] = await send(1);
    // Remembered for 20 s from here.
    expect(await system.deps.endpointReader.read(endpoint)).toMatchObject({ state: "PAUSED" });
    await move(endpoint, "ACTIVE");
    await run();
    await system.work();
    expect(await system.read(message?.messageId ?? "")).toMatchObject({ status: "COMPLETED" });
  });

  it("it is given at most 500 a run, and others have theirs beside it", async () => {
    const large = await register({ state: "PAUSED", senderId: "large" });
    const small = await register({ state: "PAUSED", senderId: "small" });
    const many = await send(620, "large");
    const few = await send(3, "small");
    await move(large, "ACTIVE");
    await move(small, "ACTIVE");
    expect(await run()).toMatchObject({ enqueued: 503, holdsMore: true });
    expect(await heldOf(large)).toEqual(many.slice(500).map(({ messageId }) => messageId));
    expect(await heldOf(small)).toEqual([]);
    // Not behind all of the other's: a page of it at most.
    const place = sentIds().indexOf(few[2]?.messageId ?? "");
    expect(place).toBeLessThan(200);
    expect(await run()).toMatchObject({ enqueued: 120, holdsMore: false });
    expect(await heldOf(large)).toEqual([]);
  });

  it("one sender's many endpoints do not stand before another's one", async () => {
    const many: Endpoint[] = [];
    for (let made = 0; made < 110; made += 1)
      many.push(await register({ senderId: "many", state: "PAUSED" }));
    for (const { endpointId } of many.slice(0, 10)) await send(1, "many", { endpointId });
    const one = await register({ senderId: "one", state: "PAUSED" });
    await send(3, "one");
    for (const endpoint of [...many, one]) {
      await move(endpoint, "ACTIVE");
      system.clock.advance(1);
    }
    // The run is over long before the many have all had theirs.
    await run({ messages: 5 });
    expect(await heldOf(one)).toEqual([]);
  });

  it("and as many as the run's owner allows, where that is less", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await send(30);
    await move(endpoint, "ACTIVE");
    expect(await run({ perEndpoint: 20 })).toMatchObject({ enqueued: 20, holdsMore: true });
    expect(await heldOf(endpoint)).toHaveLength(10);
  });

  it("it stays due until a look that began 20 minutes later finds nothing", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await move(endpoint, "ACTIVE");
    await minutes(19);
    expect((await read(endpoint)).dueAt).toBeDefined();
    system.clock.advance(MINUTE - 1);
    await run();
    expect((await read(endpoint)).dueAt).toBeDefined();
    system.clock.advance(1);
    await run();
    expect((await read(endpoint)).dueAt).toBeUndefined();
    expect(system.observer.events()).toContain("endpoint_drained");
  });

  it("what a slow process has held afterwards is released as well", async () => {
    const endpoint = await register();
    const [message] = await send(1);
    await move(endpoint, "PAUSED");
    const paused = await read(endpoint);
    await move(endpoint, "ACTIVE");
    await minutes(14);
    // A worker that stood still for as long as one can live: it saw the endpoint paused.
    const [record] = system.memoryQueue.receive(10);
    const slow = { ...system.deps.endpointReader, read: async () => ({ ...paused, readAt: 0 }) };
    const { deliverRecord } = await import("../delivery/deliver.ts");
    if (record) await deliverRecord({ ...system.deps, endpointReader: slow }, record, () => 30_000);
    expect(await heldOf(endpoint)).toEqual([message?.messageId]);
    await minutes(1);
    expect(await heldOf(endpoint)).toEqual([]);
    expect((await read(endpoint)).dueAt).toBeDefined();
    await minutes(6);
    expect((await read(endpoint)).dueAt).toBeUndefined();
  });

  it("a change between the look and its end keeps it due", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await move(endpoint, "ACTIVE");
    system.clock.advance(HOUR);
    const { endpoints } = system;
    const moved = {
      due: endpoints.due.bind(endpoints),
      get: async (senderId: string, endpointId: string) => {
        const before = await endpoints.get(senderId, endpointId);
        await move(endpoint, "PAUSED");
        await send(1);
        await move(endpoint, "ACTIVE");
        return before;
      },
      change: endpoints.change.bind(endpoints),
    };
    const stale = { ...system.store, listHeld: async () => [], due: system.deps.store.due };
    const store = new Proxy(system.deps.store, {
      get: (target, name) => (name === "listHeld" ? stale.listHeld : Reflect.get(target, name)),
    });
    await reconcile({ ...system.deps, endpoints: moved as never, store }, "run-1");
    expect((await read(endpoint)).dueAt).toBeDefined();
    await run();
    expect(await heldOf(endpoint)).toEqual([]);
  });

  it("and paused again, what is still held stays held", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await send(3);
    await move(endpoint, "ACTIVE");
    await move(endpoint, "PAUSED");
    await minutes(3);
    expect(await heldOf(endpoint)).toHaveLength(3);
    expect((await read(endpoint)).dueAt).toBeUndefined();
  });

  it("an endpoint that never held anything is not due", async () => {
    const endpoint = await register({ state: "DISABLED" });
    await move(endpoint, "ACTIVE");
    await move(endpoint, "DISABLED");
    expect((await read(endpoint)).dueAt).toBeUndefined();
  });

  it("an outage of the queue is met by one message, and the others stay held", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const messages = await send(50);
    await move(endpoint, "ACTIVE");
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    expect(await run()).toMatchObject({ interrupted: true });
    expect(await heldOf(endpoint)).toEqual(messages.slice(1).map(({ messageId }) => messageId));
    expect(await system.read(messages[0]?.messageId ?? "")).toMatchObject({
      status: "PENDING",
      pendingReason: "SEND_FAILED",
    });
    system.queue.answer = () => undefined;
    await minutes(2);
    expect(await heldOf(endpoint)).toEqual([]);
    expect((await all(messages)).every(({ status }) => status === "QUEUED")).toBe(true);
  });

  it("one that the storage refuses does not stop the others", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const messages = await send(3);
    await move(endpoint, "ACTIVE");
    system.faults = failing("apply enqueue", "refused");
    await run();
    expect(await heldOf(endpoint)).toEqual([messages[0]?.messageId]);
    await run();
    expect(await heldOf(endpoint)).toEqual([]);
  });

  it("one that only a newer version can read does not stop the others, nor the run", async () => {
    const newer = await register({ state: "PAUSED" });
    const endpoint = await register({ senderId: "other", state: "PAUSED" });
    await send(1);
    await send(1, "other");
    await move(newer, "ACTIVE");
    await move(endpoint, "ACTIVE");
    const endpoints: EndpointStore = Object.create(system.endpoints);
    endpoints.get = async (senderId, endpointId) => {
      if (endpointId === newer.endpointId) throw new NewerFormatError(new Error("format 9"));
      return system.endpoints.get(senderId, endpointId);
    };
    endpoints.due = (...asked) => system.endpoints.due(...asked);
    endpoints.change = (...asked) => system.endpoints.change(...asked);
    const { interrupted } = await reconcile({ ...system.deps, endpoints }, "run-1");
    expect(interrupted).toBe(false);
    expect(await heldOf(endpoint)).toEqual([]);
    expect(await heldOf(newer)).toHaveLength(1);
  });

  it("a held message that is due before anybody releases it is released all the same", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const [message] = await send(1);
    await move(endpoint, "ACTIVE");
    system.clock.advance(7 * DAY);
    // As if the endpoint's own time to be looked at had been lost.
    const endpoints = { ...system.deps.endpoints, due: async () => ({ endpoints: [] }) };
    await reconcile({ ...system.deps, endpoints: endpoints as never }, "run-1");
    expect(await system.read(message?.messageId ?? "")).toMatchObject({ status: "QUEUED" });
  });
});

describe("when an endpoint that has held messages is disabled or deleted", () => {
  it("they fail with ENDPOINT_DISABLED, and a retry by hand delivers", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const messages = await send(12);
    await move(endpoint, "DISABLED");
    expect(await run()).toMatchObject({ finished: 12, enqueued: 0 });
    for (const message of await all(messages)) {
      expect(message).toMatchObject({ status: "FAILED", failureReason: "ENDPOINT_DISABLED" });
      expect(message.dueAt).toBeUndefined();
    }
    expect(await heldOf(endpoint)).toEqual([]);
    expect(system.observer.count("Reconciled ENDPOINT_DISABLED")).toBe(12);
    await minutes(20);
    expect((await read(endpoint)).dueAt).toBeUndefined();
  });

  it("they end although the queue does not answer", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await send(12);
    await move(endpoint, "DISABLED");
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    expect(await run()).toMatchObject({ finished: 12 });
    expect(await heldOf(endpoint)).toEqual([]);
  });

  it("they are cancelled with a deleted one, which is known until then and at least an hour", async () => {
    const endpoint = await register({ state: "PAUSED" });
    const messages = await send(12);
    await move(endpoint, "DELETED");
    expect(await run({ perEndpoint: 10 })).toMatchObject({ finished: 10, holdsMore: true });
    system.clock.advance(2 * HOUR);
    expect((await read(endpoint)).state).toBe("DELETED");
    await run();
    for (const message of await all(messages)) {
      expect(message.status).toBe("CANCELLED");
      expect(reasons(message)).toEqual(["ENDPOINT_PAUSED", "ENDPOINT_DELETED"]);
    }
    await minutes(2);
    expect(await system.endpoints.get(endpoint.senderId, endpoint.endpointId)).toBeUndefined();
  });

  it("a deleted one that held nothing is known for an hour", async () => {
    const endpoint = await register({ state: "PAUSED" });
    await move(endpoint, "DELETED");
    await minutes(59);
    expect(await read(endpoint)).toMatchObject({ state: "DELETED" });
    await minutes(1);
    expect(await system.endpoints.get(endpoint.senderId, endpoint.endpointId)).toBeUndefined();
  });
});
