import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOUR, MINUTE } from "../../duration.ts";
import type { HistoryEntry, Message } from "../../message/message.ts";
import type { Condition, Transition } from "../../message/transition.ts";
import { buildMessage, buildWaiting } from "../../testing/build-message.ts";
import { JOURNEYS, JOURNEYS_IN_LANES, RETENTION_MS, type StepName, stepOf } from "../../testing/journey.ts";
import { nextToken } from "../../testing/tokens.ts";
import { type MakeStore, type StoreSubject, take, travel } from "./subject.ts";

/** A message that carries every attribute acceptance can give it. */
function fullMessage(): Message {
  const message = buildMessage();
  return {
    ...message,
    idempotencyKey: "order 42",
    deliverAt: message.createdAt + 2 * MINUTE,
    deliverBy: message.createdAt + 48 * HOUR,
  };
}

/** A write that differs from one that would take effect in its condition only. */
function probe(when: Condition): Transition {
  const token = nextToken();
  return {
    name: "probe",
    when,
    token: { attribute: "writeId", value: token },
    set: { status: "CANCELLED", dueAt: 1 },
    remove: ["notBefore"],
    entry: { at: 1, to: "CANCELLED", reason: "CANCELLED", correlationId: "probe" },
    listGroup: "CANCELLED",
  };
}

export function describeTransitions(makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  describe("a transition", () => {
    it.each(Object.entries(JOURNEYS))(
      "does what the lifecycle says, each on the way of a message: %s",
      async (_name, names) => {
        await travel(subject.store, fullMessage(), names);
      },
    );

    it.each(Object.entries(JOURNEYS_IN_LANES))(
      "does the same to a message that waits for others: %s",
      async (_name, names) => {
        await travel(subject.store, buildWaiting(), names);
      },
    );

    it("lets nobody claim what waits for its turn, but whoever saw it at the head", async () => {
      const message = await travel(subject.store, buildWaiting(), ["awaitTurn"]);
      const claim = await subject.store.apply(message.messageId, stepOf("claim", message));
      expect(claim).toEqual({ applied: false, message });
      await take(subject.store, message, stepOf("release", message));
    });

    it("adds one to the revision each time", async () => {
      const message = await travel(subject.store, fullMessage(), ["enqueue", "rollback", "enqueue", "claim"]);
      expect(message.revision).toBe(5);
      expect((await subject.store.get(message.messageId))?.revision).toBe(5);
    });

    it("leaves every attribute it does not name as it was", async () => {
      const { store } = subject;
      const before = await travel(store, fullMessage(), [
        "claim",
        "retrySoon",
        "enqueue",
        "rollback",
        "enqueue",
      ]);
      await store.apply(before.messageId, {
        name: "probe",
        when: { status: ["QUEUED"] },
        token: { attribute: "writeId", value: "the-token" },
        set: { orphans: 7 },
        remove: ["lastErrorCode"],
        entry: { at: before.updatedAt, to: "QUEUED", reason: "ORPHANED", correlationId: "c" },
      });
      const { history, lastErrorCode, ...rest } = before;
      expect(lastErrorCode).toBe("QUEUE_UNAVAILABLE");
      expect(await store.get(before.messageId)).toEqual({
        ...rest,
        orphans: 7,
        writeId: "the-token",
        revision: before.revision + 1,
        history: [
          ...history,
          { at: before.updatedAt, from: "QUEUED", to: "QUEUED", reason: "ORPHANED", correlationId: "c" },
        ],
      });
    });

    it("creates nothing where there is no message", async () => {
      const { messageId } = buildMessage();
      const transition = stepOf("cancel", buildMessage({ messageId }));
      expect(await subject.store.apply(messageId, transition)).toEqual({ applied: false });
      expect(await subject.store.get(messageId)).toBeUndefined();
    });

    it("finds no message past its expiry", async () => {
      const { store, clock } = subject;
      const cancelled = await travel(store, buildMessage({ createdAt: clock.now() }), ["cancel"]);
      const before = clock.time;
      clock.time = cancelled.expiresAt ?? 0;
      const result = await store.apply(cancelled.messageId, probe({ status: ["CANCELLED"] }));
      clock.time = before;
      expect(result).toEqual({ applied: false });
      expect(await store.get(cancelled.messageId)).toEqual(cancelled);
    });
  });

  describe("a condition", () => {
    const cases: ReadonlyArray<{
      guard: string;
      way: readonly StepName[];
      holds: (message: Message) => Condition;
      lost: (message: Message) => Condition;
    }> = [
      {
        guard: "status",
        way: ["enqueue"],
        holds: () => ({ status: ["PENDING", "QUEUED"] }),
        lost: () => ({ status: ["PENDING", "PROCESSING"] }),
      },
      {
        guard: "revision",
        way: ["enqueue", "rollback"],
        holds: ({ revision }) => ({ status: ["PENDING"], revision }),
        lost: ({ revision }) => ({ status: ["PENDING"], revision: revision - 1 }),
      },
      {
        guard: "sendId",
        way: ["enqueue", "rollback", "enqueue"],
        holds: ({ sendId }) => ({ status: ["QUEUED"], sendId: sendId ?? "" }),
        lost: () => ({ status: ["QUEUED"], sendId: "of-another-enqueue" }),
      },
      {
        guard: "sendId of a message that was never enqueued",
        way: [],
        holds: () => ({ status: ["PENDING"] }),
        lost: () => ({ status: ["PENDING"], sendId: "of-another-enqueue" }),
      },
      {
        guard: "claimId",
        way: ["claim"],
        holds: ({ claimId }) => ({ status: ["PROCESSING"], claimId: claimId ?? "" }),
        lost: () => ({ status: ["PROCESSING"], claimId: "of-another-worker" }),
      },
      {
        guard: "attempt",
        way: ["claim", "retryLater"],
        holds: () => ({ status: ["PENDING"], attempt: 1 }),
        lost: () => ({ status: ["PENDING"], attempt: 0 }),
      },
      {
        guard: "lease",
        way: ["claim"],
        holds: ({ leaseUntil = 0 }) => ({ status: ["PROCESSING"], leaseOverAt: leaseUntil }),
        lost: ({ leaseUntil = 0 }) => ({ status: ["PROCESSING"], leaseOverAt: leaseUntil - 1 }),
      },
      {
        guard: "turn that it need not wait for",
        way: ["enqueue"],
        holds: () => ({ status: ["QUEUED"], waitsForTurn: false }),
        lost: () => ({ status: ["QUEUED"], waitsForTurn: true }),
      },
      {
        guard: "lease of a message that holds none",
        way: ["enqueue"],
        holds: () => ({ status: ["QUEUED"] }),
        lost: () => ({ status: ["QUEUED"], leaseOverAt: Number.MAX_SAFE_INTEGER }),
      },
    ];

    it.each(cases)("on the $guard lets the write through while it holds", async ({ way, holds }) => {
      const message = await travel(subject.store, fullMessage(), way);
      await take(subject.store, message, probe(holds(message)));
    });

    it.each(cases)(
      "on the $guard refuses the write, changes nothing and shows the message",
      async ({ way, lost }) => {
        const message = await travel(subject.store, fullMessage(), way);
        const result = await subject.store.apply(message.messageId, probe(lost(message)));
        expect(result).toEqual({ applied: false, message });
        expect(await subject.store.get(message.messageId)).toEqual(message);
      },
    );

    it("on the attempts left refuses the write after the last attempt only", async () => {
      const when: Condition = { status: ["PROCESSING"], attemptsLeft: true };
      const last = await travel(subject.store, { ...fullMessage(), attemptLimit: 1 }, ["claim"]);
      expect(await subject.store.apply(last.messageId, probe(when))).toEqual({
        applied: false,
        message: last,
      });
      const another = await travel(subject.store, { ...fullMessage(), attemptLimit: 2 }, ["claim"]);
      await take(subject.store, another, probe(when));
    });
  });

  describe("a write that is repeated because its answer was lost", () => {
    const cases: ReadonlyArray<[StepName, readonly StepName[]]> = [
      ["enqueue", []],
      ["rollback", ["enqueue"]],
      ["claim", ["enqueue"]],
      ["takeOver", ["claim"]],
      ["complete", ["claim"]],
      ["fail", ["claim"]],
      ["retryLater", ["claim"]],
      ["leaseOver", ["claim"]],
      ["awaitLease", ["claim"]],
      ["orphan", ["enqueue"]],
      ["giveUp", []],
      ["deadLetter", ["enqueue"]],
      ["returnDeadLettered", ["enqueue"]],
      ["sendNow", ["claim", "retryLater"]],
      ["manualRetry", ["giveUp"]],
      ["cancel", ["enqueue"]],
    ];

    it.each(cases)("knows itself by its token and changes nothing more: %s", async (name, way) => {
      const before = await travel(subject.store, fullMessage(), way);
      const transition = stepOf(name, before);
      const after = await take(subject.store, before, transition);
      expect(await subject.store.apply(before.messageId, transition)).toEqual({
        applied: true,
        message: after,
      });
      expect(await subject.store.get(before.messageId)).toEqual(after);
    });

    it.each(cases)("does not take another's equal write for its own: %s", async (name, way) => {
      const before = await travel(subject.store, fullMessage(), way);
      const foreign = stepOf(name, before);
      // Moving `dueAt` to the lease's end is no transition: everybody who tries it may.
      const after = await take(subject.store, before, stepOf(name, before));
      const result = await subject.store.apply(before.messageId, foreign);
      if (name === "awaitLease") expect(result.applied).toBe(true);
      else expect(result).toEqual({ applied: false, message: after });
    });

    it("knows itself also when the message has moved on", async () => {
      const pending = await travel(subject.store, fullMessage(), []);
      const enqueue = stepOf("enqueue", pending);
      const queued = await take(subject.store, pending, enqueue);
      const claimed = await take(subject.store, queued, stepOf("claim", queued));
      expect(await subject.store.apply(pending.messageId, enqueue)).toEqual({
        applied: true,
        message: claimed,
      });
    });
  });

  describe("the history", () => {
    it("keeps every entry in order, each starting where the one before it ended", async () => {
      const message = await travel(subject.store, fullMessage(), [
        "enqueue",
        "rollback",
        "enqueue",
        "claim",
        "fail",
      ]);
      const { history, historyOmitted } = (await subject.store.get(message.messageId)) ?? message;
      expect(historyOmitted).toBe(0);
      expect(history.map(({ from, to, reason }) => [from, to, reason])).toEqual([
        [null, "PENDING", "ACCEPTED"],
        ["PENDING", "QUEUED", "ENQUEUED"],
        ["QUEUED", "PENDING", "SEND_FAILED"],
        ["PENDING", "QUEUED", "ENQUEUED"],
        ["QUEUED", "PROCESSING", "CLAIMED"],
        ["PROCESSING", "FAILED", "TARGET_REJECTED"],
      ]);
    });

    it("names the status a blind write found, not the one most messages have", async () => {
      const message = await travel(subject.store, fullMessage(), ["enqueue", "rollback", "claim"]);
      expect((await subject.store.get(message.messageId))?.history.at(-1)).toMatchObject({
        from: "PENDING",
        to: "PROCESSING",
      });
    });

    it("keeps the first 10 and the latest 40, counts the rest, and stays coherent over the gap", async () => {
      const { store } = subject;
      let current = fullMessage();
      await store.insert(current);
      const all: HistoryEntry[] = [...current.history];
      const way: StepName[] = [
        ...Array.from({ length: 24 }, () => ["enqueue", "rollback"] as const).flat(),
        // Full from here on; claim and cancel are written without having read the message.
        "enqueue",
        "claim",
        "retrySoon",
        "claim",
        "retrySoon",
        "enqueue",
        "orphan",
        "enqueue",
        "cancel",
      ];
      for (const name of way) {
        const transition = stepOf(name, current);
        const { status } = current;
        current = await take(store, current, transition);
        const { at, to, reason, correlationId = current.correlationId } = transition.entry ?? expect.fail();
        all.push({ at, from: status, to, reason, correlationId });
        const { history, historyOmitted } = (await store.get(current.messageId)) ?? expect.fail();
        expect(history.length + historyOmitted).toBe(all.length);
        // A write that has not read the message cannot shorten its history: the next one does.
        expect(history.length).toBeLessThanOrEqual(transition.rewrittenHistory ? 50 : 51);
        expect(history).toEqual(
          historyOmitted ? [...all.slice(0, 10), ...all.slice(10 + historyOmitted)] : all,
        );
      }
      expect(all).toHaveLength(58);
    });
  });

  it("forgets a finished message when its retention is over", async () => {
    const { store, clock } = subject;
    const done = await travel(store, buildMessage({ createdAt: clock.now() }), ["claim", "complete"]);
    const before = clock.time;
    expect(done.expiresAt).toBe((done.finishedAt ?? 0) + RETENTION_MS);
    clock.time = (done.expiresAt ?? 0) - 1;
    expect(await store.get(done.messageId)).toEqual(done);
    clock.time = done.expiresAt ?? 0;
    expect(await store.get(done.messageId)).toBeUndefined();
    expect(await store.getMany([done.messageId])).toEqual([]);
    expect(await store.getDetail(done.messageId)).toBeUndefined();
    clock.time = before;
  });
}
