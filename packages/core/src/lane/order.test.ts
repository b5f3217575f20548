/** Order, where it is asked for: what a producer and a target see of it. */
import { beforeEach, describe, expect, it } from "vitest";
import { acceptAll } from "../accept/accept.ts";
import { consumeDeadLetter } from "../dead-letter/dead-letter.ts";
import type { RequestResult } from "../delivery/http-client.ts";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import { HomingError } from "../error.ts";
import type { Message } from "../message/message.ts";
import type { AcceptedInput } from "../message/message-input.ts";
import { bulkRetry } from "../operate/bulk-retry.ts";
import { cancel, retry, skip } from "../operate/operate.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildPayload } from "../testing/build-message.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { failing } from "../testing/faulty-store.ts";
import { answered, buildInput, TestSystem } from "../testing/test-system.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem({ retryScheduleMs: [5 * SECOND, 5 * MINUTE] });
});

const KEY = { senderId: "acme", orderingKey: "order-1" };

const ordered = (name: string, over: Partial<AcceptedInput> = {}): AcceptedInput =>
  buildInput({ ...KEY, payload: buildPayload({ targetUrl: `https://example.com/${name}` }), ...over });

/** One call with these messages; answers the messages, or the codes of what was refused. */
async function call(...inputs: AcceptedInput[]): Promise<Array<Message | string>> {
  const results = await acceptAll(
    system.deps,
    inputs.map((input) => ({ input, correlationId: "call-1" })),
  );
  return results.map((result) => (result instanceof HomingError ? result.code : result.message));
}

async function send(name: string, over: Partial<AcceptedInput> = {}): Promise<Message> {
  const [result] = await call(ordered(name, over));
  if (typeof result !== "object") throw new Error(`refused: ${result}`);
  return result;
}

const read = ({ messageId }: Message) => system.read(messageId);
const lane = async () => (await system.lanes.get(KEY)) ?? { line: [], overflowing: false, visits: 0 };
const requested = () => system.target.requests.map(({ url }) => new URL(url).pathname.slice(1));
/** A run that the storage refuses is over; the next one is in a minute. */
const reconcileNow = () => reconcile(system.deps, "run-1").catch(() => undefined);

/** Hands out copies until none is visible; what is sent meanwhile included. */
async function drain(): Promise<void> {
  while ((await system.work()).length > 0);
}

/** Lets time pass, with a reconciler every minute. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    system.clock.advance(MINUTE);
    await reconcileNow();
    await drain();
  }
}

const answerBy = (answers: Record<string, number[]>) => {
  system.target.respond = ({ url }): RequestResult => {
    const status = answers[new URL(url).pathname.slice(1)]?.shift();
    return answered(status ?? 200);
  };
};

describe("messages with one ordering key", () => {
  it("are delivered one at a time, each released by the outcome of the one before", async () => {
    const [a, b, c] = [await send("a"), await send("b"), await send("c")];
    expect([a.status, b.status, c.status]).toEqual(["QUEUED", "PENDING", "PENDING"]);
    expect([b.pendingReason, c.pendingReason]).toEqual(["WAITING_FOR_PREVIOUS", "WAITING_FOR_PREVIOUS"]);
    expect(await system.work()).toEqual(["done"]);
    expect(requested()).toEqual(["a"]);
    expect([(await read(b)).status, (await read(c)).status]).toEqual(["QUEUED", "PENDING"]);
    await drain();
    expect(requested()).toEqual(["a", "b", "c"]);
    expect((await lane()).line).toEqual([]);
    expect(system.observer.count("LanesAdvanced outcome")).toBe(3);
  });

  it("carry numbers that increase along their lane", async () => {
    for (const name of ["a", "b", "c"]) await send(name);
    await drain();
    const headers = system.target.requests.map(({ headers }) => new Map(headers));
    expect(headers.map((one) => one.get("webhook-ordering-key"))).toEqual(["order-1", "order-1", "order-1"]);
    const sequences = headers.map((one) => Number(one.get("webhook-sequence")));
    expect(sequences).toEqual([1, 2, 3].map((nth) => system.clock.time + nth));
  });

  it("wait while the one before is retried, and the number stays the same", async () => {
    answerBy({ a: [503] });
    await send("a");
    const b = await send("b");
    await drain();
    expect(requested()).toEqual(["a"]);
    expect((await read(b)).status).toBe("PENDING");
    system.clock.advance(6 * SECOND);
    await drain();
    expect(requested()).toEqual(["a", "a", "b"]);
    const sequences = system.target.requests.map(({ headers }) => new Map(headers).get("webhook-sequence"));
    expect(sequences[0]).toBe(sequences[1]);
  });

  it("of other keys and of other senders do not wait", async () => {
    answerBy({ a: [503] });
    await send("a");
    await send("other-key", { orderingKey: "order-2" });
    await send("other-sender", { senderId: "globex" });
    await call(buildInput({ payload: buildPayload({ targetUrl: "https://example.com/none" }) }));
    await drain();
    expect(requested().sort()).toEqual(["a", "none", "other-key", "other-sender"]);
  });

  it("go on once the one before has failed", async () => {
    answerBy({ a: [410] });
    await send("a");
    await send("b");
    await drain();
    expect(requested()).toEqual(["a", "b"]);
  });

  it("go on when the one before is cancelled, in line as at its head", async () => {
    answerBy({ a: [503] });
    const [a, b, c] = [await send("a"), await send("b"), await send("c")];
    await drain();
    await cancel(system.deps, await read(b), "call-2");
    expect((await read(c)).status).toBe("PENDING");
    await cancel(system.deps, await read(a), "call-2");
    await drain();
    expect(requested()).toEqual(["a", "c"]);
    expect((await lane()).line).toEqual([]);
  });

  it("are never sent now while they wait", async () => {
    await send("a");
    const b = await send("b");
    await expect(retry(system.deps, b, "call-2")).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("cost a lone message one join and one pass, and no read", async () => {
    const calls: string[] = [];
    system.faults = (each) => void calls.push(each);
    system.laneFaults = (each) => void calls.push(each);
    await send("a");
    expect(calls).toEqual(["insert", "putPayload", "join", "apply release"]);
    calls.length = 0;
    await drain();
    expect(calls).toEqual(["apply claim", "apply complete", "pass"]);
  });

  it("cost one that waits two reads, of itself and of its payload", async () => {
    await send("a");
    const calls: string[] = [];
    system.faults = (each) => void calls.push(each);
    system.laneFaults = (each) => void calls.push(each);
    await send("b");
    // The first to wait arms the lane, and looks at the head.
    expect(calls).toEqual(["insert", "putPayload", "join", "arm", "get"]);
    calls.length = 0;
    await send("c");
    expect(calls).toEqual(["insert", "putPayload", "join"]);
    calls.length = 0;
    await system.work();
    expect(calls).toEqual(["apply claim", "apply complete", "pass", "get", "getPayload", "apply release"]);
  });
});

describe("a message that blocks", () => {
  beforeEach(() => answerBy({ a: [410] }));

  it("holds up those behind it, and the lane says so", async () => {
    const a = await send("a", { afterFailure: "block" });
    await send("b");
    await drain();
    expect(requested()).toEqual(["a"]);
    expect(await lane()).toMatchObject({ mark: { state: "BLOCKED", since: system.clock.time } });
    await pass(120);
    expect(requested()).toEqual(["a"]);
    expect((await read(a)).status).toBe("FAILED");
  });

  it("is retried in its place", async () => {
    const a = await send("a", { afterFailure: "block" });
    await send("b");
    await drain();
    const retried = await retry(system.deps, await read(a), "call-2");
    expect(retried.status).toBe("QUEUED");
    expect(await lane()).not.toHaveProperty("mark");
    await drain();
    expect(requested()).toEqual(["a", "a", "b"]);
  });

  it("is skipped, and then retried at the end of the line", async () => {
    const a = await send("a", { afterFailure: "block" });
    await send("b");
    await drain();
    const skipped = await skip(system.deps, await read(a), "call-2");
    expect(skipped).toMatchObject({ status: "FAILED", skippedAt: system.clock.time });
    expect(system.observer.count("MessagesSkipped")).toBe(1);
    await expect(skip(system.deps, skipped, "call-2")).rejects.toMatchObject({ code: "CONFLICT" });
    answerBy({ b: [503] });
    await drain();
    const again = await retry(system.deps, await read(a), "call-2");
    expect(again).toMatchObject({ status: "PENDING", pendingReason: "WAITING_FOR_PREVIOUS", round: 1 });
    system.clock.advance(6 * SECOND);
    await drain();
    expect(requested()).toEqual(["a", "b", "b", "a"]);
  });

  it("lets nobody wait longer than 14 days; what waited and blocks keeps its place", async () => {
    await send("a", { afterFailure: "block" });
    const [b, c] = [await send("b", { afterFailure: "block" }), await send("c")];
    await drain();
    await pass(20);
    system.clock.advance(14 * DAY);
    await pass(1);
    for (const message of [b, c])
      expect(await read(message)).toMatchObject({ status: "FAILED", failureReason: "BLOCKED" });
    const retried = await retry(system.deps, await read(b), "call-2");
    expect(retried).toMatchObject({ status: "PENDING", waitsForTurn: true });
    expect(retried).not.toHaveProperty("round");
    expect(requested()).toEqual(["a"]);
  });
});

it("a deadline ends the wait, whether its turn has come or not", async () => {
  answerBy({ a: [503, 503] });
  await send("a");
  const b = await send("b", { deliverBy: system.clock.time + 3 * MINUTE });
  await drain();
  await pass(4);
  expect(await read(b)).toMatchObject({ status: "FAILED", failureReason: "EXPIRED" });
});

it("a manual retry of a message that others have passed goes to the end of the line", async () => {
  answerBy({ a: [410], b: [503] });
  const a = await send("a");
  await send("b");
  await drain();
  const retried = await retry(system.deps, await read(a), "call-2");
  expect(retried).toMatchObject({ status: "PENDING", round: 1, waitsForTurn: true });
  system.clock.advance(6 * SECOND);
  await drain();
  expect(requested()).toEqual(["a", "b", "b", "a"]);
});

it("a bulk retry goes oldest first, each lane in its order", async () => {
  answerBy({ a: [410], b: [410], c: [410] });
  for (const name of ["a", "b", "c"]) {
    await send(name);
    await drain();
    system.clock.advance(SECOND);
  }
  const result = await bulkRetry(system.deps, {}, { limit: 100, correlationId: "call-2" });
  expect(result).toEqual({ done: 3, skipped: 0 });
  await drain();
  expect(requested()).toEqual(["a", "b", "c", "a", "b", "c"]);
});

it("a dead letter lets the next one go, by way of the reconciler", async () => {
  const a = await send("a");
  await send("b");
  for (let crash = 0; crash < 3; crash += 1) {
    system.target.respond = () => {
      throw new Error("the process dies");
    };
    await system.work();
    system.clock.advance(3 * MINUTE);
  }
  answerBy({});
  const message = await read(a);
  const body = JSON.stringify({ version: 1, attempt: message.attempt + 1 });
  expect(await consumeDeadLetter(system.deps, { messageId: a.messageId, body })).toBe("done");
  await pass(20);
  expect(requested()).toContain("b");
});

describe("a batch", () => {
  it("keeps the order of its list", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `m${index}`);
    const results = await call(...names.map((name) => ordered(name)));
    expect(results.every((one) => typeof one === "object")).toBe(true);
    await drain();
    expect(requested()).toEqual(names);
  });

  it("is accepted up to the first that is not, in each lane", async () => {
    await call(ordered("first", { idempotencyKey: "used" }));
    const results = await call(
      ordered("a"),
      ordered("other", { idempotencyKey: "used" }),
      ordered("b"),
      ordered("c", { idempotencyKey: "key-c" }),
      ordered("d", { orderingKey: "order-2" }),
    );
    expect(results.map((one) => (typeof one === "object" ? one.status : one))).toEqual([
      "PENDING",
      "IDEMPOTENCY_KEY_REUSED",
      "PREVIOUS_NOT_ACCEPTED",
      "PREVIOUS_NOT_ACCEPTED",
      "QUEUED",
    ]);
    expect((await lane()).line).toHaveLength(2);
    const rows = await system.store.list({ groups: [], senderId: "acme", limit: 100 });
    const messages = await system.store.getMany(rows.map(({ messageId }) => messageId));
    // Without a key nobody could repeat it: it is withdrawn.
    expect(messages.filter(({ status }) => status === "CANCELLED")).toHaveLength(1);
    // With one the repeated call finds it, and joins it.
    await call(ordered("c", { idempotencyKey: "key-c" }));
    expect((await lane()).line).toHaveLength(3);
  });

  it("whose join fails is told so: the first is kept, the others are not accepted", async () => {
    system.laneFaults = (each) => (each === "join" ? "before" : undefined);
    const results = await call(ordered("a", { idempotencyKey: "a" }), ordered("b", { idempotencyKey: "b" }));
    expect(results).toEqual(["SYSTEM_ERROR", "PREVIOUS_NOT_ACCEPTED"]);
    system.laneFaults = () => undefined;
    await call(ordered("a", { idempotencyKey: "a" }), ordered("b", { idempotencyKey: "b" }));
    await drain();
    expect(requested()).toEqual(["a", "b"]);
  });
});

describe("more than the line holds", () => {
  it("wait behind it, in order", async () => {
    answerBy({ m0: [503] });
    const names = Array.from({ length: 100 }, (_, index) => `m${index}`);
    for (let at = 0; at < names.length; at += 7)
      await call(...names.slice(at, at + 7).map((name) => ordered(name)));
    expect(await lane()).toMatchObject({ overflowing: true });
    await drain();
    expect(requested()).toEqual(["m0"]);
    system.clock.advance(6 * SECOND);
    await drain();
    expect(requested()).toEqual(["m0", ...names]);
    expect(await lane()).toMatchObject({ line: [], overflowing: false });
  });

  it("are passed some at a time when all of them were cancelled: the rest is left to the reconciler", async () => {
    answerBy({ m0: [503] });
    const messages: Message[] = [];
    for (let index = 0; index < 70; index += 1) messages.push(await send(`m${index}`));
    await drain();
    for (const message of messages.slice(1, -1)) await cancel(system.deps, await read(message), "call-2");
    system.clock.advance(6 * SECOND);
    await drain();
    expect(requested()).toEqual(["m0", "m0"]);
    await pass(2);
    expect(requested()).toEqual(["m0", "m0", "m69"]);
  });
});

describe("the reconciler", () => {
  it("does not send what waits for its turn, but sets its wait to its end", async () => {
    answerBy({ a: [503, 503] });
    await send("a");
    const b = await send("b");
    await drain();
    system.clock.advance(15 * MINUTE);
    await reconcileNow();
    expect(await read(b)).toMatchObject({ inLine: true, dueAt: system.clock.time + 14 * DAY });
    expect(requested()).toEqual(["a"]);
  });

  it("disarms a lane in which nobody waits any more", async () => {
    await send("a");
    await send("b");
    expect(await lane()).toHaveProperty("dueAt");
    await drain();
    await pass(16);
    expect(await lane()).not.toHaveProperty("dueAt");
  });

  it("looks at a lane that stands still ever more rarely, and lists it", async () => {
    answerBy({ a: [410] });
    await send("a", { afterFailure: "block" });
    await send("b");
    await drain();
    const failedAt = system.clock.time;
    const visits: number[] = [];
    let before = 0;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await pass(1);
      const now = (await lane()).visits;
      if (now !== before) visits.push(Math.round((system.clock.time - failedAt) / MINUTE));
      before = now;
    }
    // After 15 minutes; then after 15, 30, 60, 120, 240 and 360 more, give or take the runs' own minute.
    const gaps = visits.map((at, index) => at - (visits[index - 1] ?? 0));
    expect(gaps.slice(0, 7).map((gap) => Math.round(gap / 5) * 5)).toEqual([15, 15, 30, 60, 120, 240, 360]);
    const [row] = await system.lanes.list({ states: ["BLOCKED"], limit: 10 });
    expect(row?.since).toBe(failedAt);
  });

  it("lists a lane whose head is at work for longer than the queue deadline", async () => {
    answerBy({ a: [503, 503] });
    system = new TestSystem({ retryScheduleMs: [DAY] });
    answerBy({ a: [503] });
    const since = system.clock.time;
    await send("a");
    await send("b");
    await drain();
    await pass(16);
    expect(await system.lanes.list({ states: ["HELD_UP"], limit: 10 })).toEqual([]);
    await pass(16);
    expect(await system.lanes.list({ states: ["HELD_UP"], limit: 10 })).toMatchObject([{ since }]);
  });

  it("leaves lanes as they are in an outage of the queue", async () => {
    await send("a");
    await send("b");
    system.faults = failing("apply release", "before");
    await system.work();
    system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
    system.clock.advance(20 * MINUTE);
    await reconcileNow();
    const { dueAt = 0 } = (await system.lanes.get(KEY)) ?? {};
    expect(dueAt).toBeLessThan(system.clock.time);
    system.queue.answer = () => undefined;
    await pass(6);
    expect(requested()).toEqual(["a", "b"]);
  });
});

describe("repeated calls", () => {
  it("join again what was stored and not joined", async () => {
    system.laneFaults = (each) => (each === "join" ? "before" : undefined);
    expect(await call(ordered("a", { idempotencyKey: "a" }))).toEqual(["SYSTEM_ERROR"]);
    system.laneFaults = () => undefined;
    const [again] = await call(ordered("a", { idempotencyKey: "a" }));
    expect(again).toMatchObject({ status: "QUEUED" });
  });

  it("know a join whose answer was lost", async () => {
    system.laneFaults = (() => {
      let first = true;
      return (each) => {
        if (each !== "join" || !first) return undefined;
        first = false;
        return "after";
      };
    })();
    expect(await call(ordered("a", { idempotencyKey: "a" }))).toEqual(["SYSTEM_ERROR"]);
    await call(ordered("a", { idempotencyKey: "a" }));
    expect((await lane()).line).toHaveLength(1);
    await drain();
    expect(requested()).toEqual(["a"]);
  });

  it("of what was stored without its payload join once that is there", async () => {
    system.faults = failing("putPayloadIfAbsent", "before");
    expect(await call(ordered("a", { idempotencyKey: "a" }))).toEqual(["SYSTEM_ERROR"]);
    expect((await lane()).line).toEqual([]);
    await call(ordered("a", { idempotencyKey: "a" }));
    await drain();
    expect(requested()).toEqual(["a"]);
  });
});

/** One process after the other loses the answer to a call, or never gets it there. */
describe.each(["before", "after"] as const)("whichever call fails, %s it takes effect", (fault) => {
  const batchOf = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => `m${first + index}`);

  it.each([
    ["one by one", ["m0", "m1", "m2", "m3"].map((name) => [name])],
    ["with overflow", [batchOf(0, 22), ["m22"], batchOf(23, 2)]],
  ])("all messages arrive, in the order in which they joined: %s", async (_name, calls) => {
    for (let at = 0; ; at += 1) {
      system = new TestSystem({ retryScheduleMs: [5 * SECOND, 5 * MINUTE] });
      answerBy({ m1: [503], m2: [410] });
      let count = 0;
      const strike = () => (count++ === at ? fault : undefined);
      // Of many messages only the lane's calls: all others are as with few.
      if (calls.flat().length < 10) system.faults = strike;
      system.laneFaults = strike;
      for (const names of calls) {
        const inputs = names.map((name) => ordered(name, { idempotencyKey: name }));
        // If a call fails it is repeated before the next one.
        for (let tries = 0; tries < 3; tries += 1)
          if ((await call(...inputs)).every((one) => typeof one === "object")) break;
      }
      await drain();
      await pass(40);
      // All requests of one leave before the first of the next.
      const runs = requested().filter((name, index, all) => name !== all[index - 1]);
      expect(runs, `call ${at}`).toEqual(calls.flat());
      if (count <= at) return;
    }
  });
});
