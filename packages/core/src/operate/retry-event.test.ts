import { beforeEach, describe, expect, it } from "vitest";
import { DAY, MINUTE } from "../duration.ts";
import { setState } from "../endpoint/endpoint-change.ts";
import type { Event } from "../event/event.ts";
import { deliveryIdOf } from "../event/event-id.ts";
import { giveUp } from "../event/event-lifecycle.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import { retryEvent } from "./retry-event.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** An event to so many endpoints that its call has left behind. */
async function abandoned(endpoints: number): Promise<Event> {
  const matched: string[] = [];
  for (let count = 0; count < endpoints; count += 1)
    matched.push((await system.endpoints.insert(buildEndpoint())).endpoint.endpointId);
  const event = buildEvent({ matched });
  await system.events.putPayload(event, buildEventPayload(), event.expiresAt);
  await system.events.insert(event);
  return event;
}

/** The same, eight days later. */
async function givenUp(endpoints: number): Promise<Event> {
  const event = await abandoned(endpoints);
  system.clock.advance(7 * DAY);
  const occasion = { now: system.clock.now(), token: nextToken() };
  const written = await system.events.apply(event.eventId, giveUp(event, occasion));
  if (!written.applied) throw new Error("it is PENDING");
  system.clock.advance(DAY);
  return written.event;
}

const messagesOf = (event: Event) =>
  system.store.getMany(event.matched.map((endpointId) => deliveryIdOf(event.eventId, endpointId)));
const retried = (event: Event) => retryEvent(system.deps, event, "by-hand");

describe("an event whose expansion was given up", () => {
  it("comes to all of its endpoints once somebody retries it", async () => {
    const event = await givenUp(3);
    expect(await retried(event)).toMatchObject({ status: "EXPANDED", done: 3 });
    expect(await messagesOf(event)).toHaveLength(3);
    expect(await system.work()).toEqual(["done", "done", "done"]);
    expect((await messagesOf(event)).map(({ status }) => status)).toEqual(Array(3).fill("COMPLETED"));
  });

  it("comes to an endpoint that was activated a moment ago, whoever remembers it as it was", async () => {
    const event = await givenUp(1);
    const { senderId } = event;
    const [endpointId = ""] = event.matched;
    const turn = async (state: "DISABLED" | "ACTIVE") => {
      const endpoint = await system.endpoints.get(senderId, endpointId);
      const occasion = { now: system.clock.now(), token: nextToken() };
      const change = endpoint && setState(endpoint, state, "REQUESTED", occasion);
      if (!endpoint || !change) throw new Error("it can be changed");
      await system.endpoints.change(endpoint, change);
    };
    await turn("DISABLED");
    expect(await system.deps.endpointReader.read({ senderId, endpointId })).toMatchObject({
      state: "DISABLED",
    });
    await turn("ACTIVE");
    await retried(event);
    await system.work();
    expect(await messagesOf(event)).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("is expanded by workers if it has more than 10 endpoints", async () => {
    const event = await givenUp(11);
    expect(await retried(event)).toMatchObject({ status: "PENDING" });
    expect(system.queue.calls.flat()).toMatchObject([{ eventId: event.eventId }]);
  });

  it("keeps its payload for as long as its deliveries may take that begin now", async () => {
    const event = await givenUp(1);
    system.clock.advance(14 * DAY);
    const now = system.clock.now();
    await system.events.keepPayload(event, now + DAY);
    await retried(event);
    const stored = await system.events.getPayload(event);
    expect(stored?.expiresAt).toBeGreaterThanOrEqual(now + 30 * DAY);
  });

  it("is taken on by the reconciler where the call fails on the way", async () => {
    const event = await givenUp(1);
    system.faults = failing("insert", "before");
    const after = await retried(event);
    expect(after).toMatchObject({ status: "PENDING", dueAt: system.clock.now() + MINUTE });
    system.faults = () => undefined;
    system.clock.advance(MINUTE);
    await reconcile(system.deps, "run-1");
    expect(await messagesOf(event)).toHaveLength(1);
    expect(await system.events.get(event.eventId)).toMatchObject({ status: "EXPANDED" });
  });

  it("is the same for the endpoints that have their messages already", async () => {
    const event = await givenUp(2);
    await retried(event);
    const before = await messagesOf(event);
    // A second call that had read it before.
    await expect(retried(event)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await messagesOf(event)).toEqual(before);
  });

  it("cannot be retried once it is too old, or without its payload", async () => {
    const event = await givenUp(1);
    const without = { ...event, requestHash: "another" };
    await expect(retried(without)).rejects.toMatchObject({ code: "CONFLICT" });
    system.clock.time = NOON + 23 * DAY;
    await expect(retried(event)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await messagesOf(event)).toEqual([]);
    expect(await system.events.get(event.eventId)).toMatchObject({ status: "FAILED" });
  });
});

describe("an event that is PENDING", () => {
  it("is expanded now", async () => {
    const event = await abandoned(2);
    expect(await retried(event)).toMatchObject({ status: "EXPANDED" });
    expect(await messagesOf(event)).toHaveLength(2);
  });

  it("stays so while its slices cannot be asked for", async () => {
    const event = await abandoned(11);
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    expect(await retried(event)).toMatchObject({ status: "PENDING" });
  });
});

it("an event that is EXPANDED has nothing to retry: its messages have", async () => {
  const event = buildEvent({ status: "EXPANDED" });
  await expect(retried(event)).rejects.toMatchObject({ code: "CONFLICT" });
});
