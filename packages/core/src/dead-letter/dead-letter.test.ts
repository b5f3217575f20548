import { beforeEach, describe, expect, it } from "vitest";
import { MINUTE } from "../duration.ts";
import * as Claims from "../message/claims.ts";
import { encodeCopy } from "../message/copy.ts";
import type { Message } from "../message/message.ts";
import { newMessageId } from "../message/message-id.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { failing } from "../testing/faulty-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem, VISIBILITY_MS } from "../testing/test-system.ts";
import { consumeDeadLetter } from "./dead-letter.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** A record of the copy that starts this attempt. */
const recordOf = (message: Message, attempt: number) => ({
  messageId: message.messageId,
  correlationId: "call-1",
  body: encodeCopy({ ...message, attempt: attempt - 1, sendId: "s" }, buildPayload()),
});
const consume = (message: Message, attempt: number) =>
  consumeDeadLetter(system.deps, recordOf(message, attempt));

const queued = { status: "QUEUED", sendId: "s", attempt: 4 } as const;
const pending = { status: "PENDING", attempt: 4 } as const;
const running = { status: "PROCESSING", claimId: "c", attempt: 5, leaseUntil: NOON + MINUTE } as const;

async function finished(status: "COMPLETED" | "FAILED" | "CANCELLED"): Promise<Message> {
  const { dueAt: _, ...rest } = buildMessage({ status, attempt: 4, unknowns: 3 });
  const message = { ...rest, finishedAt: NOON, expiresAt: NOON + MINUTE };
  await system.store.insert(message);
  return message;
}

describe("a copy in the dead-letter queue", () => {
  it.each<[string, Partial<Message>, number]>([
    ["of an attempt that was made, while the message is queued again", { ...queued, unknowns: 3 }, 4],
    ["of an attempt that was made, while the message waits", { ...pending, unknowns: 3 }, 4],
    ["of an attempt that is far in the past", { ...queued, unknowns: 3 }, 1],
    ["of an attempt that is to come", { ...queued, unknowns: 3 }, 6],
    ["whose attempt is running", { ...running, unknowns: 3 }, 5],
    [
      "whose attempt has lost its worker: its lease is the reconciler's",
      { ...running, leaseUntil: NOON - 1 },
      5,
    ],
    ["of a message that waits anyway", pending, 5],
  ])("%s is dropped, and the message left alone", async (_name, over, attempt) => {
    const message = await system.put(over);
    expect(await consume(message, attempt)).toBe("done");
    expect(await system.read(message.messageId)).toEqual(message);
    expect(system.observer.lines.at(-1)).toMatchObject({
      event: "dead_letter",
      fields: { action: "dropped" },
    });
  });

  it.each(["COMPLETED", "FAILED", "CANCELLED"] as const)(
    "of a message that is %s is dropped",
    async (status) => {
      const message = await finished(status);
      expect(await consume(message, 5)).toBe("done");
      expect(await system.read(message.messageId)).toEqual(message);
    },
  );

  it.each([
    ["QUEUED", queued],
    ["PENDING", pending],
  ] as const)("of a message whose last three workers died fails it: %s", async (_status, over) => {
    const message = await system.put({ ...over, unknowns: 3 });
    expect(await consume(message, 5)).toBe("done");
    expect(await system.read(message.messageId)).toMatchObject({
      status: "FAILED",
      failureReason: "DEAD_LETTERED",
      finishedAt: NOON,
    });
  });

  it("of a message two of whose workers died does not", async () => {
    const message = await system.put({ ...queued, unknowns: 2 });
    await consume(message, 5);
    expect((await system.read(message.messageId)).status).toBe("PENDING");
  });

  it("that was the message's own gives it back, due now, and it is delivered", async () => {
    const notBefore = NOON - MINUTE;
    const message = await system.put({ ...queued, notBefore });
    expect(await consume(message, 5)).toBe("done");
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "COPY_DEAD_LETTERED",
      dueAt: NOON,
      notBefore,
    });
    await reconcile(system.deps, "run");
    await system.work();
    expect(await system.read(message.messageId)).toMatchObject({ status: "COMPLETED", attempt: 5 });
  });

  it("that cannot be read counts as the message's own", async () => {
    const message = await system.put(queued);
    const record = { messageId: message.messageId, correlationId: "call-1", body: "poison" };
    expect(await consumeDeadLetter(system.deps, record)).toBe("done");
    expect((await system.read(message.messageId)).pendingReason).toBe("COPY_DEAD_LETTERED");
  });

  it("that cannot be read says nothing against a message whose attempt is running", async () => {
    const message = await system.put({ ...running, unknowns: 3 });
    const record = { messageId: message.messageId, correlationId: "call-1", body: "poison" };
    expect(await consumeDeadLetter(system.deps, record)).toBe("done");
    expect(await system.read(message.messageId)).toEqual(message);
    expect(system.observer.lines.at(-1)).toMatchObject({ fields: { action: "dropped" } });
  });

  it.each<[string, string | undefined]>([
    ["names no message", undefined],
    ["names one that is not there", newMessageId(NOON)],
  ])("that %s stays there, to be seen", async (_name, messageId) => {
    const record = { body: "poison", ...(messageId === undefined ? {} : { messageId }) };
    expect(await consumeDeadLetter(system.deps, record)).toBe("return");
    expect(system.observer.lines).toMatchObject([{ level: "error", event: "dead_letter_unknown" }]);
  });

  it.each(["get", "apply returnDeadLettered"] as const)(
    "stays there while the storage fails: %s",
    async (call) => {
      const message = await system.put(queued);
      system.faults = failing(call, "before");
      expect(await consume(message, 5)).toBe("return");
      expect(await consume(message, 5)).toBe("done");
      expect((await system.read(message.messageId)).pendingReason).toBe("COPY_DEAD_LETTERED");
    },
  );

  it("loses to whoever moves the message in the meantime", async () => {
    const message = await system.put(queued);
    system.faults = (call) => {
      if (call === "apply returnDeadLettered") {
        const at = { now: NOON, correlationId: "w", token: "their claim" };
        void system.store.apply(message.messageId, Claims.claim(5, at, MINUTE));
      }
      return undefined;
    };
    expect(await consume(message, 5)).toBe("done");
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PROCESSING",
      claimId: "their claim",
    });
  });

  it("is counted, for the alarm", async () => {
    await consume(await system.put(queued), 5);
    expect(system.observer.count("DeadLettered")).toBe(1);
    expect(JSON.stringify(system.observer.lines)).not.toContain("hidden");
  });

  it("after ten receives by workers that never got to their claim is given back, not lost", async () => {
    const message = await system.put({ dueAt: NOON });
    await reconcile(system.deps, "run");
    system.faults = (call) => (call === "apply claim" ? "before" : undefined);
    for (let receives = 0; receives < 11; receives += 1) {
      await system.work();
      system.clock.advance(VISIBILITY_MS);
    }
    const [dead] = system.memoryQueue.receiveDead();
    if (!dead) throw new Error("one is there");
    expect(await consumeDeadLetter(system.deps, dead)).toBe("done");
    expect(await system.read(message.messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "COPY_DEAD_LETTERED",
      attempt: 0,
    });
  });
});
