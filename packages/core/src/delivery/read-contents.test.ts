import { beforeEach, describe, expect, it } from "vitest";
import { DAY, SECOND } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { keepContents, readContents } from "./read-contents.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const endpoint = buildEndpoint({ url: "https://customer.example/hook", headers: { "X-Api-Key": "k" } });
const event = buildEvent({ matched: [endpoint.endpointId], requestHash: "hash-1" });
const delivery = buildMessage({
  eventId: event.eventId,
  endpointId: endpoint.endpointId,
  eventType: "invoice.paid",
  requestHash: "hash-1",
});

describe("what a message brings", () => {
  it("is its own payload, if it names its target", async () => {
    const message = await system.put({}, buildPayload({ body: '"own"' }));
    expect(await readContents(system.deps, message)).toEqual(buildPayload({ body: '"own"' }));
  });

  it("is its event's payload, and its endpoint as it is now", async () => {
    await system.events.putPayload(event, buildEventPayload(), NOON + DAY);
    await system.endpoints.insert(endpoint);
    expect(await readContents(system.deps, delivery)).toEqual({
      event: buildEventPayload(),
      endpoint: {
        url: "https://customer.example/hook",
        headers: { "X-Api-Key": "k" },
        svixHeaders: false,
        state: "ACTIVE",
        generation: 1,
        readAt: NOON,
      },
    });
  });

  it("is the event's payload alone if its endpoint is gone: whoever delivers it is told then", async () => {
    await system.events.putPayload(event, buildEventPayload(), NOON + DAY);
    expect(await readContents(system.deps, delivery)).toEqual({ event: buildEventPayload() });
  });

  it("is nothing if the payload is gone, or was another request's", async () => {
    expect(await readContents(system.deps, delivery)).toBeUndefined();
    await system.events.putPayload({ ...event, requestHash: "hash-2" }, buildEventPayload(), NOON + DAY);
    expect(await readContents(system.deps, delivery)).toBeUndefined();
    expect(await readContents(system.deps, buildMessage())).toBeUndefined();
  });
});

describe("it is kept", () => {
  const expiry = async () => (await system.events.getPayload(event))?.expiresAt;

  it("until then, of a message that names its target", async () => {
    const message = await system.put();
    expect(await keepContents(system.deps, message, NOON + 90 * DAY, NOON + 30 * DAY)).toBe(true);
    system.clock.advance(89 * DAY);
    expect(await system.store.getPayload(message)).toBeDefined();
  });

  it("as it is, of an event whose payload lasts long enough: each of its deliveries would pay for it", async () => {
    await system.events.putPayload(event, buildEventPayload(), NOON + 30 * DAY);
    expect(await keepContents(system.deps, delivery, NOON + 60 * DAY, NOON + 30 * DAY)).toBe(true);
    expect(await expiry()).toBe(NOON + 30 * DAY);
  });

  it("longer, of one whose payload would be gone before", async () => {
    await system.events.putPayload(event, buildEventPayload(), NOON + 30 * DAY - SECOND);
    expect(await keepContents(system.deps, delivery, NOON + 60 * DAY, NOON + 30 * DAY)).toBe(true);
    expect(await expiry()).toBe(NOON + 60 * DAY);
  });

  it("not, if it is gone", async () => {
    expect(await keepContents(system.deps, delivery, NOON + 60 * DAY, NOON + 30 * DAY)).toBe(false);
    expect(await keepContents(system.deps, buildMessage(), NOON + 60 * DAY, NOON + 30 * DAY)).toBe(false);
  });
});
