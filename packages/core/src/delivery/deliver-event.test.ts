import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { reconfigure } from "../endpoint/endpoint-change.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { changeState, deleteEndpoint } from "../endpoint/manage.ts";
import type { Event } from "../event/event.ts";
import type { EventPayload } from "../event/event-input.ts";
import { expandAll } from "../event/expand.ts";
import type { Message } from "../message/message.ts";
import { retry } from "../operate/operate.ts";
import type { ReceivedCopy } from "../queue/memory-message-queue.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { NOON } from "../testing/test-clock.ts";
import { answered, TestSystem, VISIBILITY_MS } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import type { HttpSlot, RequestResult } from "./http-client.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** An event that has been expanded to one endpoint, whose copy waits in the queue. */
async function delivery(
  over: {
    endpoint?: Partial<Endpoint>;
    event?: Partial<Event>;
    payload?: EventPayload;
    known?: Partial<KnownEndpoint>;
  } = {},
): Promise<{ endpoint: Endpoint; event: Event; message: Message }> {
  const { endpoint } = await system.endpoints.insert(buildEndpoint(over.endpoint));
  const event = buildEvent({ matched: [endpoint.endpointId], ...over.event });
  const payload = over.payload ?? buildEventPayload();
  await system.events.putPayload(event, payload, event.expiresAt);
  await system.events.insert(event);
  const known = await system.deps.endpointReader.read(endpoint);
  if (!known) throw new Error("it is there");
  const endpoints = new Map([[endpoint.endpointId, { ...known, ...over.known }]]);
  const request = { event, payload, endpoints, correlationId: "call-1", by: "api" as const };
  const [expansion] = await expandAll(system.deps, [request]);
  const [message] = expansion?.messages ?? [];
  if (!message) throw new Error("it has been made");
  return { endpoint, event, message };
}

async function change(endpoint: Endpoint, over: Partial<Endpoint>): Promise<Endpoint> {
  const current = (await system.endpoints.find(endpoint.endpointId)) ?? endpoint;
  const occasion = { now: system.clock.now(), token: nextToken() };
  const changed = await system.endpoints.change(
    current,
    reconfigure(current, { ...current, ...over }, occasion),
  );
  if (!changed) throw new Error("nobody else changes it");
  return changed;
}

async function turn(endpoint: Endpoint, state: "ACTIVE" | "PAUSED" | "DISABLED"): Promise<void> {
  const manage = { ...system.deps, signingMaster: "master" };
  await changeState(manage, endpoint, state);
}

const headersOf = (request = system.target.requests.at(-1)) => Object.fromEntries(request?.headers ?? []);
const reasons = async ({ messageId }: Message) =>
  (await system.read(messageId)).history.map(({ reason }) => reason);

describe("a delivery", () => {
  it("goes by POST to its endpoint's URL, and tells the event's id and type, whatever its own id is", async () => {
    const { event, message } = await delivery({ endpoint: { url: "https://customer.example/hook" } });
    expect(await system.work()).toEqual(["done"]);
    const [request] = system.target.requests;
    expect(request).toMatchObject({
      url: "https://customer.example/hook",
      method: "POST",
      body: '{"order":42}',
    });
    expect(headersOf()).toMatchObject({
      "webhook-id": event.eventId,
      "webhook-event-type": "invoice.paid",
      "webhook-timestamp": String(NOON / 1_000),
      "x-correlation-id": "call-1",
      "content-type": "application/json",
      "X-Order": "42",
    });
    expect(headersOf()["svix-id"]).toBeUndefined();
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    expect(await reasons(message)).toEqual(["EXPANDED", "CLAIMED", "DELIVERED"]);
  });

  it("has its endpoint's headers besides the event's, of two of one name the endpoint's", async () => {
    await delivery({
      endpoint: { headers: { "x-ORDER": "theirs", "X-Api-Key": "k" } },
      payload: buildEventPayload({ headers: { "X-Order": "ours", "X-Other": "1" } }),
    });
    await system.work();
    const headers = headersOf();
    expect(headers).toMatchObject({ "x-ORDER": "theirs", "X-Api-Key": "k", "X-Other": "1" });
    expect(headers["X-Order"]).toBeUndefined();
  });

  it("has Svix's headers too where its receiver wants them: the same id, time and signature", async () => {
    await delivery({ endpoint: { svixHeaders: true } });
    await system.work();
    const headers = headersOf();
    for (const name of ["id", "timestamp", "signature"])
      expect(headers[`svix-${name}`]).toBe(headers[`webhook-${name}`]);
    expect(headers["svix-signature"]).toMatch(/^v1,/);
  });

  it("is signed with its endpoint's secret, not with its sender's", async () => {
    const { endpoint } = await delivery();
    let asked: unknown;
    const { forEndpoint } = system.deps.signingSecrets;
    Object.assign(system.deps.signingSecrets, {
      forSender: () => Promise.reject(new Error("not asked for")),
      forEndpoint: (of: Parameters<typeof forEndpoint>[0]) => {
        asked = of;
        return forEndpoint(of);
      },
    });
    expect(await system.work()).toEqual(["done"]);
    expect(asked).toMatchObject({
      senderId: "acme",
      endpointId: endpoint.endpointId,
      generation: 1,
    });
    expect(headersOf()["webhook-signature"]).toMatch(/^v1,/);
  });

  it("reads neither endpoint nor payload as long as its copy is fresh", async () => {
    await delivery();
    system.clock.advance(14_999);
    system.endpoints.get = () => Promise.reject(new Error("not read"));
    system.events.getPayload = () => Promise.reject(new Error("not read"));
    expect(await system.work()).toEqual(["done"]);
    expect(system.target.requests).toHaveLength(1);
  });

  it("goes where its endpoint is by then, 20 s after the endpoint was changed at the latest", async () => {
    const { endpoint, message } = await delivery({ endpoint: { url: "https://old.example/" } });
    await change(endpoint, { url: "https://new.example/", headers: { "X-Now": "1" } });
    system.clock.advance(20 * SECOND);
    await system.work();
    expect(system.target.requests.map(({ url }) => url)).toEqual(["https://new.example/"]);
    expect(headersOf()["X-Now"]).toBe("1");
    expect((await system.read(message.messageId)).status).toBe("COMPLETED");
  });

  it("is read anew by a worker whose clock is far from the one that its copy was made by", async () => {
    const { endpoint } = await delivery({ endpoint: { url: "https://old.example/" } });
    await change(endpoint, { url: "https://new.example/" });
    const [copy] = system.memoryQueue.receive(1);
    system.clock.time -= HOUR;
    expect(copy && (await system.deliver(copy))).toBe("done");
    expect(system.target.requests.map(({ url }) => url)).toEqual(["https://new.example/"]);
  });

  it("looks at its endpoint again if it had to wait for its turn", async () => {
    const { endpoint } = await delivery({ endpoint: { headers: { "X-Now": "old" } } });
    await change(endpoint, { headers: { "X-Now": "new" } });
    waitingForATurn(15 * SECOND);
    expect(await system.work()).toEqual(["done"]);
    expect(headersOf()["X-Now"]).toBe("new");
  });

  it("goes back, unclaimed, if its endpoint has moved while it waited: its turn was one of the old place", async () => {
    const { endpoint, message } = await delivery({ endpoint: { url: "https://old.example/" } });
    await change(endpoint, { url: "https://new.example/" });
    waitingForATurn(15 * SECOND);
    expect(await system.work()).toEqual(["return"]);
    expect(system.target.requests).toEqual([]);
    expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", attempt: 0 });
  });

  it("makes no request by what is known for 20 s, however long its claim took", async () => {
    const { message } = await delivery();
    system.clock.advance(14 * SECOND);
    system.faults = (call) => {
      if (call === "apply claim") system.clock.advance(6 * SECOND);
      return undefined;
    };
    expect(await system.work()).toEqual(["return"]);
    expect(system.target.requests).toEqual([]);
    // The attempt counts as UNKNOWN when its lease is over, and the next one reads the endpoint.
    expect(await system.read(message.messageId)).toMatchObject({ status: "PROCESSING", attempt: 1 });
  });

  it("whose payload does not fit into its copy reads it beside its claim", async () => {
    const body = JSON.stringify("x".repeat(64_000));
    await delivery({ payload: buildEventPayload({ body }) });
    await system.work();
    // A JSON string is sent as its text.
    expect(system.target.requests[0]?.body).toBe("x".repeat(64_000));
  });

  it("whose payload is gone is FAILED: there is nothing to send", async () => {
    const { message, event } = await delivery({
      payload: buildEventPayload({ body: JSON.stringify("x".repeat(64_000)) }),
      event: { expiresAt: NOON + DAY },
    });
    system.clock.advance(DAY);
    expect(await system.events.getPayload(event)).toBeUndefined();
    await system.work();
    expect(system.target.requests).toEqual([]);
    const failed = await system.read(message.messageId);
    expect(failed).toMatchObject({ status: "FAILED", failureReason: "PAYLOAD_MISSING" });
    expect(failed.dueAt).toBeUndefined();
  });

  it("claims nothing while it cannot learn where to go", async () => {
    const { message } = await delivery();
    system.clock.advance(MINUTE);
    system.endpoints.get = () => Promise.reject(new Error("unavailable"));
    expect(await system.work()).toEqual(["return"]);
    expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", attempt: 0 });
  });
});

describe("whatever an endpoint answers but 2xx", () => {
  it.each([301, 308, 400, 401, 404, 413, 422, 429, 500, 503])(
    "%i is retried, by a copy in the endpoint's own group",
    async (status) => {
      system.target.respond = () => answered(status);
      const { message, endpoint } = await delivery();
      await system.work();
      expect(await system.read(message.messageId)).toMatchObject({
        status: "QUEUED",
        attempt: 1,
        notBefore: NOON + 5 * SECOND,
      });
      // A sender's first attempts share its group; a bad endpoint's repetitions wait behind each other.
      expect(system.queue.calls.map(([copy]) => copy?.groupId)).toEqual([undefined, endpoint.endpointId]);
      expect(endpoint.state).toBe("ACTIVE");
    },
  );

  it("the next attempt uses the endpoint as it is by then, and each attempt says where it went", async () => {
    system.target.respond = () => answered(503);
    const { endpoint, message } = await delivery({ endpoint: { url: "https://old.example/" } });
    await system.work();
    await change(endpoint, { url: "https://new.example/" });
    system.clock.advance(5 * MINUTE);
    system.target.respond = () => answered(200);
    await system.work();
    const detail = await system.store.getDetail(message.messageId);
    expect(detail?.attempts.map(({ number, targetUrl }) => [number, targetUrl])).toEqual([
      [1, "https://old.example/"],
      [2, "https://new.example/"],
    ]);
  });

  it("410 ends it, and disables the endpoint", async () => {
    system.target.respond = () => answered(410);
    const { endpoint, message } = await delivery();
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_REJECTED",
      responseStatus: 410,
    });
    expect(await system.endpoints.find(endpoint.endpointId)).toMatchObject({
      state: "DISABLED",
      stateReason: "GONE",
      stateSince: NOON,
    });
    expect(await system.endpoints.version("acme")).toBe(2);
  });

  it("410 of a place that the endpoint has left says nothing of it", async () => {
    const { endpoint } = await delivery({ endpoint: { url: "https://old.example/" } });
    system.target.respond = async () => {
      await change(endpoint, { url: "https://new.example/" });
      return answered(410);
    };
    await system.work();
    expect(await system.endpoints.find(endpoint.endpointId)).toMatchObject({ state: "ACTIVE" });
  });

  it("410 disables it once it can be written: the outcome stands in any case", async () => {
    system.target.respond = () => answered(410);
    const { message } = await delivery();
    system.endpoints.change = () => Promise.reject(new Error("unavailable"));
    expect(await system.work()).toEqual(["done"]);
    expect((await system.read(message.messageId)).status).toBe("FAILED");
    expect(system.observer.events()).toContain("endpoint_not_disabled");
  });

  it("a place that is not allowed is not tried again", async () => {
    const refused: RequestResult = {
      kind: "error",
      code: "TARGET_NOT_ALLOWED",
      detail: "No.",
      durationMs: 0,
    };
    system.target.respond = () => refused;
    const { message } = await delivery();
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_NOT_ALLOWED",
    });
  });
});

describe("a delivery whose endpoint is not ACTIVE when its turn comes", () => {
  it("is FAILED if that is DISABLED; no attempt is counted", async () => {
    const { endpoint, message } = await delivery();
    await turn(endpoint, "DISABLED");
    system.clock.advance(20 * SECOND);
    expect(await system.work()).toEqual(["done"]);
    const failed = await system.read(message.messageId);
    expect(failed).toMatchObject({ status: "FAILED", failureReason: "ENDPOINT_DISABLED", attempt: 0 });
    expect(failed.dueAt).toBeUndefined();
    expect(system.target.requests).toEqual([]);
  });

  it("is CANCELLED if that is deleted, and if it has been forgotten since", async () => {
    for (const laterMs of [20 * SECOND, DAY]) {
      system = new TestSystem();
      const { endpoint, message } = await delivery();
      await deleteEndpoint({ ...system.deps, signingMaster: "master" }, endpoint);
      system.clock.advance(laterMs);
      expect(await system.work()).toEqual(["done"]);
      const cancelled = await system.read(message.messageId);
      expect(cancelled).toMatchObject({ status: "CANCELLED", attempt: 0 });
      expect(cancelled.history.at(-1)?.reason).toBe("ENDPOINT_DELETED");
      expect(system.target.requests).toEqual([]);
    }
  });

  it("is held if that is PAUSED: for a week, its own wait not forgotten, no attempt counted", async () => {
    system.target.respond = () => answered(503);
    const { endpoint, message } = await delivery();
    await system.work();
    await turn(endpoint, "PAUSED");
    // The copy was to come after 5 s, and comes late.
    system.clock.advance(MINUTE);
    expect(await system.work()).toEqual(["done"]);
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
      attempt: 1,
      notBefore: NOON + 5 * SECOND,
      dueAt: NOON + MINUTE + 7 * DAY,
    });
    expect(system.target.requests).toHaveLength(1);
    expect(system.observer.count("MessagesHeld")).toBe(1);
  });

  it.each(["PAUSED", "DISABLED"] as const)(
    "goes out all the same to one that is %s if somebody tries it by hand, once",
    async (state) => {
      system.target.respond = () => answered(503);
      const { message } = await delivery({ event: { forced: true }, endpoint: { state } });
      await system.work();
      expect(system.target.requests).toHaveLength(1);
      expect(await reasons(message)).toEqual(["EXPANDED", "CLAIMED", "RETRY", "ENQUEUED"]);
      // The repetition nobody has asked for.
      system.clock.advance(MINUTE);
      await system.work();
      expect(system.target.requests).toHaveLength(1);
    },
  );

  it.each(["PAUSED", "DISABLED"] as const)(
    "goes out to one that is %s once somebody asks for it by hand, whatever older copies of that attempt come first",
    async (state) => {
      const { endpoint, message } = await delivery();
      const [older] = system.memoryQueue.receive(1);
      if (!older) throw new Error("it is in the queue");
      await turn(endpoint, state);
      system.clock.advance(MINUTE);
      await system.deliver(older);
      await retry(system.deps, await system.read(message.messageId), "by-hand");
      // Queues deliver more than once.
      expect(await system.deliver(older)).toBe("done");
      expect(await system.read(message.messageId)).toMatchObject({ status: "QUEUED", forcedAttempt: 1 });
      expect(system.target.requests).toEqual([]);
      await system.work();
      expect(system.target.requests).toHaveLength(1);
      expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    },
  );

  it.each<[string, Partial<KnownEndpoint>]>([
    ["PAUSED", { state: "PAUSED" }],
    ["DISABLED", { state: "DISABLED" }],
    ["one that fails and holds", { gate: {}, failingSince: NOON - HOUR }],
  ])(
    "is not held, nor does it fail, by what its copy says of its endpoint: %s, by a clock that was ahead",
    async (_, said) => {
      const ahead = 10 * MINUTE;
      const { message } = await delivery({ known: { ...said, readAt: NOON + ahead } });
      system.clock.advance(ahead);
      await system.work();
      expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED" });
    },
  );

  it("is held no longer for a second copy of its attempt that comes days later", async () => {
    const { endpoint, message } = await delivery();
    const [second] = system.memoryQueue.receive(1);
    if (!second) throw new Error("it is in the queue");
    await turn(endpoint, "PAUSED");
    system.clock.advance(MINUTE);
    expect(await system.deliver(second)).toBe("done");
    const held = await system.read(message.messageId);
    expect(held.pendingReason).toBe("ENDPOINT_PAUSED");
    system.clock.advance(3 * DAY);
    expect(await system.deliver(second)).toBe("done");
    expect(await system.read(message.messageId)).toEqual(held);
    expect(system.observer.count("MessagesHeld")).toBe(1);
  });

  it("goes to a listener instead where only listeners deliver: nobody answers at that name", async () => {
    const endpoint = { state: "PAUSED", url: "https://listen.invalid/" } as const;
    const { message } = await delivery({ event: { forced: true }, endpoint });
    await system.work();
    expect(system.target.requests).toHaveLength(0);
    expect(await reasons(message)).toEqual(["EXPANDED", "ENDPOINT_PAUSED"]);
  });

  it("is not moved by a copy of an attempt that was made", async () => {
    system.target.respond = () => answered(503);
    const { endpoint, message } = await delivery();
    const [copy] = system.memoryQueue.receive(1);
    if (!copy) throw new Error("it is in the queue");
    await system.deliver(copy);
    const before = await system.read(message.messageId);
    await turn(endpoint, "DISABLED");
    system.clock.advance(MINUTE);
    expect(await system.deliver(copy)).toBe("done");
    expect(await system.read(message.messageId)).toEqual(before);
  });

  it("is taken from a worker that died in the middle of the attempt, and meets the state when it comes again", async () => {
    const { endpoint, message } = await delivery();
    await dieInRequest();
    await turn(endpoint, "DISABLED");
    system.clock.advance(VISIBILITY_MS);
    await system.work();
    expect(await reasons(message)).toEqual(["EXPANDED", "CLAIMED", "LEASE_EXPIRED"]);
    await reconcile(system.deps, "run-1");
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "ENDPOINT_DISABLED",
      attempt: 1,
    });
    expect(system.target.requests).toHaveLength(1);
  });

  it("that is not there at all goes back, as any copy of nothing", async () => {
    const { endpoint } = await delivery();
    const [copy] = system.memoryQueue.receive(1);
    await turn(endpoint, "DISABLED");
    system.clock.advance(MINUTE);
    const lost = { ...copy, messageId: "msg_00000000000000000000000000" } as ReceivedCopy;
    expect(await system.deliver(lost)).toBe("return");
    expect(system.observer.events()).toContain("message_unknown");
  });
});

it("a delivery whose worker has died is taken over, and asks for its endpoint again", async () => {
  const { endpoint, message } = await delivery({ endpoint: { url: "https://old.example/" } });
  await dieInRequest();
  await change(endpoint, { url: "https://new.example/" });
  system.clock.advance(VISIBILITY_MS);
  expect(await system.work()).toEqual(["done"]);
  expect(system.target.requests.map(({ url }) => url)).toEqual([
    "https://old.example/",
    "https://new.example/",
  ]);
  expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 2 });
});

/** A client that lets everybody wait for a connection. */
function waitingForATurn(ms: number): void {
  const slot: HttpSlot = {
    request: (request) => system.target.request(request),
    release: () => {},
  };
  Object.assign(system.target, {
    reserve: async () => {
      system.clock.advance(ms);
      return slot;
    },
  });
}

/** A worker that dies in the middle of its request. */
async function dieInRequest(): Promise<void> {
  system.target.respond = () => new Promise<never>(() => {});
  void system.work();
  await setImmediate();
  expect(system.target.requests).toHaveLength(1);
  system.target.respond = () => answered(200);
}
