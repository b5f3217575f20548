import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOUR } from "../../duration.ts";
import { buildMessage } from "../../testing/build-message.ts";
import { stepOf } from "../../testing/journey.ts";
import { nextToken } from "../../testing/tokens.ts";
import { type MakeStore, type StoreSubject, take, travel } from "./subject.ts";

export function describeInsertion(makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  describe("insert", () => {
    it("stores a new message, every attribute as given, times to the millisecond", async () => {
      const { store } = subject;
      const plain = buildMessage();
      const message = {
        ...plain,
        createdAt: plain.createdAt + 123,
        updatedAt: plain.createdAt + 123,
        idempotencyKey: 'order "42" / \\ ~',
        deliverAt: plain.createdAt + HOUR + 1,
        deliverBy: plain.createdAt + 2 * HOUR + 999,
        notBefore: plain.createdAt + HOUR + 1,
        dueAt: plain.createdAt + HOUR + 1,
        pendingReason: "SCHEDULED",
      } as const;
      expect(await store.insert(message)).toEqual({ applied: true, message });
      expect(await store.get(message.messageId)).toEqual(message);
    });

    it("leaves a message that is there untouched and shows it", async () => {
      const { store } = subject;
      const queued = await travel(store, buildMessage(), ["enqueue"]);
      const second = buildMessage({ messageId: queued.messageId, senderId: "other", requestHash: "other" });
      expect(await store.insert(second)).toEqual({ applied: false, message: queued });
      expect(await store.get(queued.messageId)).toEqual(queued);
    });

    it("counts as done when it is repeated with its own token", async () => {
      const { store } = subject;
      const message = buildMessage();
      await store.insert(message);
      expect(await store.insert(message)).toEqual({ applied: true, message });
      const queued = await take(store, message, stepOf("enqueue", message));
      expect(await store.insert(message)).toEqual({ applied: true, message: queued });
    });

    it("does not take an equal message under another token for its own", async () => {
      const { store } = subject;
      const message = buildMessage();
      await store.insert(message);
      expect(await store.insert({ ...message, writeId: nextToken() })).toEqual({ applied: false, message });
    });

    it("lets exactly one of many win", async () => {
      const { store } = subject;
      const { messageId } = buildMessage();
      const rivals = Array.from({ length: 20 }, () => buildMessage({ messageId }));
      const results = await Promise.all(rivals.map((rival) => store.insert(rival)));
      expect(results.filter(({ applied }) => applied)).toHaveLength(1);
      const winner = rivals[results.findIndex(({ applied }) => applied)];
      expect(new Set(results.map(({ message }) => message?.writeId))).toEqual(new Set([winner?.writeId]));
      expect(await store.get(messageId)).toEqual(winner);
    });

    it("puts a new message wholly in the place of one past its expiry", async () => {
      const { store, clock } = subject;
      const old = await travel(
        store,
        buildMessage({ createdAt: clock.now(), idempotencyKey: "old", deliverBy: clock.now() + 40 * HOUR }),
        ["enqueue", "rollback", "claim", "completeFirst"],
      );
      const before = clock.time;
      clock.time = old.expiresAt ?? 0;
      const next = buildMessage({ messageId: old.messageId, createdAt: clock.now() });
      expect(await store.insert(next)).toEqual({ applied: true, message: next });
      expect(await store.get(old.messageId)).toEqual(next);
      clock.time = before;
    });
  });

  describe("reading", () => {
    it("answers nothing for a message that is not there", async () => {
      const { messageId } = buildMessage();
      expect(await subject.store.get(messageId)).toBeUndefined();
      expect(await subject.store.getDetail(messageId)).toBeUndefined();
    });

    it.each([0, 1, 250])("many at once answers those that exist, of %d", async (count) => {
      const { store } = subject;
      const messages = Array.from({ length: count }, () => buildMessage());
      const stored = messages.filter((_, index) => index % 2 === 0);
      await Promise.all(stored.map((message) => store.insert(message)));
      const found = await store.getMany(messages.map(({ messageId }) => messageId));
      const byId = (a: { messageId: string }, b: { messageId: string }) =>
        a.messageId < b.messageId ? -1 : 1;
      expect([...found].sort(byId)).toEqual([...stored].sort(byId));
    });

    it("resolves a ping", async () => {
      await expect(subject.store.ping()).resolves.toBeUndefined();
    });
  });
}
