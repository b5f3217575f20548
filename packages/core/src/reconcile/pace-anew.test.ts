/** What is THROTTLED when its endpoint is activated is given another slot, under the rate that is in force then. */
import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint, EndpointState } from "../endpoint/endpoint.ts";
import { reconfigure } from "../endpoint/endpoint-change.ts";
import { failing as failingChange, recovered } from "../endpoint/health-change.ts";
import { HEALTH_POLICY } from "../endpoint/health-policy.ts";
import { changeState } from "../endpoint/manage.ts";
import { acceptEvents } from "../event/accept-event.ts";
import type { Message } from "../message/message.ts";
import { newMessageId } from "../message/message-id.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { failing, type StoreCall, type StoreFault } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { nextToken } from "../testing/tokens.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits, reconcile } from "./reconcile.ts";

const PER_DAY = { count: 1, period: "1d" };
const PER_SECOND = { count: 1, period: "1s" };

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const run = (limits: Partial<RunLimits> = {}) =>
  reconcile(system.deps, "run-1", { ...DEFAULT_RUN_LIMITS, ...limits });

const register = async (over: Partial<Endpoint> = {}): Promise<Endpoint> =>
  (await system.endpoints.insert(buildEndpoint({ rateLimit: PER_DAY, rateSince: NOON, ...over }))).endpoint;

const found = async ({ endpointId }: Endpoint): Promise<Endpoint> => {
  const endpoint = await system.endpoints.find(endpointId);
  if (!endpoint) throw new Error("it is there");
  return endpoint;
};

const move = async (endpoint: Endpoint, ...states: readonly EndpointState[]) => {
  for (const state of states)
    await changeState({ ...system.deps, signingMaster: "m" }, await found(endpoint), state);
};

const limit = async (endpoint: Endpoint, rateLimit: Endpoint["rateLimit"]) => {
  const current = await found(endpoint);
  const occasion = { now: system.clock.now(), token: nextToken() };
  const { rateLimit: _, ...rest } = current;
  const wanted = rateLimit === undefined ? rest : { ...rest, rateLimit };
  await system.endpoints.change(current, reconfigure(current, wanted, occasion));
};

/** Events, a millisecond apart, each with a message to the one endpoint. */
async function send(count: number): Promise<Message[]> {
  const messages: Message[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
    const [result] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
    if (!result || !("messages" in result)) throw result;
    messages.push(...result.messages);
    system.clock.advance(1);
  }
  return messages;
}

const read = (messages: readonly Message[]) =>
  Promise.all(messages.map(({ messageId }) => system.read(messageId)));
const slotsOf = async (messages: readonly Message[]) => (await read(messages)).map(({ slotAt }) => slotAt);
const waiting = async (messages: readonly Message[]) =>
  (await read(messages)).filter(({ pendingReason }) => pendingReason === "THROTTLED").length;

describe("when a limited endpoint is activated", () => {
  it("what was THROTTLED to a far slot comes soon, in order of age, under the rate in force", async () => {
    const endpoint = await register();
    const messages = await send(5);
    expect(await waiting(messages)).toBe(4);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "PAUSED", "ACTIVE");
    const now = system.clock.now();
    await run();
    const [, ...others] = messages;
    expect(await slotsOf(others)).toEqual([0, 1, 2, 3].map((second) => now + second * SECOND));
    for (const message of await read(others)) {
      expect(message).toMatchObject({ status: "QUEUED", sends: 1 });
      // It was due in days: nobody would have missed its copy until then.
      expect(message.dueAt).toBeLessThan(now + HOUR);
      for (const name of ["paceRound", "repaced", "pendingReason"]) expect(message).not.toHaveProperty(name);
    }
    system.clock.advance(5 * SECOND);
    await system.work();
    expect((await read(messages)).map(({ status }) => status)).toEqual(Array(5).fill("COMPLETED"));
  });

  it("after it was disabled, the same", async () => {
    const endpoint = await register();
    const messages = await send(3);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "DISABLED", "ACTIVE");
    await run();
    expect(await waiting(messages)).toBe(0);
  });

  it("what was held and what was THROTTLED take their slots as if there were no difference", async () => {
    const endpoint = await register();
    const [first, older] = await send(2);
    await system.work();
    await move(endpoint, "PAUSED");
    system.clock.advance(20 * SECOND);
    const [held] = await send(1);
    expect(held?.pendingReason).toBe("ENDPOINT_PAUSED");
    await limit(endpoint, { count: 1, period: "20m" });
    await move(endpoint, "ACTIVE");
    const now = system.clock.now();
    await run();
    expect(await slotsOf([older, held] as Message[])).toEqual([now, now + 20 * MINUTE]);
    expect(await read([first as Message])).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("one whose new slot is far, too, waits for that, and is not given a third", async () => {
    const endpoint = await register();
    const [, second, third] = await send(3);
    await limit(endpoint, { count: 1, period: "1h" });
    await move(endpoint, "PAUSED", "ACTIVE");
    const now = system.clock.now();
    for (let times = 0; times < 3; times += 1) {
      await run();
      system.clock.advance(5 * SECOND);
    }
    expect(await slotsOf([second, third] as Message[])).toEqual([now, now + HOUR]);
    const [waits] = await read([third as Message]);
    expect(waits).toMatchObject({ pendingReason: "THROTTLED", dueAt: now + HOUR, notBefore: now + HOUR });
    expect(waits?.history.map(({ reason }) => reason)).toEqual(["THROTTLED", "THROTTLED"]);
    // It came late for no slot: it may be late for this one once.
    expect(waits).not.toHaveProperty("repaced");
  });

  it("a lower rate holds for what waits, too", async () => {
    const endpoint = await register({ rateLimit: { count: 1, period: "10m" } });
    const [, , ...others] = await send(5);
    expect(await waiting(others)).toBe(3);
    await limit(endpoint, PER_DAY);
    await move(endpoint, "PAUSED", "ACTIVE");
    const now = system.clock.now();
    await run();
    expect(await slotsOf(others)).toEqual([now, now + DAY, now + 2 * DAY]);
  });

  it("what had found no slot in a week finds one", async () => {
    const endpoint = await register();
    const messages = (await send(10)).slice(8);
    expect(await slotsOf(messages)).toEqual([undefined, undefined]);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "PAUSED", "ACTIVE");
    await run();
    expect(await waiting(messages)).toBe(0);
  });

  it("and has no limit any more, all of it goes now", async () => {
    const endpoint = await register();
    const messages = await send(3);
    await limit(endpoint, undefined);
    await run();
    expect(await waiting(messages)).toBe(2);
    await move(endpoint, "PAUSED", "ACTIVE");
    await run();
    await system.work();
    for (const message of await read(messages)) {
      expect(message.status).toBe("COMPLETED");
      expect(message).not.toHaveProperty("slotAt");
    }
  });

  it("a changed limit alone changes nothing for what waits", async () => {
    const endpoint = await register();
    const messages = await send(3);
    const before = await slotsOf(messages);
    await limit(endpoint, PER_SECOND);
    await run();
    expect(await slotsOf(messages)).toEqual(before);
  });

  it("a run gives it no more than it may be given, and goes on in the next", async () => {
    const endpoint = await register();
    const messages = (await send(8)).slice(1);
    await limit(endpoint, { count: 10, period: "1s" });
    await move(endpoint, "PAUSED", "ACTIVE");
    for (const left of [4, 1, 0]) {
      await run({ perEndpoint: 3 });
      expect(await waiting(messages)).toBe(left);
    }
    const slots = (await slotsOf(messages)) as number[];
    expect(slots).toEqual([...slots].sort((a, b) => a - b));
  });

  it("two reconcilers at once send each once", async () => {
    const endpoint = await register();
    const messages = await send(4);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "PAUSED", "ACTIVE");
    await Promise.all([run(), run()]);
    system.clock.advance(10 * SECOND);
    await system.work();
    expect(system.target.requests).toHaveLength(4);
    expect((await read(messages)).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  });

  it.each<[StoreCall, StoreFault]>([
    ["apply enqueue", "before"],
    ["apply enqueue", "failed"],
    ["apply enqueue", "after"],
    ["apply throttle", "before"],
    ["apply throttle", "after"],
    ["listHeld", "before"],
    ["getMany", "before"],
  ])("a run whose %s fails (%s) leaves what it has not done to the next", async (call, fault) => {
    const endpoint = await register();
    const messages = await send(4);
    await limit(endpoint, { count: 1, period: "20m" });
    await move(endpoint, "PAUSED", "ACTIVE");
    system.faults = failing(call, fault);
    await run().catch(() => undefined);
    system.faults = () => undefined;
    for (let minutes = 0; minutes < 100; minutes += 1) {
      await run();
      await system.work();
      system.clock.advance(MINUTE);
    }
    expect((await read(messages)).map(({ status }) => status)).toEqual(Array(4).fill("COMPLETED"));
    expect(system.target.requests).toHaveLength(4);
  });

  it("what was put off by a process that had not heard of it is found by a later look", async () => {
    const endpoint = await register();
    const [, second] = await send(2);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "PAUSED", "ACTIVE");
    await run();
    const late = { ...(second as Message), messageId: newMessageId(system.clock.now()) };
    await system.store.insert(late);
    system.clock.advance(15 * MINUTE);
    await run();
    expect(await read([late])).toMatchObject([{ status: "QUEUED", slotAt: system.clock.now() }]);
  });

  it("is looked after until a look that began 20 minutes later has found nothing, and no longer", async () => {
    const endpoint = await register();
    await send(2);
    await move(endpoint, "PAUSED", "ACTIVE");
    expect(await found(endpoint)).toMatchObject({ draining: true, paceRound: 1, repacesFrom: 0 });
    system.clock.advance(20 * MINUTE - 1);
    await run();
    expect(await found(endpoint)).toMatchObject({ draining: true, repacesFrom: 0 });
    system.clock.advance(1);
    await run();
    const settled = await found(endpoint);
    expect(settled).toMatchObject({ paceRound: 1 });
    for (const name of ["draining", "repacesFrom", "dueAt"]) expect(settled).not.toHaveProperty(name);
  });

  it("and paused again before that, what is left waits for the next activation", async () => {
    const endpoint = await register();
    const messages = await send(3);
    await move(endpoint, "PAUSED", "ACTIVE", "PAUSED");
    await run();
    expect((await read(messages)).map(({ history }) => history.length)).toEqual([1, 1, 1]);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "ACTIVE");
    expect(await found(endpoint)).toMatchObject({ paceRound: 2, repacesFrom: 0 });
    await run();
    expect(await waiting(messages)).toBe(0);
  });

  it("over and over, begins no more than ten rounds that somebody has to look through", async () => {
    const endpoint = await register();
    for (let times = 0; times < 12; times += 1) await move(endpoint, "PAUSED", "ACTIVE");
    expect(await found(endpoint)).toMatchObject({ paceRound: 10, repacesFrom: 0 });
    system.clock.advance(20 * MINUTE);
    await run();
    await move(endpoint, "PAUSED", "ACTIVE");
    expect(await found(endpoint)).toMatchObject({ paceRound: 11, repacesFrom: 10 });
  });

  it("and then disabled, what is THROTTLED fails when its turn comes, not before", async () => {
    const endpoint = await register();
    const [, second] = await send(2);
    await system.work();
    await move(endpoint, "PAUSED", "ACTIVE", "DISABLED");
    await run();
    expect(await read([second as Message])).toMatchObject([{ pendingReason: "THROTTLED", revision: 1 }]);
    system.clock.advance(DAY);
    await run();
    await system.work();
    expect(await read([second as Message])).toMatchObject([{ failureReason: "ENDPOINT_DISABLED" }]);
  });

  it("and then held back by its gate, what is left is given its slots once it is well", async () => {
    const endpoint = await register();
    const messages = await send(3);
    await limit(endpoint, PER_SECOND);
    await move(endpoint, "PAUSED", "ACTIVE");
    const now = system.clock.now();
    const occasion = () => ({ now: system.clock.now(), token: nextToken() });
    const told = { since: now - HOUR, count: 30, failure: { at: now, messageId: "msg_1" } };
    const current = await found(endpoint);
    await system.endpoints.change(current, failingChange(current, told, occasion(), HEALTH_POLICY, true));
    const gated = await found(endpoint);
    expect(gated).toMatchObject({ gate: { probes: 0 }, repacesFrom: 0 });
    await run();
    expect(await waiting(messages)).toBe(2);
    const well = recovered(gated, occasion());
    if (well) await system.endpoints.change(gated, well);
    await run();
    expect(await waiting(messages)).toBe(0);
  });
});
