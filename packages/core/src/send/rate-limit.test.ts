import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { reconfigure } from "../endpoint/endpoint-change.ts";
import { changeState } from "../endpoint/manage.ts";
import { type AcceptEventRequest, acceptEvents } from "../event/accept-event.ts";
import type { Message } from "../message/message.ts";
import { retryEach } from "../operate/bulk-retry.ts";
import { retry } from "../operate/operate.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { StorageError } from "../store/message-store.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { NOON } from "../testing/test-clock.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";

let system: TestSystem;
let slots: number;
beforeEach(() => {
  system = new TestSystem();
  slots = 0;
  const { reserve } = system.endpoints;
  system.endpoints.reserve = (owner, request) => {
    slots += request.slots;
    return reserve.call(system.endpoints, owner, request);
  };
});

const register = async (over: Partial<Endpoint> = {}): Promise<Endpoint> =>
  (await system.endpoints.insert(buildEndpoint({ rateSince: NOON, ...over }))).endpoint;

const PER_MINUTE = { count: 1, period: "1m" };
const PER_HOUR = { count: 1, period: "1h" };

/** As many events in one call, each with a message to the one endpoint. */
async function send(count: number, over: Partial<AcceptEventRequest> = {}): Promise<Message[]> {
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
  const request = { input, correlationId: "call-1", ...over };
  const results = await acceptEvents(
    system.deps,
    Array.from({ length: count }, () => request),
  );
  return results.flatMap((result) => {
    if (!("messages" in result)) throw result;
    return result.messages;
  });
}

const read = (messages: readonly Message[]) =>
  Promise.all(messages.map(({ messageId }) => system.read(messageId)));
const at = (time: number) => system.clock.advance(time - system.clock.now());
const run = () => reconcile(system.deps, "run-1");
const change = async (endpoint: Endpoint, over: Partial<Endpoint>) => {
  const current = (await system.endpoints.find(endpoint.endpointId)) ?? endpoint;
  const occasion = { now: system.clock.now(), token: nextToken() };
  await system.endpoints.change(current, reconfigure(current, { ...current, ...over }, occasion));
};

describe("deliveries to an endpoint with a rate limit", () => {
  it("are sent at once, with a delay, or wait: each for its slot", async () => {
    await register({ rateLimit: { count: 2, period: "20m" } });
    const [first, second, third] = await send(3);
    expect(first).toMatchObject({ status: "QUEUED", slotAt: NOON });
    expect(first).not.toHaveProperty("notBefore");
    const tenMinutes = NOON + 10 * MINUTE;
    expect(second).toMatchObject({
      status: "QUEUED",
      slotAt: tenMinutes,
      notBefore: tenMinutes,
      dueAt: tenMinutes + 15 * MINUTE,
    });
    const twenty = NOON + 20 * MINUTE;
    expect(third).toMatchObject({
      status: "PENDING",
      pendingReason: "THROTTLED",
      slotAt: twenty,
      notBefore: twenty,
      dueAt: twenty,
      sends: 0,
    });
    expect(third?.history.map(({ reason }) => reason)).toEqual(["THROTTLED"]);
    expect(system.queue.calls.flat().map(({ delaySeconds }) => delaySeconds)).toEqual([0, 600]);
    expect(system.observer.count("MessagesThrottled")).toBe(1);
  });

  it("whose slot is within a second wait for nothing", async () => {
    await register({ rateLimit: { count: 1, period: "1s" } });
    await send(3);
    expect(system.queue.calls.flat().map(({ delaySeconds }) => delaySeconds)).toEqual([0, 0, 2]);
  });

  it("reserve the slots of one call in one write", async () => {
    await register({ rateLimit: PER_MINUTE });
    let writes = 0;
    const { reserve } = system.endpoints;
    system.endpoints.reserve = (...parts) => {
      writes += 1;
      return reserve.call(system.endpoints, ...parts);
    };
    await send(5);
    expect([writes, slots]).toEqual([1, 5]);
  });

  it("that waited are enqueued when they are due, and take no second slot for the same turn", async () => {
    await register({ rateLimit: PER_HOUR });
    const [, waiting] = await send(2);
    await system.work();
    at(NOON + HOUR - 30 * SECOND);
    await run();
    expect(await read([waiting as Message])).toMatchObject([
      { status: "QUEUED", slotAt: NOON + HOUR, notBefore: NOON + HOUR },
    ]);
    expect(system.queue.calls.flat().at(-1)?.delaySeconds).toBe(30);
    expect(slots).toBe(2);
    at(NOON + HOUR);
    await system.work();
    const [done] = await read([waiting as Message]);
    expect(done).toMatchObject({ status: "COMPLETED" });
    for (const name of ["slotAt", "notBefore", "repaced"]) expect(done).not.toHaveProperty(name);
  });

  it("take a slot for each retry when that is due, not when it is planned: nobody waits for it meanwhile", async () => {
    await register({ rateLimit: PER_MINUTE });
    const [failed] = await send(1);
    system.target.respond = () => answered(503);
    await system.work();
    expect(await read([failed as Message])).toMatchObject([{ status: "PENDING", pendingReason: "RETRY" }]);
    expect(slots).toBe(1);
    // Another one comes before the retry is due, and is not behind it.
    const [other] = await send(1);
    expect(other).toMatchObject({ slotAt: NOON + MINUTE });
    system.clock.advance(6 * SECOND);
    await run();
    expect(await read([failed as Message])).toMatchObject([{ status: "QUEUED", slotAt: NOON + 2 * MINUTE }]);
    expect(slots).toBe(3);
  });

  it("that somebody asks for by hand take no slot, one by one; many at once do", async () => {
    const endpoint = await register({ rateLimit: PER_MINUTE });
    await send(1, { trial: endpoint });
    expect(slots).toBe(0);
    system.target.respond = () => answered(410);
    await system.work();
    await changeState({ ...system.deps, signingMaster: "m" }, await found(endpoint), "ACTIVE");
    const [failed, other] = await send(2);
    for (let minute = 0; minute < 2; minute += 1) {
      await system.work();
      await changeState({ ...system.deps, signingMaster: "m" }, await found(endpoint), "ACTIVE");
      system.clock.advance(MINUTE);
    }
    expect(slots).toBe(2);
    const [one, two] = await read([failed as Message, other as Message]);
    expect([one?.status, two?.status]).toEqual(["FAILED", "FAILED"]);
    await retry(system.deps, one as Message, "call-2");
    expect(slots).toBe(2);
    await retryEach(system.deps, [two as Message], "call-3");
    expect(slots).toBe(3);
  });

  it("that are THROTTLED go at once when somebody asks for one by hand", async () => {
    await register({ rateLimit: PER_HOUR });
    const [, waiting] = await send(2);
    await retry(system.deps, waiting as Message, "call-2");
    await system.work();
    expect(await read([waiting as Message])).toMatchObject([{ status: "COMPLETED" }]);
    expect(slots).toBe(2);
  });

  it("are held without a slot while it is paused, and paced when they are released", async () => {
    const endpoint = await register({ state: "PAUSED", rateLimit: PER_MINUTE });
    const messages = await send(3);
    expect(slots).toBe(0);
    system.clock.advance(SECOND);
    await changeState({ ...system.deps, signingMaster: "m" }, await found(endpoint), "ACTIVE");
    await run();
    const released = (await read(messages)).map(({ slotAt }) => slotAt).sort();
    const from = NOON + SECOND;
    expect(released).toEqual([from, from + MINUTE, from + 2 * MINUTE]);
  });

  it("take a new slot when they come to be held: what waited is paced anew", async () => {
    const endpoint = await register({ rateLimit: PER_MINUTE });
    const [message] = await send(1);
    await changeState({ ...system.deps, signingMaster: "m" }, await found(endpoint), "PAUSED");
    system.clock.advance(20 * SECOND);
    await system.work();
    const [held] = await read([message as Message]);
    expect(held).toMatchObject({ pendingReason: "ENDPOINT_PAUSED" });
    expect(held).not.toHaveProperty("slotAt");
  });

  it("go by a changed rate from then on; what waits keeps its time", async () => {
    const endpoint = await register({ rateLimit: PER_HOUR });
    const [, waiting] = await send(2);
    system.clock.advance(MINUTE);
    await change(endpoint, { rateLimit: { count: 1, period: "10s" } });
    const now = system.clock.now();
    expect((await send(2)).map(({ slotAt }) => slotAt)).toEqual([now, now + 10 * SECOND]);
    expect(await read([waiting as Message])).toMatchObject([{ slotAt: NOON + HOUR, dueAt: NOON + HOUR }]);
    await change(endpoint, { rateLimit: undefined as never });
    expect((await send(1))[0]).not.toHaveProperty("slotAt");
  });

  it("that find no slot for a week wait a day and ask again, for a month", async () => {
    await register({ rateLimit: { count: 1, period: "1d" } });
    const messages = await send(9);
    await system.work();
    const [last] = messages.slice(8) as [Message];
    expect(last).toMatchObject({ status: "PENDING", pendingReason: "THROTTLED", dueAt: NOON + DAY });
    expect(last).not.toHaveProperty("slotAt");
    at(NOON + DAY);
    await run();
    expect(await read([last])).toMatchObject([{ slotAt: NOON + 8 * DAY, dueAt: NOON + 8 * DAY }]);
    // Another never finds one.
    const [never] = (await send(9)).slice(8) as [Message];
    system.endpoints.reserve = async () => [];
    const accepted = system.clock.now();
    for (let day = 1; day <= 30; day += 1) {
      at(accepted + day * DAY);
      await run();
    }
    expect(await read([never])).toMatchObject([{ status: "FAILED", failureReason: "HELD_TOO_LONG" }]);
  });

  it("cost nothing more where there is no limit", async () => {
    await register({ rateSince: undefined as never });
    await send(2);
    system.target.respond = () => answered(503);
    await system.work();
    system.clock.advance(10 * SECOND);
    await run();
    await system.work();
    expect(slots).toBe(0);
  });

  it("are made by the reconciler if no slot could be reserved, and none is doubled", async () => {
    await register({ rateLimit: PER_MINUTE });
    const { reserve } = system.endpoints;
    system.endpoints.reserve = async () => {
      throw new StorageError(false, true, new Error("injected"));
    };
    await expect(send(1)).rejects.toMatchObject({ code: "SYSTEM_ERROR" });
    system.endpoints.reserve = reserve;
    system.clock.advance(2 * MINUTE);
    await run();
    await system.work();
    expect(system.target.requests).toHaveLength(1);
  });

  const found = async ({ endpointId }: Endpoint): Promise<Endpoint> => {
    const endpoint = await system.endpoints.find(endpointId);
    if (!endpoint) throw new Error("it is there");
    return endpoint;
  };
});

describe("a reconciler that always comes late", () => {
  it("puts nothing off for ever: a turn takes another slot once, and goes with that", async () => {
    await register({ rateLimit: { count: 1, period: "20m" } });
    const [first, waiting] = await send(2);
    await system.work();
    expect(await read([first as Message])).toMatchObject([{ status: "COMPLETED" }]);
    // Others take the slots behind it, so that another is always far off.
    let looks = 0;
    while ((await system.read(waiting?.messageId ?? "")).status === "PENDING" && looks < 10) {
      const { dueAt = 0 } = await system.read(waiting?.messageId ?? "");
      at(dueAt + 61 * SECOND);
      await send(1);
      await run();
      looks += 1;
    }
    expect(looks).toBe(2);
    expect(await read([waiting as Message])).toMatchObject([{ status: "QUEUED", repaced: true }]);
  });
});

describe("a copy that comes long after its slot", () => {
  it("takes a new one: what has piled up while we were down is spaced as ever", async () => {
    await register({ rateLimit: PER_MINUTE });
    const messages = await send(3);
    const now = NOON + 10 * MINUTE;
    at(now);
    await system.work();
    expect(system.target.requests).toHaveLength(1);
    const waiting = (await read(messages)).filter(({ status }) => status === "QUEUED");
    expect(waiting.map(({ slotAt, repaced }) => [slotAt, repaced]).sort()).toEqual([
      [now + MINUTE, true],
      [now + 2 * MINUTE, true],
    ]);
    expect(waiting[0]?.history.map(({ reason }) => reason)).toEqual(["EXPANDED", "THROTTLED", "ENQUEUED"]);
  });

  it("does so once: behind a backlog, where every copy comes late, it is delivered the next time", async () => {
    await register({ rateLimit: PER_MINUTE });
    await send(3);
    for (const minutes of [10, 30]) {
      at(NOON + minutes * MINUTE);
      await system.work();
    }
    expect(system.target.requests).toHaveLength(3);
  });

  it("waits for as long as its slot is away, and is enqueued then", async () => {
    await register({ rateLimit: PER_HOUR });
    const [, late] = await send(2);
    await system.work();
    at(NOON + HOUR);
    await run();
    // It takes the slot after this one's.
    await send(1);
    at(NOON + HOUR + 5 * MINUTE);
    await system.work();
    expect(await read([late as Message])).toMatchObject([
      { status: "PENDING", pendingReason: "THROTTLED", slotAt: NOON + 3 * HOUR, dueAt: NOON + 3 * HOUR },
    ]);
    at(NOON + 3 * HOUR);
    await run();
    await system.work();
    expect(await read([late as Message])).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("is put off once, whichever of two copies of the attempt comes first", async () => {
    await register({ rateLimit: PER_MINUTE });
    await send(2);
    at(NOON + 10 * MINUTE);
    const records = system.memoryQueue.receive(10);
    for (const record of [...records, ...records]) await system.deliver({ ...record });
    expect(system.target.requests).toHaveLength(1);
    at(NOON + 11 * MINUTE);
    await system.work();
    expect(system.target.requests).toHaveLength(2);
  });

  it("goes on if the limit has been taken away, or somebody has asked for it by hand", async () => {
    const endpoint = await register({ rateLimit: PER_MINUTE });
    await send(2);
    at(NOON + 10 * MINUTE);
    await change(endpoint, { rateLimit: undefined as never });
    const before = slots;
    await system.work();
    expect(slots).toBe(before);
    expect(system.target.requests).toHaveLength(2);
  });
});
