import { beforeEach, describe, expect, it } from "vitest";
import type { HomingError } from "../error.ts";
import type { Message } from "../message/message.ts";
import { type StepName, stepOf } from "../testing/journey.ts";
import { TestSystem } from "../testing/test-system.ts";
import { bulkRetry } from "./bulk-retry.ts";
import { retry } from "./operate.ts";
import { bulkResolve, resolve } from "./resolve.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

const FAILED = ["claim", "fail"] as const;
const RUN = { limit: 100, correlationId: "call-2" };

async function travelled(way: readonly StepName[], over: Partial<Message> = {}): Promise<Message> {
  const { messageId } = await system.put(over);
  for (const name of way) await system.store.apply(messageId, stepOf(name, await system.read(messageId)));
  return system.read(messageId);
}

const refusal = (message: Message): Promise<HomingError> =>
  resolve(system.deps, message, "call-2").then(
    () => expect.fail("it was not refused"),
    (error: HomingError) => error,
  );

describe("resolving a failure", () => {
  it("leaves the message as it is, but for when, and by which call", async () => {
    const failed = await travelled(FAILED);
    const resolved = await resolve(system.deps, failed, "call-2");
    const { resolvedAt, revision, history, updatedAt, writeId, ...rest } = resolved;
    expect(failed).toMatchObject(rest);
    expect([resolvedAt, updatedAt, revision]).toEqual([
      system.clock.time,
      system.clock.time,
      failed.revision + 1,
    ]);
    expect(history.at(-1)).toEqual({
      at: system.clock.time,
      from: "FAILED",
      to: "FAILED",
      reason: "RESOLVED",
      correlationId: "call-2",
    });
  });

  it.each<[string, readonly StepName[], Partial<Message>]>([
    ["one that waits", [], {}],
    ["one that was delivered", ["claim", "complete"], {}],
    ["one that was cancelled", ["cancel"], {}],
    ["one that was resolved", [...FAILED, "resolve"], {}],
    ["one that others wait for", FAILED, { orderingKey: "order-1", afterFailure: "block" }],
  ])("refuses %s", async (_, way, over) => {
    const message = await travelled(way, over);
    expect(await refusal(message)).toMatchObject({ code: "CONFLICT", retryable: false });
    expect(await system.read(message.messageId)).toEqual(message);
  });

  it("refuses one that was retried since it was read: it may fail anew, and nobody has dealt with that", async () => {
    const failed = await travelled(FAILED);
    await retry(system.deps, failed, "call-1");
    expect((await refusal(failed)).code).toBe("CONFLICT");
    await system.store.apply(failed.messageId, stepOf("claim", await system.read(failed.messageId)));
    await system.store.apply(failed.messageId, stepOf("fail", await system.read(failed.messageId)));
    expect((await refusal(failed)).code).toBe("CONFLICT");
    expect(await system.read(failed.messageId)).not.toHaveProperty("resolvedAt");
  });

  it("is taken back by a retry: what fails again calls for attention again", async () => {
    const resolved = await travelled([...FAILED, "resolve"]);
    const retried = await retry(system.deps, resolved, "call-2");
    expect(retried).not.toHaveProperty("resolvedAt");
  });
});

describe("resolving many", () => {
  it("takes what has failed and matches, once, and skips what others wait for", async () => {
    for (const senderId of ["acme", "acme", "globex"]) await travelled(FAILED, { senderId });
    await travelled([], { senderId: "acme" });
    await travelled(FAILED, { senderId: "acme", orderingKey: "order-1", afterFailure: "block" });
    const filter = { senderId: "acme" };
    expect(await bulkResolve(system.deps, filter, { ...RUN, dryRun: true })).toEqual({ done: 3, skipped: 0 });
    expect(await bulkResolve(system.deps, filter, RUN)).toEqual({ done: 2, skipped: 1 });
    expect(await bulkResolve(system.deps, filter, RUN)).toEqual({ done: 0, skipped: 1 });
    expect(await bulkResolve(system.deps, {}, RUN)).toEqual({ done: 1, skipped: 1 });
  });

  it("keeps them from a retry of all that failed, unless that asks for them", async () => {
    const [resolved, open] = [await travelled([...FAILED, "resolve"]), await travelled(FAILED)];
    expect(await bulkRetry(system.deps, {}, RUN)).toEqual({ done: 1, skipped: 0 });
    expect((await system.read(open.messageId)).status).toBe("QUEUED");
    expect((await system.read(resolved.messageId)).status).toBe("FAILED");
    expect(await bulkRetry(system.deps, { resolved: true }, RUN)).toEqual({ done: 1, skipped: 0 });
    expect((await system.read(resolved.messageId)).status).toBe("QUEUED");
  });
});
