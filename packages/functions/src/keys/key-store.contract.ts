/** What every key store guarantees. The memory store and the DynamoDB store run the same suite. */
import { DAY, MINUTE } from "@homing/core/duration";
import { NOON, type TestClock } from "@homing/core/testing/test-clock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "./api-key.ts";
import type { KeyRecord, KeyStore } from "./key-store.ts";

export interface KeyStoreSubject {
  readonly store: KeyStore;
  /** What the store was given as its clock. */
  readonly clock: TestClock;
  readonly close?: () => Promise<void>;
}

let senders = 0;
const nextSender = () => `sender-${++senders}`;

function buildKey(over: Partial<KeyRecord> = {}): KeyRecord {
  const { keyId, hash } = newApiKey();
  return { keyId, hash, senderId: "acme", scopes: ["send", "read"], createdAt: NOON, ...over };
}

export function describeKeyStoreContract(name: string, makeStore: () => Promise<KeyStoreSubject>): void {
  describe(name, () => {
    let subject: KeyStoreSubject;
    let store: KeyStore;
    beforeAll(async () => {
      subject = await makeStore();
      store = subject.store;
    });
    afterAll(() => subject.close?.());

    async function listAll(senderId?: string, limit = 100): Promise<KeyRecord[]> {
      const keys: KeyRecord[] = [];
      let after: string | undefined;
      do {
        const page = await store.list({
          limit,
          ...(senderId === undefined ? {} : { senderId }),
          ...(after === undefined ? {} : { after }),
        });
        expect(page.keys.length).toBeLessThanOrEqual(limit);
        keys.push(...page.keys);
        after = page.next;
      } while (after !== undefined);
      return keys;
    }

    it("keeps a key as it was given, and knows no other", async () => {
      const named = buildKey({ name: "billing – 📦", scopes: ["operate"], senderId: "*" });
      const plain = buildKey();
      const expiring = buildKey({ expiresAt: subject.clock.now() + 90 * DAY + 1 });
      await store.create(named);
      await store.create(plain);
      await store.create(expiring);
      expect(await store.get(expiring.keyId)).toEqual(expiring);
      expect(await listAll()).toContainEqual(expiring);
      expect(await store.get(named.keyId)).toEqual(named);
      expect(await store.get(plain.keyId)).toEqual(plain);
      expect(await store.get(newApiKey().keyId)).toBeUndefined();
    });

    it("stores a key once, however often the call is repeated", async () => {
      const key = buildKey({ createdAt: NOON + DAY });
      await store.create(key);
      await store.create(key);
      expect((await listAll()).filter(({ keyId }) => keyId === key.keyId)).toEqual([key]);
    });

    it("lists all keys, the newest first, in pages of any size", async () => {
      const keys = [1, 2, 3, 4, 5].map((minutes) => buildKey({ createdAt: NOON + minutes * MINUTE }));
      for (const key of keys) await store.create(key);
      const ids = new Set(keys.map(({ keyId }) => keyId));
      for (const limit of [1, 2, 3, 100])
        expect((await listAll(undefined, limit)).filter(({ keyId }) => ids.has(keyId))).toEqual(
          keys.toReversed(),
        );
    });

    it("lists the keys of one sender, none of another and none twice, also such as were made at once", async () => {
      const [senderId, other] = [nextSender(), nextSender()];
      const keys = Array.from({ length: 7 }, () => buildKey({ senderId }));
      for (const key of keys) await store.create(key);
      await store.create(buildKey({ senderId: other }));
      const sortedById = (records: readonly KeyRecord[]) =>
        records.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
      for (const limit of [1, 3, 7, 100])
        expect(sortedById(await listAll(senderId, limit))).toEqual(sortedById(keys));
      expect(await listAll(nextSender())).toEqual([]);
    });

    it("never answers more keys than it is asked for, and says when there are none left", async () => {
      const senderId = nextSender();
      for (let made = 0; made < 3; made += 1)
        await store.create(buildKey({ senderId, createdAt: NOON + made }));
      const first = await store.list({ senderId, limit: 2 });
      expect(first.keys).toHaveLength(2);
      const second = await store.list({ senderId, limit: 2, after: first.next ?? "" });
      expect(second.keys).toHaveLength(1);
      expect(second.next).toBeUndefined();
    });

    it("counts the keys of a sender: all that are listed, and those in force", async () => {
      const senderId = nextSender();
      const now = subject.clock.now();
      expect(await store.count(senderId, now)).toEqual({ listed: 0, inForce: 0 });
      const keys = [1, 2, 3].map((made) => buildKey({ senderId, createdAt: NOON + made }));
      for (const key of keys) await store.create(key);
      await store.revoke(keys[1]?.keyId ?? "", subject.clock.now());
      expect(await store.count(senderId, now)).toEqual({ listed: 3, inForce: 2 });
    });

    it("counts a key that expires until it does, or is revoked", async () => {
      const senderId = nextSender();
      const now = subject.clock.now();
      const keys = [1, 2].map((minutes) => buildKey({ senderId, expiresAt: now + minutes * MINUTE }));
      for (const key of keys) await store.create(key);
      expect(await store.count(senderId, now + MINUTE - 1)).toEqual({ listed: 2, inForce: 2 });
      expect(await store.count(senderId, now + MINUTE)).toEqual({ listed: 2, inForce: 1 });
      await store.revoke(keys[1]?.keyId ?? "", now);
      expect(await store.count(senderId, now)).toEqual({ listed: 2, inForce: 1 });
      expect(await store.get(keys[1]?.keyId ?? "")).toEqual({ ...keys[1], revokedAt: now });
    });

    it("revokes a key for good: the first time counts, and it stays in the list", async () => {
      const key = buildKey();
      await store.create(key);
      const revoked = { ...key, revokedAt: NOON };
      expect(await store.revoke(key.keyId, NOON)).toEqual(revoked);
      expect(await store.revoke(key.keyId, NOON + MINUTE)).toEqual(revoked);
      expect(await store.get(key.keyId)).toEqual(revoked);
      expect(await listAll()).toContainEqual(revoked);
      expect(await listAll("acme")).toContainEqual(revoked);
    });

    it("does not revive a revoked key when its creation is repeated", async () => {
      const key = buildKey();
      await store.create(key);
      await store.revoke(key.keyId, NOON);
      await store.create(key).catch(() => undefined);
      expect((await store.get(key.keyId))?.revokedAt).toBe(NOON);
    });

    it("answers nothing when there is no key to revoke", async () => {
      expect(await store.revoke(newApiKey().keyId, NOON)).toBeUndefined();
    });

    it("introduces a sender once, whoever asks at the same time", async () => {
      const senderId = nextSender();
      expect(await store.getSender(senderId)).toBeUndefined();
      const first = await Promise.all([1, 2, 3].map(() => store.introduceSender(senderId)));
      expect(first.filter(Boolean)).toHaveLength(1);
      expect(await store.introduceSender(senderId)).toBe(false);
      expect(await store.getSender(senderId)).toEqual({ senderId, generation: 1, rotatedAt: [] });
    });

    it("raises the generation with each rotation and remembers when the latest were", async () => {
      const senderId = nextSender();
      expect(await store.rotateSender(senderId, NOON)).toEqual({
        senderId,
        generation: 2,
        rotatedAt: [NOON],
      });
      for (let minute = 1; minute <= 4; minute += 1)
        await store.rotateSender(senderId, NOON + minute * MINUTE);
      expect(await store.getSender(senderId)).toEqual({
        senderId,
        generation: 6,
        rotatedAt: [4, 3, 2, 1].map((minutes) => NOON + minutes * MINUTE),
      });
      expect(await store.introduceSender(senderId)).toBe(false);
    });

    it("rotates once for each call, however many come at the same time", async () => {
      const senderId = nextSender();
      const generations = await Promise.all(
        [1, 2, 3].map(async () => (await store.rotateSender(senderId, NOON)).generation),
      );
      expect(generations.sort()).toEqual([2, 3, 4]);
    });
  });
}
