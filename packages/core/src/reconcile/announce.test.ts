import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { OPERATIONS_SENDER } from "../endpoint/announcement.ts";
import type { Endpoint, EndpointState } from "../endpoint/endpoint.ts";
import { changeState, deleteEndpoint } from "../endpoint/manage.ts";
import { acceptEvents } from "../event/accept-event.ts";
import { StorageError } from "../store/message-store.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { DEFAULT_RUN_LIMITS, reconcile } from "./reconcile.ts";

const PAGER = "https://pager.example/hook";

let system: TestSystem;
let endpoint: Endpoint;
let status: number;
beforeEach(async () => {
  // One attempt a message.
  system = new TestSystem({ retryScheduleMs: [] });
  endpoint = await register({ description: "billing", url: "https://example.com/hook?token=secret" });
  status = 503;
  system.target.respond = ({ url }) => answered(url === PAGER ? 200 : status);
});

async function register(over: Partial<Endpoint>): Promise<Endpoint> {
  return (await system.endpoints.insert(buildEndpoint({ createdAt: system.clock.now(), ...over }))).endpoint;
}

const pager = (over: Partial<Endpoint> = {}) =>
  register({ senderId: OPERATIONS_SENDER, url: PAGER, ...over });

async function read(of: Endpoint = endpoint): Promise<Endpoint> {
  const found = await system.endpoints.get(of.senderId, of.endpointId);
  if (!found) throw new Error("it is there");
  return found;
}

async function attempt(senderId = "acme"): Promise<void> {
  const input = { senderId, eventType: "invoice.paid", payload: buildEventPayload() };
  await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  await system.work();
}

/** An attempt in each interval, a reconciler's run after each. */
async function attemptFor(ms: number, every: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += every) {
    await attempt();
    await run();
    await system.work();
    system.clock.advance(every);
  }
}

const run = () => reconcile(system.deps, "run-1", DEFAULT_RUN_LIMITS);

const move = async (state: EndpointState) =>
  changeState({ ...system.deps, signingMaster: "master" }, await read(), state);

interface Told {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the pager was told. */
const told = (): Told[] =>
  system.target.requests.filter(({ url }) => url === PAGER).map(({ body = "" }) => JSON.parse(body) as Told);
const toldOf = (type: string) => told().filter((one) => one.type === type);
const iso = (ms: number) => new Date(ms).toISOString();

describe("operators", () => {
  it("are told of an endpoint that has failed for an hour, once, and of its recovery", async () => {
    await pager();
    const since = system.clock.now();
    await attemptFor(HOUR, 5 * MINUTE);
    expect(toldOf("endpoint.failing")).toEqual([]);
    await attemptFor(HOUR, 5 * MINUTE);
    const failing = toldOf("endpoint.failing");
    expect(failing).toEqual([
      {
        type: "endpoint.failing",
        timestamp: iso(since + HOUR),
        data: {
          senderId: "acme",
          endpointId: endpoint.endpointId,
          description: "billing",
          origin: "https://example.com",
          state: "ACTIVE",
          failingSince: iso(since),
          failures: 13,
          lastFailure: { at: iso(since + HOUR), messageId: expect.any(String), responseStatus: 503 },
        },
      },
    ]);

    status = 200;
    await attemptFor(10 * MINUTE, 5 * MINUTE);
    expect(toldOf("endpoint.recovered")).toMatchObject([
      { data: { endpointId: endpoint.endpointId, failingSince: iso(since), failures: expect.any(Number) } },
    ]);
    expect(await read()).not.toHaveProperty("dueAt");
    expect(await read()).not.toHaveProperty("announce");
  });

  it("hear nothing of one that has recovered within the hour", async () => {
    await pager({ eventTypes: ["endpoint.*"] });
    await attemptFor(50 * MINUTE, 5 * MINUTE);
    status = 200;
    await attemptFor(10 * MINUTE, 5 * MINUTE);
    expect(told()).toEqual([]);
  });

  it("are told that one was disabled: after days of failures, and by a 410", async () => {
    await pager({ eventTypes: ["endpoint.disabled"] });
    await attemptFor(5 * DAY + 4 * HOUR, 4 * HOUR);
    expect(told()).toMatchObject([
      { data: { reason: "FAILING", failures: expect.any(Number), state: "ACTIVE" } },
    ]);

    await move("ACTIVE");
    status = 410;
    await attemptFor(10 * MINUTE, 5 * MINUTE);
    expect(told()).toHaveLength(2);
    expect(told()[1]?.data).toMatchObject({ reason: "GONE" });
  });

  it("are told of a message that has failed, of each endpoint once an hour", async () => {
    await pager({ eventTypes: ["message.failed"] });
    const since = system.clock.now();
    await attemptFor(HOUR, 5 * MINUTE);
    expect(told()).toEqual([
      {
        type: "message.failed",
        timestamp: iso(since),
        data: expect.objectContaining({
          endpointId: endpoint.endpointId,
          messageId: expect.stringMatching(/^msg_/),
          eventId: expect.stringMatching(/^evt_/),
          eventType: "invoice.paid",
          failureReason: "ATTEMPTS_EXHAUSTED",
          attempts: 1,
          responseStatus: 503,
        }),
      },
    ]);
    await attemptFor(HOUR, 5 * MINUTE);
    expect(told()).toHaveLength(2);
  });

  it("of a message whose worker died before it could tell of it, by its copy when that comes back", async () => {
    await pager();
    const { health } = system.deps;
    Object.assign(health, { messageFailed: async () => {} });
    const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
    await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
    const [record] = system.memoryQueue.receive(10);
    if (!record) throw new Error("it was sent");
    await system.deliver(record);
    Reflect.deleteProperty(health, "messageFailed");
    await system.deliver(record);
    await run();
    await system.work();
    expect(told()).toMatchObject([{ type: "message.failed" }]);
  });

  it("are not told of the endpoints by which they are told", async () => {
    await pager();
    await register({ senderId: OPERATIONS_SENDER, url: "https://down.example/hook" });
    await attemptFor(6 * DAY, 4 * HOUR);
    expect(new Set(told().map(({ data }) => data.endpointId))).toEqual(new Set([endpoint.endpointId]));
  });

  it("who have registered for nothing of the kind cost no event", async () => {
    await pager({ eventTypes: ["endpoint.disabled"] });
    await attemptFor(2 * HOUR, 10 * MINUTE);
    expect(await read()).not.toHaveProperty("announce");
    const rows = await system.events.list({ senderId: OPERATIONS_SENDER, unmatched: false, limit: 10 });
    expect(rows).toEqual([]);
  });
});

describe("what is to be announced", () => {
  const announcing = async () => {
    await attempt();
    expect(await read()).toMatchObject({ announce: [{ type: "message.failed" }], dueAt: expect.any(Number) });
  };

  it("is announced by the next run if the storage does not answer, and then once", async () => {
    await pager();
    await announcing();
    const { insert } = system.events;
    system.events.insert = () => Promise.reject(new StorageError(true, true, new Error("silent")));
    await run();
    expect(await read()).toHaveProperty("announce");
    system.events.insert = insert;
    const { change } = system.endpoints;
    system.endpoints.change = async () => Promise.reject(new StorageError(true, true, new Error("silent")));
    await run();
    system.endpoints.change = change;
    expect(await read()).toHaveProperty("announce");
    await run();
    await system.work();
    expect(told()).toHaveLength(1);
    expect(await read()).not.toHaveProperty("announce");
  });

  it("makes an endpoint due, and none that holds messages", async () => {
    await announcing();
    await move("DISABLED");
    expect(await read()).not.toHaveProperty("draining");
    await run();
    expect(await read()).not.toHaveProperty("dueAt");
  });

  it("is announced of one that is paused, or deleted, as well", async () => {
    await pager();
    await announcing();
    await move("PAUSED");
    expect(await read()).toHaveProperty("dueAt");
    await deleteEndpoint({ ...system.deps, signingMaster: "master" }, await read());
    expect(await read()).not.toHaveProperty("expiresAt");
    await run();
    await system.work();
    expect(told()).toHaveLength(1);
    system.clock.advance(20 * MINUTE + SECOND);
    await run();
    expect(await read()).toHaveProperty("expiresAt");
  });
});
