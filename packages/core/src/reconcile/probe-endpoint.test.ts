import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { Endpoint, EndpointState } from "../endpoint/endpoint.ts";
import { changeState, configureEndpoint, deleteEndpoint } from "../endpoint/manage.ts";
import { acceptEvents } from "../event/accept-event.ts";
import { takeHeld } from "../listen/take-held.ts";
import type { Message } from "../message/message.ts";
import { retry } from "../operate/operate.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { DEFAULT_RUN_LIMITS, reconcile } from "./reconcile.ts";

let system: TestSystem;
let endpoint: Endpoint;
let isWell: boolean;

beforeEach(() => start());

async function start(settings: Partial<TestSystem["settings"]> = {}): Promise<void> {
  system = new TestSystem({ failingGate: true, retryScheduleMs: [5 * SECOND, 5 * MINUTE, DAY], ...settings });
  isWell = false;
  system.target.respond = () => answered(isWell ? 200 : 503);
  endpoint = (await system.endpoints.insert(buildEndpoint({ createdAt: system.clock.now() }))).endpoint;
}

async function read(): Promise<Endpoint> {
  const found = await system.endpoints.get(endpoint.senderId, endpoint.endpointId);
  if (!found) throw new Error("it is there");
  return found;
}

async function send(over: object = {}): Promise<Message> {
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload(), ...over };
  const [result] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  if (!result || !("messages" in result) || !result.messages[0]) throw result;
  system.clock.advance(1);
  return result.messages[0];
}

const run = () => reconcile(system.deps, "run-1", DEFAULT_RUN_LIMITS);

/** Workers take all that there is; a reconciler runs each minute. */
async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    for (let second = 0; second < 60; second += 20) {
      system.clock.advance(20 * SECOND);
      while ((await system.work()).length > 0);
    }
    await run();
    while ((await system.work()).length > 0);
  }
}

/** Twenty failures over a minute and more. Answers the messages, the oldest first. */
async function fail(): Promise<Message[]> {
  const messages: Message[] = [];
  for (let sent = 0; sent < 21; sent += 1) {
    messages.push(await send());
    await system.work();
    system.clock.advance(4 * SECOND);
  }
  expect((await read()).gate).toBeDefined();
  // What was known of the endpoint before is no longer used.
  system.clock.advance(20 * SECOND);
  while ((await system.work()).length > 0);
  return messages;
}

const heldIds = async () =>
  (await system.store.listHeld(endpoint.endpointId, 10_000)).map(({ messageId }) => messageId);
const requested = () => system.target.requests.length;
const reasons = ({ history }: Message) => history.map(({ reason }) => reason);
const move = async (state: EndpointState | "DELETED") => {
  const deps = { ...system.deps, signingMaster: "master" };
  return state === "DELETED" ? deleteEndpoint(deps, await read()) : changeState(deps, await read(), state);
};

describe("an endpoint that fails 20 times in a row over a minute", () => {
  it("holds what is on its way and what comes, each with one write, and counts no attempt", async () => {
    const sent = await fail();
    const before = requested();
    const born = await send();
    expect(born).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_FAILING",
      attempt: 0,
      sends: 0,
    });
    while ((await system.work()).length > 0);
    expect(requested()).toBe(before);
    const held = await heldIds();
    expect(held).toContain(born.messageId);
    for (const { messageId } of sent) {
      const message = await system.read(messageId);
      if (!held.includes(messageId)) continue;
      expect(message).toMatchObject({ status: "PENDING", pendingReason: "ENDPOINT_FAILING" });
      expect(reasons(message).filter((reason) => reason === "ENDPOINT_FAILING")).toHaveLength(1);
      expect(message.attempt).toBe(reasons(message).filter((reason) => reason === "CLAIMED").length);
    }
    expect(system.observer.count("GatesSet")).toBe(1);
  });

  it("does nothing of the kind where nobody wants it", async () => {
    await start({ failingGate: false });
    for (let sent = 0; sent < 40; sent += 1) {
      await send();
      await system.work();
      system.clock.advance(4 * SECOND);
    }
    expect(await read()).not.toHaveProperty("gate");
    expect(await heldIds()).toEqual([]);
  });

  it("costs nothing while it is well", async () => {
    isWell = true;
    const before = await read();
    for (let sent = 0; sent < 30; sent += 1) {
      await send();
      await system.work();
      system.clock.advance(4 * SECOND);
    }
    expect(await read()).toEqual(before);
  });

  it("is tried with one message at a time, after 1, 2, 4, 8, 15 and 15 minutes, and nothing else goes there", async () => {
    await fail();
    for (let sent = 0; sent < 30; sent += 1) await send();
    const since = (await read()).gate?.since ?? 0;
    const before = requested();
    const probes: number[] = [];
    for (let minute = 0; minute < 62; minute += 1) {
      const count = requested();
      await minutes(1);
      expect(requested() - count).toBeLessThanOrEqual(1);
      if (requested() > count) probes.push(Math.floor((system.clock.now() - since) / MINUTE));
    }
    expect(probes.length).toBeGreaterThanOrEqual(6);
    expect(requested() - before).toBe(probes.length);
    const gaps = probes.slice(1).map((minute, index) => minute - (probes[index] ?? 0));
    for (const [index, longest] of [2, 4, 8, 15, 15].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(longest);
      expect(gaps[index]).toBeLessThanOrEqual(longest + 1);
    }
    expect(system.observer.count("GateProbes")).toBe(probes.length);
  });

  it("writes no held message while it holds it, but for the probes", async () => {
    await fail();
    for (let sent = 0; sent < 5; sent += 1) await send();
    // What waited in the queue for its next attempt has come by then, and is held.
    await minutes(7);
    const probedBefore = system.observer.count("GateProbes");
    const writes = new Map<string, number>();
    system.faults = (call, id) => {
      const messageId = String(id);
      if (call.startsWith("apply")) writes.set(messageId, (writes.get(messageId) ?? 0) + 1);
      return undefined;
    };
    await minutes(60);
    const probed = system.observer.count("GateProbes") - probedBefore;
    expect(probed).toBeGreaterThan(0);
    // Released, claimed, held again: three for each probe.
    expect([...writes.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3 * probed);
  });

  it("gives a message that was the probe its place back, and tries it no sooner than its schedule says", async () => {
    const [oldest] = await fail();
    if (!oldest) throw new Error("there is one");
    await minutes(60);
    const message = await system.read(oldest.messageId);
    const claims = message.history.filter(({ reason }) => reason === "CLAIMED").map(({ at }) => at);
    expect(message.attempt).toBe(3);
    // 5 s after the first, 5 min after the second; the fourth would be a day after the third.
    expect((claims[1] ?? 0) - (claims[0] ?? 0)).toBeGreaterThanOrEqual(5 * SECOND);
    expect((claims[2] ?? 0) - (claims[1] ?? 0)).toBeGreaterThanOrEqual(5 * MINUTE);
    expect((await heldIds())[0]).toBe(oldest.messageId);
  });

  it("fails a probe with the last attempt of its schedule, as ever, and goes on with the next", async () => {
    await start({ retryScheduleMs: [5 * SECOND] });
    await fail();
    await minutes(60);
    expect((await read()).gate).toBeDefined();
    const probed = system.observer.count("GateProbes");
    expect(probed).toBeGreaterThan(5);
    const all = await system.store.list({ groups: ["FAILED"], limit: 1_000 });
    const failed = await system.store.getMany(all.map(({ messageId }) => messageId));
    expect(failed.length).toBeGreaterThan(0);
    for (const message of failed)
      expect(message).toMatchObject({ failureReason: "ATTEMPTS_EXHAUSTED", attempt: 2 });
  });
});

describe("once it is well", () => {
  it("one probe releases all, oldest first, in minutes, whatever their schedules say", async () => {
    const sent = await fail();
    for (let more = 0; more < 30; more += 1) sent.push(await send());
    await minutes(40);
    isWell = true;
    const before = system.queue.calls.flat().length;
    await minutes(17);
    const open = await Promise.all(sent.map(({ messageId }) => system.read(messageId)));
    expect(open.every(({ status }) => status === "COMPLETED")).toBe(true);
    expect(await heldIds()).toEqual([]);
    expect(await read()).not.toHaveProperty("gate");
    const ages = sent.map(({ messageId }) => messageId);
    const [, ...released] = system.queue.calls
      .flat()
      .slice(before)
      .map(({ messageId }) => messageId);
    expect(released).toEqual(ages.filter((messageId) => released.includes(messageId)));
    expect(released.length).toBeGreaterThan(40);
    expect(system.observer.count("GatesLifted")).toBe(1);
  });

  it("looks for what others may yet hold for twenty minutes, then no more", async () => {
    await fail();
    isWell = true;
    await minutes(10);
    expect(await read()).toMatchObject({ draining: true });
    await minutes(25);
    const well = await read();
    for (const name of ["draining", "dueAt", "gate", "gateLiftedAt", "failingSince"])
      expect(well).not.toHaveProperty(name);
  });

  it("is found so by what somebody retries by hand, which no gate stops", async () => {
    const sent = await fail();
    isWell = true;
    const held = await system.read((await heldIds()).at(-1) ?? "");
    await retry(system.deps, held, "call-2");
    await system.work();
    expect(await system.read(held.messageId)).toMatchObject({ status: "COMPLETED" });
    expect(await read()).not.toHaveProperty("gate");
    await minutes(7);
    for (const { messageId } of sent) expect((await system.read(messageId)).status).toBe("COMPLETED");
  });

  it("is found so by a test", async () => {
    await fail();
    isWell = true;
    const input = { senderId: "acme", eventType: "homing.test", payload: buildEventPayload() };
    await acceptEvents(system.deps, [{ input, correlationId: "call-2", trial: await read() }]);
    await system.work();
    expect(await read()).not.toHaveProperty("gate");
  });
});

describe("a probe whose worker dies", () => {
  it("is not the last: its attempt is UNKNOWN, and the endpoint is tried again", async () => {
    await fail();
    while ((await read()).gate?.probe === undefined) {
      system.clock.advance(20 * SECOND);
      await run();
    }
    const { probe } = (await read()).gate ?? {};
    // Taken and claimed, and never heard of again.
    system.target.respond = () => {
      throw new Error("the worker dies");
    };
    await system.work();
    expect(await system.read(probe?.messageId ?? "")).toMatchObject({ status: "PROCESSING" });
    isWell = true;
    system.target.respond = () => answered(200);
    await minutes(20);
    expect(await read()).not.toHaveProperty("gate");
    expect(await heldIds()).toEqual([]);
    expect(await system.read(probe?.messageId ?? "")).toMatchObject({ status: "COMPLETED" });
  });

  it("and that is still under way keeps others from being one", async () => {
    await fail();
    while ((await read()).gate?.probe === undefined) {
      system.clock.advance(20 * SECOND);
      await run();
    }
    const gate = (await read()).gate;
    // Nobody takes its copy.
    for (let minute = 0; minute < 10; minute += 1) {
      system.clock.advance(MINUTE);
      await run();
    }
    expect((await read()).gate).toMatchObject({ probes: 1, probe: gate?.probe });
  });
});

describe("while it holds", () => {
  it("pausing it keeps all held, for listeners, too; activating it releases all and asks for 20 failures anew", async () => {
    await fail();
    await move("PAUSED");
    const paused = await read();
    expect(paused).not.toHaveProperty("gate");
    const count = requested();
    await minutes(30);
    expect(requested()).toBe(count);
    const held = await heldIds();
    const [taken] = await takeHeld(system.deps, paused, {
      limit: 1,
      correlationId: "call-2",
      readAt: system.clock.now(),
    });
    expect(taken?.message.messageId).toBe(held[0]);
    isWell = true;
    await move("ACTIVE");
    expect(await read()).not.toHaveProperty("failingSince");
    await minutes(3);
    expect(await heldIds()).toEqual([]);
  });

  it("a listener is refused: workers deliver to it", async () => {
    await fail();
    await expect(
      takeHeld(system.deps, await read(), { limit: 1, correlationId: "call-2", readAt: system.clock.now() }),
    ).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("disabling it fails what it holds, deleting it cancels that", async () => {
    for (const [state, status] of [
      ["DISABLED", "FAILED"],
      ["DELETED", "CANCELLED"],
    ] as const) {
      await start();
      await fail();
      const held = await heldIds();
      expect(held.length).toBeGreaterThan(0);
      await move(state);
      await minutes(2);
      expect(await heldIds()).toEqual([]);
      for (const messageId of held) expect((await system.read(messageId)).status).toBe(status);
    }
  });

  it("activating it, though it is ACTIVE, or another URL, releases all", async () => {
    for (const lift of [
      () => move("ACTIVE"),
      async () =>
        configureEndpoint({ ...system.deps, signingMaster: "master" }, await read(), (current) => ({
          ...current,
          url: "https://repaired.example/",
        })),
    ]) {
      await start();
      await fail();
      isWell = true;
      await lift();
      await minutes(2);
      expect(await heldIds()).toEqual([]);
    }
  });

  it("five days of failures disable it still", async () => {
    await start({ retryScheduleMs: [5 * SECOND, 5 * MINUTE, HOUR, HOUR, HOUR] });
    await fail();
    for (let hour = 0; hour < 5 * 24 + 2 && (await read()).state === "ACTIVE"; hour += 1) {
      await send();
      await minutes(60);
    }
    expect(await read()).toMatchObject({ state: "DISABLED", stateReason: "FAILING" });
    await minutes(2);
    expect(await heldIds()).toEqual([]);
  });

  it("what is useless by the time it would be the probe fails as such, and the next is tried", async () => {
    await fail();
    await minutes(1);
    const dated = await send({ deliverBy: system.clock.now() + MINUTE });
    expect(dated).toMatchObject({ pendingReason: "ENDPOINT_FAILING" });
    for (let hour = 0; hour < 48 && (await heldIds()).includes(dated.messageId); hour += 1) await minutes(60);
    expect(await system.read(dated.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "EXPIRED",
      attempt: 0,
    });
    expect((await read()).gate?.probe?.messageId).not.toBe(dated.messageId);
  });

  it("what was held for a week is looked at, and stays held", async () => {
    await start({ retryScheduleMs: [5 * SECOND, DAY], endpointDisableAfterMs: 400 * DAY });
    await fail();
    const younger = await send();
    for (let hour = 0; hour < 7 * 24 + 1; hour += 1) {
      system.clock.advance(HOUR);
      await run();
    }
    const held = await system.read(younger.messageId);
    expect(held).toMatchObject({ status: "PENDING", pendingReason: "ENDPOINT_FAILING" });
    expect(reasons(held)).toEqual(["ENDPOINT_FAILING", "ENDPOINT_FAILING"]);
  });

  it("turning the setting off lets all go on at the next look", async () => {
    await fail();
    Object.assign(system.settings, { failingGate: false });
    await minutes(2);
    expect(await read()).not.toHaveProperty("gate");
    expect(await heldIds()).toEqual([]);
  });
});

it("a gate with nothing behind it is lifted, and the next failure sets it again", async () => {
  await start({ retryScheduleMs: [] });
  while ((await read()).gate === undefined) {
    await send();
    await system.work();
    system.clock.advance(3 * SECOND);
  }
  expect(await heldIds()).toEqual([]);
  system.clock.advance(MINUTE);
  await run();
  expect(await read()).not.toHaveProperty("gate");
  expect((await read()).failingSince).toBeDefined();
  system.clock.advance(MINUTE);
  await send();
  await system.work();
  expect((await read()).gate).toBeDefined();
});
