import { beforeEach, describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { acceptEvents } from "../event/accept-event.ts";
import type { Event } from "../event/event.ts";
import { deliveryIdOf } from "../event/event-id.ts";
import type { AcceptedEventInput } from "../event/event-input.ts";
import { giveUp } from "../event/event-lifecycle.ts";
import type { EventRow } from "../event/event-store.ts";
import * as DeliveryLifecycle from "../message/delivery-lifecycle.ts";
import { type DeliveryMessage, isDelivery, type Message } from "../message/message.ts";
import type { Transition } from "../message/transition.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { type StepName, stepOf } from "../testing/journey.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import type { BulkRun } from "./bulk.ts";
import type { Place } from "./list.ts";
import { type ReplayFilter, replayFailed, replayMissing, replayUndelivered } from "./replay.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

async function register(over: Partial<Endpoint> = {}): Promise<Endpoint> {
  return (await system.endpoints.insert(buildEndpoint(over))).endpoint;
}

async function accept(over: Partial<AcceptedEventInput> = {}): Promise<Event> {
  system.clock.advance(SECOND);
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload(), ...over };
  const [accepted] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  if (!accepted || !("event" in accepted)) throw new Error("not accepted");
  return accepted.event;
}

async function move(messageId: string, ...steps: StepName[]): Promise<void> {
  for (const step of steps) await system.store.apply(messageId, stepOf(step, await system.read(messageId)));
}

const messageOf = ({ eventId }: Event, { endpointId }: Endpoint): Promise<Message | undefined> =>
  system.store.get(deliveryIdOf(eventId, endpointId));

const RUN: BulkRun<never> = { limit: 1_000, correlationId: "call-2" };
const missing = (
  endpoint: Endpoint,
  run: Partial<BulkRun<EventRow>> = {},
  filter: Partial<ReplayFilter> = {},
) => replayMissing(system.deps, endpoint, { since: NOON, ...filter }, { ...RUN, ...run });

describe("a replay of what is missing", () => {
  it("brings an endpoint the events that match it now and never went there, oldest first, each once", async () => {
    const events = [await accept(), await accept({ eventType: "user.created" }), await accept()];
    const endpoint = await register({ eventTypes: ["invoice.*"] });
    const later = await accept();
    expect(await missing(endpoint)).toEqual({ done: 2, skipped: 0 });
    const [first, other, third] = events as [Event, Event, Event];
    const ids = system.queue.calls.flat().map(({ messageId }) => messageId);
    expect(ids.slice(1)).toEqual(
      [first, third].map(({ eventId }) => deliveryIdOf(eventId, endpoint.endpointId)),
    );
    expect(await messageOf(other, endpoint)).toBeUndefined();
    for (const event of [first, third]) {
      expect(await messageOf(event, endpoint)).toMatchObject({
        status: "QUEUED",
        senderId: "acme",
        createdAt: event.createdAt,
        eventId: event.eventId,
        eventType: "invoice.paid",
      });
      expect(await system.events.get(event.eventId)).toMatchObject({
        status: "EXPANDED",
        matched: [endpoint.endpointId],
        done: 1,
      });
    }
    await system.work();
    expect(system.target.requests.map(({ headers }) => new Map(headers).get("webhook-id")).sort()).toEqual(
      [first, third, later].map(({ eventId }) => eventId).sort(),
    );
    expect(await missing(endpoint)).toEqual({ done: 0, skipped: 0 });
  });

  it("looks only at its time, its type and its sender", async () => {
    const events = [];
    for (let sent = 0; sent < 4; sent += 1) events.push(await accept());
    await accept({ senderId: "globex" });
    await accept({ eventType: "invoice.sent" });
    const endpoint = await register();
    const [, second, , fourth] = events as [Event, Event, Event, Event];
    const filter = { since: second.createdAt, until: fourth.createdAt, eventType: "invoice.paid" };
    expect(await missing(endpoint, { dryRun: true }, filter)).toEqual({ done: 2, skipped: 0 });
    expect(system.queue.calls.flat()).toEqual([]);
    expect(await missing(endpoint, {}, filter)).toEqual({ done: 2, skipped: 0 });
    expect(await missing(endpoint)).toEqual({ done: 3, skipped: 0 });
  });

  it("does not bring an event again whose message has long been forgotten", async () => {
    const endpoint = await register();
    const event = await accept();
    await move(deliveryIdOf(event.eventId, endpoint.endpointId), "claim", "completeFirst");
    system.clock.advance(31 * DAY);
    expect(await messageOf(event, endpoint)).toBeUndefined();
    expect(await missing(endpoint)).toEqual({ done: 0, skipped: 0 });
  });

  it("brings no event elsewhere that was for one endpoint alone", async () => {
    const one = await register();
    await accept({ endpointId: one.endpointId });
    expect(await missing(await register())).toEqual({ done: 0, skipped: 0 });
  });

  it("stops at its limit, and goes on at its place", async () => {
    for (let sent = 0; sent < 5; sent += 1) await accept();
    const endpoint = await register();
    let after: EventRow | undefined;
    const done: number[] = [];
    do {
      const result = await missing(endpoint, { limit: 2, after });
      done.push(result.done);
      after = result.next;
    } while (after !== undefined);
    expect(done).toEqual([2, 2, 1]);
  });

  it("keeps the payload for as long as the new message may live, and renews none that lasts", async () => {
    const event = await accept();
    const before = await system.events.getPayload(event);
    const early = await register();
    await missing(early);
    expect((await system.events.getPayload(event))?.expiresAt).toBe(before?.expiresAt);
    system.clock.time = (before?.expiresAt ?? 0) - 30 * DAY + SECOND;
    await missing(await register());
    expect((await system.events.getPayload(event))?.expiresAt).toBe(system.clock.now() + 60 * DAY);
  });

  it.each([
    ["named it", true],
    ["did not name it", false],
  ])(
    "brings it an event whose expansion was given up, and that %s, at all of its endpoints",
    async (_, named) => {
      const [endpoint, other] = [await register(), await register()];
      const ids = named ? [endpoint, other] : [other];
      const failed = buildEvent({ matched: ids.map(({ endpointId }) => endpointId) });
      await system.events.putPayload(failed, buildEventPayload(), NOON + 60 * DAY);
      await system.events.insert(failed);
      await system.events.apply(failed.eventId, giveUp(failed, { now: NOON, token: nextToken() }));
      expect(await missing(endpoint)).toEqual({ done: 1, skipped: 0 });
      for (const one of [endpoint, other])
        expect(await messageOf(failed, one)).toMatchObject({ status: "QUEUED" });
      expect(await system.events.get(failed.eventId)).toMatchObject({ status: "EXPANDED" });
      expect(await missing(endpoint)).toEqual({ done: 0, skipped: 0 });
    },
  );

  it("passes over an event whose payload is gone, and one that is too old to be expanded again", async () => {
    const lost = buildEvent({ status: "EXPANDED", matched: [], requestHash: "lost" });
    await system.events.insert(lost);
    const failed = buildEvent();
    await system.events.putPayload(failed, buildEventPayload(), NOON + 60 * DAY);
    await system.events.insert(failed);
    await system.events.apply(failed.eventId, giveUp(failed, { now: NOON, token: nextToken() }));
    system.clock.advance(23 * DAY);
    const sound = await accept();
    const endpoint = await register();
    expect(await missing(endpoint)).toEqual({ done: 1, skipped: 2 });
    expect(await messageOf(sound, endpoint)).toBeDefined();
    expect(await messageOf(lost, endpoint)).toBeUndefined();
  });

  it("is held for a paused endpoint, and refused for a disabled one unless it only counts", async () => {
    const event = await accept();
    const paused = await register({ state: "PAUSED" });
    expect(await missing(paused)).toEqual({ done: 1, skipped: 0 });
    expect(await messageOf(event, paused)).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
    });
    const disabled = await register({ state: "DISABLED" });
    await expect(missing(disabled)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await missing(disabled, { dryRun: true })).toEqual({ done: 1, skipped: 0 });
    expect(await messageOf(event, disabled)).toBeUndefined();
  });

  it("of which two run at once makes each message once", async () => {
    const events = [];
    for (let sent = 0; sent < 5; sent += 1) events.push(await accept());
    const [one, two] = [await register(), await register()];
    const results = await Promise.all([missing(one), missing(one), missing(two)]);
    const [first, second, other] = results.map(({ done }) => done);
    expect([(first ?? 0) + (second ?? 0), other]).toEqual([5, 5]);
    for (const event of events)
      for (const endpoint of [one, two])
        expect(await messageOf(event, endpoint)).toMatchObject({ status: "QUEUED", sends: 1 });
    expect(system.queue.calls.flat()).toHaveLength(10);
  });

  it("that dies between the event and its message is finished by the reconciler", async () => {
    const event = await accept();
    const endpoint = await register();
    const { deps } = system;
    const insert = () => Promise.reject(new Error("the process died"));
    await replayMissing({ ...deps, store: { ...deps.store, insert } }, endpoint, { since: NOON }, RUN);
    expect(await messageOf(event, endpoint)).toBeUndefined();
    expect(await system.events.get(event.eventId)).toMatchObject({
      status: "PENDING",
      matched: [endpoint.endpointId],
      dueAt: system.clock.now() + 60 * SECOND,
    });
    system.clock.advance(60 * SECOND);
    await reconcile(deps, "run-1");
    expect(await messageOf(event, endpoint)).toMatchObject({ status: "QUEUED" });
  });

  it("whose sends fail stops and tells where to go on: they are kept, and nothing is asked of a queue that is down", async () => {
    const events = [];
    for (let sent = 0; sent < 120; sent += 1) events.push(await accept());
    const endpoint = await register();
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    const { done, next } = await missing(endpoint);
    expect(done).toBe(50);
    const [first] = events as [Event];
    expect(await messageOf(first, endpoint)).toMatchObject({
      status: "PENDING",
      pendingReason: "SEND_FAILED",
    });
    system.queue.answer = () => undefined;
    expect(await missing(endpoint, { after: next })).toEqual({ done: 70, skipped: 0 });
  });
});

describe("a replay of what failed", () => {
  const failed = (
    endpoint: Endpoint,
    run: Partial<BulkRun<Place>> = {},
    filter: Partial<ReplayFilter> = {},
  ) => replayFailed(system.deps, endpoint, { since: NOON, ...filter }, { ...RUN, ...run });

  it("gives the endpoint's failed messages a new round each, oldest first, and no others", async () => {
    const [endpoint, other] = [await register(), await register()];
    const events = [await accept(), await accept(), await accept({ eventType: "user.created" })];
    for (const { eventId } of events)
      for (const { endpointId } of [endpoint, other])
        await move(deliveryIdOf(eventId, endpointId), "claim", "fail");
    const delivered = await accept();
    await move(deliveryIdOf(delivered.eventId, endpoint.endpointId), "claim", "completeFirst");
    const before = system.queue.calls.flat().length;
    expect(await failed(endpoint, { dryRun: true })).toEqual({ done: 3, skipped: 0 });
    const { done, next } = await failed(endpoint, { limit: 1 });
    expect(done).toBe(1);
    expect(await failed(endpoint, { after: next }, { eventType: "invoice.paid" })).toEqual({
      done: 1,
      skipped: 0,
    });
    const sent = system.queue.calls.flat().slice(before);
    expect(sent.map(({ messageId }) => messageId)).toEqual(
      events.slice(0, 2).map(({ eventId }) => deliveryIdOf(eventId, endpoint.endpointId)),
    );
    const [first, , third] = events as [Event, Event, Event];
    expect(await messageOf(first, endpoint)).toMatchObject({
      status: "QUEUED",
      attempt: 1,
      attemptLimit: 11,
    });
    expect((await messageOf(third, endpoint))?.status).toBe("FAILED");
    expect((await messageOf(first, other))?.status).toBe("FAILED");
    expect(await failed(endpoint)).toEqual({ done: 1, skipped: 0 });
    expect(await failed(endpoint)).toEqual({ done: 0, skipped: 0 });
  });

  it("is refused for a disabled endpoint, unless it only counts", async () => {
    const disabled = await register({ state: "DISABLED" });
    await expect(failed(disabled)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await failed(disabled, { dryRun: true })).toEqual({ done: 0, skipped: 0 });
  });
});

describe("a replay of what is not delivered", () => {
  const undelivered = (endpoint: Endpoint, run: Partial<BulkRun<Place>> = {}) =>
    replayUndelivered(system.deps, endpoint, { since: NOON }, { ...RUN, ...run });
  const id = ({ eventId }: Event, { endpointId }: Endpoint) => deliveryIdOf(eventId, endpointId);

  it("sends at once what failed and what waits for another attempt, after an outage say, oldest first; nothing else", async () => {
    const [endpoint, other] = [await register(), await register()];
    const [failed, later, soon, delivered, resolved] = [
      await accept(),
      await accept(),
      await accept(),
      await accept(),
      await accept(),
    ];
    await move(id(failed, endpoint), "claim", "fail");
    await move(id(later, endpoint), "claim", "retryLater");
    await move(id(later, other), "claim", "retryLater");
    await move(id(soon, endpoint), "claim", "retrySoon", "enqueue");
    await move(id(delivered, endpoint), "claim", "completeFirst");
    await move(id(resolved, endpoint), "claim", "fail", "resolve");
    // Its first attempt is on its way.
    await accept();
    expect(await undelivered(endpoint, { dryRun: true })).toEqual({ done: 3, skipped: 0 });
    const before = system.queue.calls.flat().length;
    expect(await undelivered(endpoint)).toEqual({ done: 3, skipped: 0 });
    const sent = system.queue.calls.flat().slice(before);
    expect(sent.map(({ messageId, delaySeconds }) => [messageId, delaySeconds])).toEqual(
      [failed, later, soon].map((event) => [id(event, endpoint), 0]),
    );
    for (const event of [failed, later, soon])
      expect(await messageOf(event, endpoint)).toMatchObject({ status: "QUEUED", attempt: 1 });
    expect(await messageOf(later, other)).toMatchObject({ status: "PENDING", pendingReason: "RETRY" });
    expect(await undelivered(endpoint)).toEqual({ done: 0, skipped: 0 });
  });

  it("keeps to the state of the endpoint: what is for a paused one is held, not forced on it", async () => {
    const endpoint = await register();
    const event = await accept();
    await move(id(event, endpoint), "claim", "retryLater");
    await undelivered(endpoint);
    expect(await messageOf(event, endpoint)).not.toHaveProperty("forcedAttempt");
  });

  const AT = () => ({ now: system.clock.now(), correlationId: "worker-1", token: nextToken() });

  it.each<[string, (message: DeliveryMessage) => Transition]>([
    [
      "its endpoint, which fails, to be well: in its place, and for no longer than it may",
      (message) =>
        DeliveryLifecycle.holdFailed(message, AT(), message.claimId ?? "", system.clock.now() + 5 * MINUTE),
    ],
    [
      "its paused endpoint",
      ({ revision, endpointId }) =>
        DeliveryLifecycle.hold({ revision }, { senderId: "acme", endpointId }, AT(), "ENDPOINT_PAUSED"),
    ],
    [
      "its slot",
      (message) =>
        DeliveryLifecycle.throttle(message, { slotAt: system.clock.now() + 20 * MINUTE, round: 1 }, AT()),
    ],
    [
      "a slot to be free",
      (message) => DeliveryLifecycle.throttle(message, { slotAt: undefined, round: 1 }, AT()),
    ],
  ])("leaves as it is what waits for %s", async (_, wait) => {
    const endpoint = await register();
    const messageId = id(await accept(), endpoint);
    await move(messageId, "claim");
    if (!(await waits(messageId, wait))) {
      await move(messageId, "retryLater");
      expect(await waits(messageId, wait)).toBe(true);
    }
    const before = await system.read(messageId);
    expect(await undelivered(endpoint, { dryRun: true })).toEqual({ done: 0, skipped: 0 });
    expect(await undelivered(endpoint)).toEqual({ done: 0, skipped: 0 });
    expect(await system.read(messageId)).toEqual(before);
  });

  async function waits(messageId: string, wait: (message: DeliveryMessage) => Transition): Promise<boolean> {
    const message = await system.read(messageId);
    if (!isDelivery(message)) throw new Error("no delivery");
    return (await system.store.apply(messageId, wait(message))).applied;
  }

  it("of which two run at once, beside the reconciler, starts each attempt once", async () => {
    const endpoint = await register();
    const events = [];
    for (let sent = 0; sent < 5; sent += 1) events.push(await accept());
    for (const event of events) await move(id(event, endpoint), "claim", "retryLater");
    const results = await Promise.all([
      undelivered(endpoint),
      undelivered(endpoint),
      reconcile(system.deps, "run-1"),
    ]);
    expect(results[0].done + results[1].done).toBe(5);
    await system.work();
    for (const event of events)
      expect(await messageOf(event, endpoint)).toMatchObject({ status: "COMPLETED", attempt: 2 });
    expect(system.target.requests).toHaveLength(5);
  });

  it("is refused for a disabled endpoint, unless it only counts", async () => {
    const disabled = await register({ state: "DISABLED" });
    await expect(undelivered(disabled)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await undelivered(disabled, { dryRun: true })).toEqual({ done: 0, skipped: 0 });
  });
});
