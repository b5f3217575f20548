import { beforeEach, describe, expect, it } from "vitest";
import { consumeDeadLetter } from "../dead-letter/dead-letter.ts";
import { handleRecord } from "../delivery/handle-record.ts";
import { MINUTE, SECOND } from "../duration.ts";
import type { Message } from "../message/message.ts";
import type { ReceivedCopy } from "../queue/memory-message-queue.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { TestSystem } from "../testing/test-system.ts";
import { acceptEvents } from "./accept-event.ts";
import type { Event } from "./event.ts";
import { deliveryIdOf } from "./event-id.ts";
import * as EventLifecycle from "./event-lifecycle.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const DEADLINE_MS = 15 * MINUTE;

async function accepted(endpoints: number): Promise<Event> {
  for (let at = 0; at < endpoints; at += 1) {
    await system.endpoints.insert(buildEndpoint({ createdAt: system.clock.now() + at }));
  }
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
  const [result] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  if (result === undefined || result instanceof Error) throw result;
  return result.event;
}

const handle = (record: ReceivedCopy, remainingMs = 30_000) =>
  handleRecord(system.deps, record, () => remainingMs);

async function read({ eventId }: Event): Promise<Event> {
  const event = await system.events.get(eventId);
  if (!event) throw new Error("it is there");
  return event;
}

async function messagesOf({ eventId, matched }: Event) {
  return system.store.getMany(matched.map((endpointId) => deliveryIdOf(eventId, endpointId)));
}

/** The expand copies that are in the queue, by the slice that they name. */
function expandCopies(): ReceivedCopy[] {
  return system.memoryQueue.receive(10).filter(({ eventId }) => eventId !== undefined);
}

describe("a large event", () => {
  it("is accepted with nothing but what asks for its slices, due at the queue's deadline", async () => {
    const event = await accepted(250);
    expect(event).toMatchObject({ status: "PENDING", dueAt: system.clock.now() + DEADLINE_MS });
    expect(await messagesOf(event)).toEqual([]);
    expect(expandCopies().map(({ body }) => JSON.parse(body))).toEqual([
      { version: 2, eventId: event.eventId, from: 0, to: 100 },
      { version: 2, eventId: event.eventId, from: 100, to: 200 },
      { version: 2, eventId: event.eventId, from: 200, to: 250 },
    ]);
  });

  it("is EXPANDED by whoever expands the last of its slices, in whatever order", async () => {
    const event = await accepted(250);
    const [first, second, third] = expandCopies();
    if (!first || !second || !third) throw new Error("there are three");
    for (const record of [third, first]) {
      expect(await handle(record)).toBe("done");
      expect((await read(event)).status).toBe("PENDING");
    }
    expect(await handle(second)).toBe("done");
    const expanded = await read(event);
    expect(expanded).toMatchObject({ status: "EXPANDED", done: 250 });
    expect(expanded).not.toHaveProperty("dueAt");
    expect(await messagesOf(event)).toHaveLength(250);
    expect(await system.memoryQueue.depth()).toMatchObject({ visible: 250 });
  });

  it("makes each message once, however often a slice is handed out", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    await Promise.all([handle(copy), handle(copy)]);
    expect(await handle(copy)).toBe("done");
    expect(await messagesOf(event)).toHaveLength(20);
    expect(await system.memoryQueue.depth()).toMatchObject({ visible: 20 });
  });

  it("of which a message could not be made is not EXPANDED, and the copy comes again", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    const lost = deliveryIdOf(event.eventId, event.matched[7] ?? "");
    system.faults = (call, id) =>
      call === "insert" && (id as Message).messageId === lost ? "before" : undefined;
    expect(await handle(copy)).toBe("return");
    expect((await read(event)).status).toBe("PENDING");
    system.faults = () => undefined;
    expect(await handle(copy)).toBe("done");
    expect((await read(event)).status).toBe("EXPANDED");
  });

  it("to which a replay has added an endpoint meanwhile stays PENDING", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    const occasion = { now: system.clock.now(), token: "replay" };
    const { retentionMs } = system.settings;
    const append = EventLifecycle.append(event, "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5", occasion, retentionMs);
    if (!append) throw new Error("it is new");
    await system.events.apply(event.eventId, append);
    await handle(copy);
    expect(await read(event)).toMatchObject({ status: "PENDING", done: 0 });
  });

  it("is left to another process by one with too little time", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    expect(await handle(copy, 12 * SECOND)).toBe("return");
    expect(await messagesOf(event)).toEqual([]);
  });

  it("whose slices the queue did not take is due at once, and says so", async () => {
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    await expect(accepted(20)).rejects.toMatchObject({
      code: "SYSTEM_ERROR",
      stored: { eventId: expect.any(String) },
    });
    const [row] = await system.events.list({ senderId: "acme", unmatched: false, limit: 1 });
    const event = await system.events.get(row?.eventId ?? "");
    expect(event).toMatchObject({ status: "PENDING", dueAt: system.clock.now() + SECOND });
  });
});

describe("the reconciler", () => {
  it("asks again for the slices that nobody has expanded, and waits twice as long the next time", async () => {
    const event = await accepted(250);
    const [first] = expandCopies();
    if (!first) throw new Error("there is one");
    await handle(first);
    system.clock.advance(DEADLINE_MS);
    system.queue.calls.length = 0;
    await reconcile(system.deps, "run-1");
    const asked = system.queue.calls.flat().filter(({ eventId }) => eventId !== undefined);
    expect(asked.map(({ body }) => JSON.parse(body).from)).toEqual([100, 200]);
    expect((await read(event)).dueAt).toBe(system.clock.now() + DEADLINE_MS);
    system.clock.advance(DEADLINE_MS);
    await reconcile(system.deps, "run-2");
    expect((await read(event)).dueAt).toBe(system.clock.now() + 2 * DEADLINE_MS);
  });

  it("marks an event whose last slice was noted by a worker that died", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    const { apply } = system.events;
    system.events.apply = () => Promise.reject(new Error("died"));
    expect(await handle(copy)).toBe("return");
    system.events.apply = apply;
    system.clock.advance(DEADLINE_MS);
    await reconcile(system.deps, "run-1");
    expect((await read(event)).status).toBe("EXPANDED");
    expect(await messagesOf(event)).toHaveLength(20);
  });

  it("leaves an event due when the queue does not take its slices", async () => {
    const event = await accepted(20);
    system.clock.advance(DEADLINE_MS);
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    expect(await reconcile(system.deps, "run-1")).toMatchObject({ interrupted: true });
    expect((await read(event)).dueAt).toBe(event.dueAt);
  });
});

describe("a dead-lettered expand copy", () => {
  it("brings its event forward and does not fail it", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    expect(await consumeDeadLetter(system.deps, copy)).toBe("done");
    expect(await read(event)).toMatchObject({ status: "PENDING", dueAt: system.clock.now() });
  });

  it("of an event that is expanded is dropped", async () => {
    const event = await accepted(20);
    const [copy] = expandCopies();
    if (!copy) throw new Error("there is one");
    await handle(copy);
    const before = await read(event);
    expect(await consumeDeadLetter(system.deps, copy)).toBe("done");
    expect(await read(event)).toEqual(before);
  });
});
