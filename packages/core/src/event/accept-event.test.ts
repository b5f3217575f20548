import { beforeEach, describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { setState } from "../endpoint/endpoint-change.ts";
import { HomingError } from "../error.ts";
import type { Message } from "../message/message.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { StorageError } from "../store/message-store.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import { type AcceptEventRequest, acceptEvents, type EventAcceptance } from "./accept-event.ts";
import type { AcceptedEventInput } from "./event-input.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

async function endpoint(over: Partial<Endpoint> = {}): Promise<Endpoint> {
  // Oldest first: each is a little younger than the one before.
  system.clock.advance(1);
  return (await system.endpoints.insert(buildEndpoint({ createdAt: system.clock.now(), ...over }))).endpoint;
}

function request(over: Partial<AcceptedEventInput> = {}, correlationId = "call-1"): AcceptEventRequest {
  const payload = buildEventPayload();
  return { input: { senderId: "acme", eventType: "invoice.paid", payload, ...over }, correlationId };
}

async function answer(one: AcceptEventRequest): Promise<EventAcceptance | HomingError> {
  const [result] = await acceptEvents(system.deps, [one]);
  if (!result) throw new Error("every request is answered");
  return result;
}

async function accepted(one: AcceptEventRequest): Promise<EventAcceptance> {
  const result = await answer(one);
  if (result instanceof HomingError) throw result;
  return result;
}

async function refused(one: AcceptEventRequest): Promise<HomingError> {
  const result = await answer(one);
  if (!(result instanceof HomingError)) throw new Error("it was accepted");
  return result;
}

/** Calls of a store that are told of an error: before they take effect, or after. */
function fail(store: object, name: string, when: "before" | "after" | "surely", times = 1): void {
  const methods = store as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const real = methods[name]?.bind(store);
  let left = times;
  methods[name] = async (...args) => {
    if (left <= 0) return real?.(...args);
    left -= 1;
    if (when === "after") await real?.(...args);
    throw new StorageError(when !== "surely", true, new Error("injected"));
  };
}

const allMessages = async (): Promise<readonly Message[]> => {
  const rows = await system.store.list({
    groups: ["LIVE", "ROLLED_BACK", "FAILED", "CANCELLED"],
    limit: 100,
  });
  return system.store.getMany(rows.map(({ messageId }) => messageId));
};

describe("an event", () => {
  it("is stored with the endpoints that it matched, oldest first, and a message of each is in the queue", async () => {
    const [first, second] = [await endpoint(), await endpoint({ eventTypes: ["invoice.*"] })];
    await endpoint({ eventTypes: ["user.*"] });
    await endpoint({ senderId: "globex" });
    const off = await endpoint({ state: "DISABLED" });
    const { event, duplicate, messages } = await accepted(request());
    expect(duplicate).toBe(false);
    expect(event).toMatchObject({
      status: "EXPANDED",
      matched: [first.endpointId, second.endpointId],
      done: 2,
      skipped: [{ endpointId: off.endpointId, reason: "ENDPOINT_DISABLED" }],
    });
    expect(event.dueAt).toBeUndefined();
    expect(await system.events.get(event.eventId)).toEqual(event);
    expect(messages.map(({ status, endpointId }) => [status, endpointId])).toEqual([
      ["QUEUED", first.endpointId],
      ["QUEUED", second.endpointId],
    ]);
    for (const message of messages)
      expect(await system.read(message.messageId)).toMatchObject({
        eventId: event.eventId,
        eventType: "invoice.paid",
        senderId: "acme",
        correlationId: "call-1",
        createdAt: event.createdAt,
        attempt: 0,
        attemptLimit: 10,
        dueAt: event.createdAt + 15 * MINUTE,
      });
    expect(await system.queue.depth()).toMatchObject({ visible: 2 });
    expect(system.observer.count("EventsAccepted")).toBe(1);
    expect(system.observer.count("EventsExpanded api")).toBe(1);
  });

  it("begins in the group of its sender, and at an endpoint that fails in a group of that one's own", async () => {
    await endpoint();
    const failing = await endpoint({ failingSince: NOON - MINUTE });
    await accepted(request());
    expect(system.queue.calls.flat().map(({ groupId }) => groupId)).toEqual([undefined, failing.endpointId]);
  });

  it("takes four round trips: payload beside version, event, messages, copies beside the end", async () => {
    await endpoint();
    await endpoint();
    await accepted(request());
    const trips: string[][] = [];
    traceTrips(trips);
    await accepted(request());
    expect(trips.map((calls) => calls.sort())).toEqual([
      ["endpoints.version", "events.putPayload"],
      ["events.insert"],
      ["store.insert", "store.insert"],
      ["events.apply", "queue.send"],
    ]);
  });

  it("that matches nothing is stored, EXPANDED, and nothing is sent", async () => {
    await endpoint({ eventTypes: ["user.*"] });
    const { event, messages } = await accepted(request());
    expect(event).toMatchObject({ status: "EXPANDED", matched: [], skipped: [] });
    expect(messages).toEqual([]);
    expect(await system.events.get(event.eventId)).toEqual(event);
    expect(system.observer.count("EventsUnmatched")).toBe(1);
    expect(system.queue.calls).toEqual([]);
  });

  it("goes to every endpoint that was there when its call began, however short before", async () => {
    await accepted(request());
    const { endpointId } = await endpoint();
    expect((await accepted(request())).event.matched).toEqual([endpointId]);
  });

  it("is held at an endpoint that is PAUSED, and goes to the others", async () => {
    const paused = await endpoint({ state: "PAUSED" });
    const active = await endpoint();
    const { event, messages } = await accepted(request());
    expect(event).toMatchObject({ status: "EXPANDED", matched: [paused.endpointId, active.endpointId] });
    const now = system.clock.now();
    expect(messages).toMatchObject([
      { status: "PENDING", pendingReason: "ENDPOINT_PAUSED", dueAt: now + 7 * DAY },
      { status: "QUEUED" },
    ]);
    expect(system.queue.calls.flat().map(({ messageId }) => messageId)).toEqual([messages[1]?.messageId]);
  });

  it("is held by nobody who stood still since the endpoint was read: it may have been activated, and drained, meanwhile", async () => {
    await endpoint({ state: "PAUSED" });
    const { insert } = system.events;
    system.events.insert = (...args) => {
      system.clock.advance(21 * MINUTE);
      return insert.apply(system.events, args);
    };
    const { messages } = await accepted(request());
    expect(messages).toMatchObject([{ status: "QUEUED" }]);
  });

  it("goes to the endpoint that it names alone, whatever that asks for", async () => {
    await endpoint();
    const named = await endpoint({ eventTypes: ["user.*"], channels: ["a"] });
    const { event } = await accepted(request({ endpointId: named.endpointId }));
    expect(event.matched).toEqual([named.endpointId]);
  });

  it.each<[string, Partial<Endpoint> | undefined]>([
    ["there is none", undefined],
    ["it is another sender's", { senderId: "globex" }],
    ["it is deleted", { state: "DELETED" }],
  ])("that names an endpoint is refused, and not stored, if %s", async (_name, over) => {
    const other = over ? await endpoint(over) : buildEndpoint();
    const key = { idempotencyKey: "k", endpointId: other.endpointId };
    expect(await refused(request(key))).toMatchObject({ code: "VALIDATION_ERROR" });
    expect(await system.events.list({ unmatched: false, limit: 1 })).toEqual([]);
    expect(await allMessages()).toEqual([]);
  });

  it("carries a payload that lasts as long as it does", async () => {
    await endpoint();
    const { event } = await accepted(request());
    const stored = await system.events.getPayload(event);
    expect(stored).toMatchObject({ payload: buildEventPayload(), expiresAt: event.expiresAt });
  });

  it("makes the payload that a dead call had left last as long as itself", async () => {
    await endpoint();
    fail(system.events, "insert", "surely");
    const keyed = request({ idempotencyKey: "k" });
    await refused(keyed);
    system.clock.advance(2 * DAY);
    const { event } = await accepted(keyed);
    expect((await system.events.getPayload(event))?.expiresAt).toBe(event.expiresAt);
  });
});

describe("with an idempotency key", () => {
  const keyed = (over: Partial<AcceptedEventInput> = {}, correlationId = "call-1") =>
    request({ idempotencyKey: "order-42", ...over }, correlationId);

  it("a repeated call answers what the first one matched, though the endpoints have changed since", async () => {
    const first = await endpoint();
    const before = await accepted(keyed());
    await endpoint();
    const off = setState(first, "DISABLED", "REQUESTED", { now: NOON, token: nextToken() });
    if (off) await system.endpoints.change(first, off);
    const after = await accepted(keyed({}, "call-2"));
    expect(after.duplicate).toBe(true);
    expect(after.event).toEqual(before.event);
    expect(after.messages).toEqual(before.messages);
    expect(await allMessages()).toHaveLength(1);
    expect(system.queue.calls).toHaveLength(1);
    expect(system.observer.count("EventsDuplicate")).toBe(1);
    expect(system.observer.count("EventsAccepted")).toBe(1);
  });

  it("calls at the same moment make one event, one message of each endpoint, and one copy of each", async () => {
    await endpoint();
    await endpoint();
    const results = await Promise.all(Array.from({ length: 5 }, () => accepted(keyed())));
    expect(new Set(results.map(({ event }) => event.eventId)).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await allMessages()).toHaveLength(2);
    expect(system.queue.calls.flat()).toHaveLength(2);
  });

  it("so do events of one key within one call", async () => {
    await endpoint();
    const results = await acceptEvents(system.deps, [keyed(), keyed(), request()]);
    const [one, other, alone] = results.map((result) =>
      result instanceof HomingError ? result.code : result.duplicate,
    );
    // Which of the two comes first is nobody's promise.
    expect([one, other].sort()).toEqual([false, true]);
    expect(alone).toBe(false);
    expect(await allMessages()).toHaveLength(2);
    expect(system.queue.calls.flat()).toHaveLength(2);
  });

  it("calls that write the same in other bytes deliver the bytes of the first", async () => {
    await endpoint();
    await endpoint();
    system.queue.answer = () => refusal("QUEUE_DENIED");
    await refused(keyed({ payload: buildEventPayload({ body: '{"a":1,"b":2}' }) }));
    system.queue.answer = () => undefined;
    await accepted(keyed({ payload: buildEventPayload({ body: '{"b":2,"a":1}' }) }));
    await system.work();
    expect(system.target.requests.map(({ body }) => body)).toEqual(['{"a":1,"b":2}', '{"a":1,"b":2}']);
  });

  it.each<[string, Partial<AcceptedEventInput>]>([
    ["body", { payload: buildEventPayload({ body: '{"order":43}' }) }],
    ["type", { eventType: "invoice.sent" }],
    ["channels", { channels: ["a"] }],
    ["headers", { payload: buildEventPayload({ headers: { "X-Order": "43" } }) }],
    ["deadline", { deliverBy: NOON + DAY }],
  ])("another %s under the same key is refused, and changes nothing", async (_name, over) => {
    await endpoint();
    const { event } = await accepted(keyed());
    expect(await refused(keyed(over))).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED", retryable: false });
    expect(await system.events.get(event.eventId)).toEqual(event);
    expect(await allMessages()).toHaveLength(1);
  });

  it("another endpoint under the same key is refused as well", async () => {
    const { endpointId } = await endpoint();
    await accepted(keyed());
    expect(await refused(keyed({ endpointId }))).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("the key is its sender's: another sender's makes another event", async () => {
    await endpoint();
    const { event } = await accepted(keyed());
    const other = await accepted(keyed({ senderId: "globex" }));
    expect(other).toMatchObject({ duplicate: false, event: { matched: [] } });
    expect(other.event.eventId).not.toBe(event.eventId);
  });

  it("a repeated call that names an endpoint is answered as the first, though that is gone by now", async () => {
    const { endpointId } = await endpoint();
    const first = await accepted(keyed({ endpointId }));
    await system.endpoints.change(
      (await system.endpoints.find(endpointId)) ?? buildEndpoint(),
      deletion(system.clock.now()),
    );
    const again = await accepted(keyed({ endpointId }));
    expect(again).toMatchObject({ duplicate: true, event: { eventId: first.event.eventId } });
  });
});

describe("a call that meets an outage", () => {
  it.each([
    ["the payload", () => system.events, "putPayload"],
    ["the version of the endpoints", () => system.endpoints, "version"],
    ["the endpoints", () => system.endpoints, "listOf"],
  ] as const)(
    "at %s has stored no event, and may be repeated even without a key",
    async (_name, store, method) => {
      await endpoint();
      fail(store(), method, "before");
      const error = await refused(request());
      expect(error).toMatchObject({ code: "SYSTEM_ERROR", retryable: true, stored: undefined });
      expect(await allMessages()).toEqual([]);
      expect(await system.events.list({ unmatched: false, limit: 1 })).toEqual([]);
    },
  );

  it("at the event itself may have stored it: only with a key it may be repeated", async () => {
    await endpoint();
    fail(system.events, "insert", "after");
    expect(await refused(request())).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
    fail(system.events, "insert", "after");
    expect(await refused(request({ idempotencyKey: "k" }))).toMatchObject({ retryable: true });
    fail(system.events, "insert", "surely");
    expect(await refused(request())).toMatchObject({ retryable: true });
  });

  it("after the event says that it is stored, and it is expanded a minute later, without another call", async () => {
    await endpoint();
    await endpoint();
    system.faults = failing("insert", "before");
    const error = await refused(request());
    expect(error).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
    const eventId = error.stored?.eventId ?? "";
    expect(await system.events.get(eventId)).toMatchObject({ status: "PENDING" });
    // What could be made was made, and sent.
    expect(await allMessages()).toHaveLength(1);
    expect(system.queue.calls.flat()).toHaveLength(1);
    system.clock.advance(MINUTE);
    await reconcile(system.deps, "run-1");
    expect(await system.events.get(eventId)).toMatchObject({ status: "EXPANDED", done: 2 });
    expect(await allMessages()).toHaveLength(2);
    expect(system.queue.calls.flat()).toHaveLength(2);
    expect(system.observer.count("EventsExpanded reconciler")).toBe(1);
  });

  it.each(["before", "after"] as const)(
    "at a message (%s it was made) is resumed by a repeated call, and each endpoint gets the event once",
    async (when) => {
      await endpoint();
      await endpoint();
      system.faults = failing("insert", when);
      const keyed = request({ idempotencyKey: "k" });
      expect(await refused(keyed)).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
      const again = await accepted(keyed);
      expect(again).toMatchObject({ duplicate: true, event: { status: "EXPANDED", done: 2 } });
      expect(again.messages).toHaveLength(2);
      // A message whose maker was told of an error has no copy: it is orphaned when its deadline is over.
      for (const laterMs of [0, 16 * MINUTE]) {
        system.clock.advance(laterMs);
        await reconcile(system.deps, "run-1");
        await system.work();
      }
      expect(system.target.requests).toHaveLength(2);
      expect(await allMessages()).toMatchObject([{ status: "COMPLETED" }, { status: "COMPLETED" }]);
    },
  );

  it("at the end changes nothing for the caller: all is sent, and the event is marked a minute later", async () => {
    await endpoint();
    fail(system.events, "apply", "before");
    const { event, messages } = await accepted(request());
    expect(event.status).toBe("PENDING");
    expect(messages).toMatchObject([{ status: "QUEUED" }]);
    system.clock.advance(MINUTE);
    await reconcile(system.deps, "run-1");
    expect(await system.events.get(event.eventId)).toMatchObject({ status: "EXPANDED" });
    expect(system.queue.calls.flat()).toHaveLength(1);
  });

  it("at the queue says that the event is stored; what was rolled back is sent by a repeated call", async () => {
    await endpoint();
    await endpoint();
    const keyed = request({ idempotencyKey: "k" });
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    const error = await refused(keyed);
    expect(error).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    const eventId = error.stored?.eventId ?? "";
    expect(await system.events.get(eventId)).toMatchObject({ status: "EXPANDED" });
    expect(await allMessages()).toMatchObject([
      { status: "PENDING", pendingReason: "SEND_FAILED" },
      { status: "PENDING", pendingReason: "SEND_FAILED" },
    ]);
    system.queue.answer = () => undefined;
    const again = await accepted(keyed);
    expect(again.messages).toMatchObject([{ status: "QUEUED" }, { status: "QUEUED" }]);
    await system.work();
    expect(system.target.requests).toHaveLength(2);
  });

  it("one event of many neither stops the others nor is blamed on them", async () => {
    await endpoint();
    fail(system.events, "insert", "surely");
    const results = await acceptEvents(system.deps, [request(), request(), request()]);
    // They are stored at once: which of them meets it is nobody's promise.
    expect(results.filter((one) => one instanceof HomingError)).toHaveLength(1);
    expect(system.queue.calls.map((copies) => copies.length)).toEqual([2]);
  });
});

describe("the reconciler, of an event that is due", () => {
  /** Stored by a call that died there. */
  async function abandoned(): Promise<string> {
    await endpoint();
    system.faults = failing("insert", "before");
    const error = await refused(request());
    system.faults = () => undefined;
    return error.stored?.eventId ?? "";
  }

  it("does nothing before its minute is over", async () => {
    const eventId = await abandoned();
    system.clock.advance(MINUTE - 1);
    await reconcile(system.deps, "run-1");
    expect(await system.events.get(eventId)).toMatchObject({ status: "PENDING", revision: 1 });
    expect(await allMessages()).toEqual([]);
  });

  it("makes what is missing for the endpoints that the event has, and no others", async () => {
    const eventId = await abandoned();
    await endpoint();
    system.clock.advance(MINUTE);
    expect(await reconcile(system.deps, "run-1")).toMatchObject({ enqueued: 1, interrupted: false });
    expect(await allMessages()).toHaveLength(1);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
    expect(await system.events.get(eventId)).toMatchObject({ status: "EXPANDED" });
  });

  it("two at once send one copy", async () => {
    await abandoned();
    system.clock.advance(MINUTE);
    await Promise.all([reconcile(system.deps, "run-1"), reconcile(system.deps, "run-2")]);
    expect(system.queue.calls.flat()).toHaveLength(1);
  });

  it("leaves it due while the storage does not answer, and the run ends", async () => {
    const eventId = await abandoned();
    system.clock.advance(MINUTE);
    system.faults = failing("insert", "before");
    expect(await reconcile(system.deps, "run-1")).toMatchObject({ interrupted: true });
    expect(await system.events.get(eventId)).toMatchObject({ status: "PENDING" });
    await reconcile(system.deps, "run-2");
    expect(await system.events.get(eventId)).toMatchObject({ status: "EXPANDED" });
  });

  it("probes an outage of the queue with it as with a message", async () => {
    const eventId = await abandoned();
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    system.clock.advance(MINUTE);
    expect(await reconcile(system.deps, "run-1")).toMatchObject({ interrupted: true });
    // Its messages are there, rolled back: from here on they are due themselves.
    expect(await system.events.get(eventId)).toMatchObject({ status: "EXPANDED" });
    expect(await allMessages()).toMatchObject([{ status: "PENDING", pendingReason: "SEND_FAILED" }]);
    system.queue.answer = () => undefined;
    system.clock.advance(2 * SECOND);
    await reconcile(system.deps, "run-2");
    system.target.respond = () => answered(200);
    await system.work();
    expect(await allMessages()).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("gives it up after a week, and says so", async () => {
    const eventId = await abandoned();
    system.clock.advance(7 * DAY);
    await reconcile(system.deps, "run-1");
    const failed = await system.events.get(eventId);
    expect(failed).toMatchObject({ status: "FAILED", failureReason: "EXPANSION_EXHAUSTED" });
    expect(failed?.dueAt).toBeUndefined();
    expect(system.observer.events()).toContain("event_given_up");
    expect(await allMessages()).toEqual([]);
  });
});

/** A deletion of an endpoint that has not been changed before. */
function deletion(now: number) {
  const set = { revision: 2, updatedAt: now, writeId: nextToken(), state: "DELETED" as const };
  return { revision: 1, set, remove: [] };
}

/** Notes the calls that are under way at one time: one trip for those that need not wait for each other. */
function traceTrips(trips: string[][]): void {
  let underWay = 0;
  const trace = (name: string, object: object, methods: readonly string[]) => {
    const traced = object as Record<string, (...args: unknown[]) => Promise<unknown>>;
    for (const method of methods) {
      const real = traced[method]?.bind(object);
      traced[method] = async (...args) => {
        if (underWay === 0) trips.push([]);
        underWay += 1;
        trips.at(-1)?.push(`${name}.${method}`);
        try {
          // Whoever need not wait for this has made his own call by then.
          await new Promise((resolve) => setImmediate(resolve));
          return await real?.(...args);
        } finally {
          underWay -= 1;
        }
      };
    }
  };
  trace("events", system.events, ["putPayload", "insert", "apply", "get", "getPayload", "keepPayload"]);
  trace("endpoints", system.endpoints, ["version", "listOf", "get"]);
  trace("store", system.store, ["insert", "apply", "getMany", "get"]);
  trace("queue", system.queue, ["send"]);
}
