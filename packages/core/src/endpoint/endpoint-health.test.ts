import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { acceptEvents } from "../event/accept-event.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointHealth } from "./endpoint-health.ts";
import { configureEndpoint } from "./manage.ts";

let system: TestSystem;
let endpoint: Endpoint;
beforeEach(async () => {
  // One attempt a message.
  system = new TestSystem({ retryScheduleMs: [] });
  endpoint = (await system.endpoints.insert(buildEndpoint())).endpoint;
});

async function read(): Promise<Endpoint> {
  const found = await system.endpoints.get(endpoint.senderId, endpoint.endpointId);
  if (!found) throw new Error("it is there");
  return found;
}

/** One event to the endpoint, and one attempt at it, which is answered so. */
async function attempt(status: number): Promise<void> {
  system.target.respond = () => answered(status);
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
  await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  await system.work();
}

/** Fails once in each interval, over a time. */
async function failFor(ms: number, every: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += every) {
    await attempt(503);
    system.clock.advance(every);
  }
}

const version = () => system.endpoints.version(endpoint.senderId);

describe("a healthy endpoint", () => {
  it("costs no write", async () => {
    const before = await read();
    for (let at = 0; at < 5; at += 1) await attempt(200);
    expect(await read()).toEqual(before);
  });

  it("nor does one that fails now and then, but for the first message an hour that is FAILED", async () => {
    const before = await read();
    for (let at = 0; at < 5; at += 1) {
      await attempt(503);
      system.clock.advance(50 * SECOND);
      await attempt(200);
      system.clock.advance(50 * SECOND);
    }
    const after = await read();
    expect(after.revision).toBe(before.revision + 1);
    expect(after).not.toHaveProperty("failingSince");
  });
});

describe("an endpoint of which every attempt fails", () => {
  it("is told of after a minute, since when, how often and what last", async () => {
    const since = system.clock.now();
    await failFor(MINUTE, 10 * SECOND);
    expect(await read()).not.toHaveProperty("failingSince");
    await attempt(404);
    expect(await read()).toMatchObject({
      failingSince: since,
      failures: 7,
      lastFailure: { at: system.clock.now(), messageId: expect.any(String), responseStatus: 404 },
      updatedAt: endpoint.updatedAt,
      state: "ACTIVE",
    });
  });

  it("is told of once a minute, and only the first time to those who match", async () => {
    await failFor(MINUTE, 10 * SECOND);
    const before = await version();
    let revision = 0;
    let writes = 0;
    for (let passed = 0; passed < 10 * MINUTE; passed += 10 * SECOND) {
      await attempt(503);
      const now = await read();
      if (now.revision !== revision) writes += 1;
      revision = now.revision;
      system.clock.advance(10 * SECOND);
    }
    expect(writes).toBeLessThanOrEqual(11);
    expect(await version()).toBe(before + 1);
  });

  it("is well again at the first success, for those who match, too", async () => {
    await failFor(5 * MINUTE, 30 * SECOND);
    expect((await read()).failingSince).toBeDefined();
    const before = await version();
    await attempt(204);
    const well = await read();
    expect(well).not.toHaveProperty("failingSince");
    expect(well).not.toHaveProperty("failures");
    expect(await version()).toBe(before + 1);
  });

  it("is well again by the success of another process, which knows of it by the copy", async () => {
    await failFor(5 * MINUTE, 30 * SECOND);
    const other = new EndpointHealth({ ...system.deps, settings: system.settings });
    const { failingSince } = await read();
    await other.succeeded(endpoint, failingSince === undefined ? {} : { failingSince });
    expect(await read()).not.toHaveProperty("failingSince");
  });

  it("is known to a process that has just begun, which tells of the first failure that it sees", async () => {
    await failFor(5 * MINUTE, 30 * SECOND);
    const { failures = 0, failingSince } = await read();
    const health = new EndpointHealth({ ...system.deps, settings: system.settings });
    Object.assign(system.deps, { health });
    await attempt(503);
    expect(await read()).toMatchObject({ failures: failures + 1, failingSince });
    // What it knows may be of before a recovery.
    await health.succeeded(endpoint, { failingSince: 1 });
    const other = new EndpointHealth({ ...system.deps, settings: system.settings });
    await other.failed(endpoint, { at: system.clock.now(), messageId: "msg_1" }, { failingSince: 1 });
    expect(await read()).not.toHaveProperty("failingSince");
  });

  it("begins anew at another URL, and when it is activated", async () => {
    await failFor(5 * MINUTE, 30 * SECOND);
    const deps = { ...system.deps, signingMaster: "master" };
    await configureEndpoint(deps, await read(), (current) => ({
      ...current,
      url: "https://example.com/new",
    }));
    expect(await read()).not.toHaveProperty("failingSince");
  });
});

describe("an endpoint is disabled by itself", () => {
  it("after five days of nothing but failures, and not before", async () => {
    await failFor(5 * DAY, 6 * HOUR);
    expect((await read()).state).toBe("ACTIVE");
    await attempt(503);
    system.clock.advance(MINUTE);
    await attempt(503);
    expect(await read()).toMatchObject({ state: "DISABLED", stateReason: "FAILING" });
    expect(system.observer.count("EndpointsDisabled FAILING")).toBe(1);
  });

  it("not by fewer than 20 failures, however long they have gone on", async () => {
    await failFor(9 * DAY, DAY);
    expect(await read()).toMatchObject({ state: "ACTIVE", failures: expect.any(Number) });
  });

  it("not if one of its newest messages was delivered meanwhile, whoever has seen that", async () => {
    await failFor(3 * DAY, 4 * HOUR);
    const health = system.deps.health;
    // By a process that could not tell.
    Object.assign(system.deps, { health: { failed: async () => {}, succeeded: async () => {} } });
    await attempt(200);
    Object.assign(system.deps, { health });
    await failFor(4 * DAY, 4 * HOUR);
    expect((await read()).state).toBe("ACTIVE");
  });

  it("never, if nobody wants that", async () => {
    const health = new EndpointHealth({ ...system.deps, settings: { failingGate: false } });
    Object.assign(system.deps, { health });
    await failFor(8 * DAY, 4 * HOUR);
    expect((await read()).state).toBe("ACTIVE");
  });
});

describe("storage that does not answer", () => {
  it("costs no attempt its outcome", async () => {
    const { change } = system.endpoints;
    system.endpoints.change = () => Promise.reject(new Error("silent"));
    await failFor(3 * MINUTE, 20 * SECOND);
    expect(system.observer.events()).toContain("health_not_told");
    system.endpoints.change = change;
    await attempt(503);
    expect((await read()).failures).toBeGreaterThan(5);
  });
});
