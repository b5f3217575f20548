/** What every endpoint store guarantees. The memory store and the DynamoDB store run the same suite. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON, type TestClock } from "../testing/test-clock.ts";
import { nextToken } from "../testing/tokens.ts";
import type { Endpoint } from "./endpoint.ts";
import { DELETED_KEPT_MS, drained, reconfigure, remove, setState } from "./endpoint-change.ts";
import type { EndpointOwner, EndpointPlace, EndpointStore } from "./endpoint-store.ts";
import { failing as failingChange, recovered } from "./health-change.ts";
import { HEALTH_POLICY } from "./health-policy.ts";
import { itKeepsPaces } from "./pace.contract.ts";

export interface EndpointStoreSubject {
  readonly store: EndpointStore;
  /** What the store was given as its clock. */
  readonly clock: TestClock;
  readonly close?: () => Promise<void>;
}

let senders = 0;
const nextSender = () => `sender-${++senders}`;
const at = (now: number) => ({ now, token: nextToken() });

export function describeEndpointStoreContract(
  name: string,
  makeStore: () => Promise<EndpointStoreSubject>,
): void {
  describe(name, () => {
    let subject: EndpointStoreSubject;
    let store: EndpointStore;
    beforeAll(async () => {
      subject = await makeStore();
      store = subject.store;
    });
    afterAll(() => subject.close?.());

    const put = async (over: Partial<Endpoint> = {}): Promise<Endpoint> => {
      const endpoint = buildEndpoint({ senderId: nextSender(), ...over });
      expect(await store.insert(endpoint)).toEqual({ inserted: true, endpoint });
      return endpoint;
    };

    async function listAll(attention: boolean, limit = 3): Promise<string[]> {
      const ids: string[] = [];
      let after: EndpointPlace | undefined;
      do {
        const page = await store.list({ attention, limit, ...(after === undefined ? {} : { after }) });
        expect(page.endpoints.length).toBeLessThanOrEqual(limit);
        ids.push(...page.endpoints.map(({ endpointId }) => endpointId));
        after = page.next;
      } while (after !== undefined);
      return ids;
    }

    it("keeps an endpoint as it was given, and knows no other", async () => {
      const full = await put({
        description: "billing – 📦",
        eventTypes: ["invoice.*", "user.created"],
        channels: ["project_7"],
        headers: { "X-Api-Key": "secret", "x-empty": "" },
        metadata: { team: "billing", constructor: "1" },
        svixHeaders: true,
        retrySchedule: ["30s", "2h"],
        rateLimit: { count: 100, period: "1m" },
        rateSince: NOON,
        sealedSecret: "c2VhbGVk",
        idempotencyKey: "key-1",
        state: "DISABLED",
        stateReason: "GONE",
        generation: 3,
        previousSecrets: [
          { generation: 2, sealedSecret: "b2xk", validUntil: NOON + MINUTE },
          { generation: 1, validUntil: NOON },
        ],
        draining: true,
        announce: [{ type: "message.failed", at: NOON, body: '{"type":"message.failed"}' }],
        dueAt: NOON,
        failingSince: NOON,
        failures: 3,
        failingAnnounced: true,
        messageFailedAt: NOON,
      });
      const plain = await put();
      for (const endpoint of [full, plain]) {
        expect(await store.get(endpoint.senderId, endpoint.endpointId)).toEqual(endpoint);
        expect(await store.find(endpoint.endpointId)).toEqual(endpoint);
      }
      expect(await store.find(buildEndpoint().endpointId)).toBeUndefined();
      expect(await store.get("another", plain.endpointId)).toBeUndefined();
    });

    itKeepsPaces(() => store);

    it("reads many at once, each of its own sender, each once, and no others", async () => {
      const made = await Promise.all(Array.from({ length: 105 }, () => put()));
      const [first, second] = made as [Endpoint, Endpoint];
      const deleted = await store.change(second, remove(second, at(subject.clock.now())));
      const found = await store.getMany([
        ...made,
        first,
        buildEndpoint(),
        { senderId: "another", endpointId: first.endpointId },
      ]);
      const byId = (a: Endpoint, b: Endpoint) => (a.endpointId < b.endpointId ? -1 : 1);
      const expected = made.map((one) => (one === second ? deleted : one) as Endpoint);
      expect([...found].sort(byId)).toEqual(expected.sort(byId));
      expect(await store.getMany([])).toEqual([]);
    });

    it("stores an endpoint once: a second one of the same id changes nothing", async () => {
      const endpoint = await put();
      const second = { ...endpoint, url: "https://other.example/", writeId: nextToken() };
      expect(await store.insert(second)).toEqual({ inserted: false, endpoint });
      // The same write again, after its answer was lost.
      expect(await store.insert(endpoint)).toEqual({ inserted: true, endpoint });
      expect(await store.find(endpoint.endpointId)).toEqual(endpoint);
    });

    it("changes what a change names and nothing else, only as it was read", async () => {
      const endpoint = await put({ description: "old", eventTypes: ["a"], metadata: { a: "1" } });
      const change = reconfigure(
        endpoint,
        { url: "https://new.example/", headers: { "x-a": "1" }, channels: ["c"], svixHeaders: true },
        at(NOON + MINUTE),
      );
      const { description: _, eventTypes: __, metadata: ___, ...rest } = endpoint;
      const expected = {
        ...rest,
        url: "https://new.example/",
        headers: { "x-a": "1" },
        channels: ["c"],
        svixHeaders: true,
        updatedAt: NOON + MINUTE,
        revision: 2,
        writeId: change.set.writeId,
      };
      expect(await store.change(endpoint, change)).toEqual(expected);
      expect(await store.find(endpoint.endpointId)).toEqual(expected);
      // Again, after its answer was lost: it is known by its token.
      expect(await store.change(endpoint, change)).toEqual(expected);
      // Somebody else's, decided from the first reading.
      const late = setState(endpoint, "DISABLED", "REQUESTED", at(NOON + MINUTE));
      expect(late && (await store.change(endpoint, late))).toBeUndefined();
      expect(await store.find(endpoint.endpointId)).toEqual(expected);
    });

    it("changes no endpoint that is not there", async () => {
      const endpoint = buildEndpoint();
      expect(await store.change(endpoint, remove(endpoint, at(NOON)))).toBeUndefined();
      expect(await store.find(endpoint.endpointId)).toBeUndefined();
    });

    it("answers those that are due, the longest first, page by page, until they no longer are", async () => {
      const base = NOON - 365 * DAY;
      const made = [
        await put({ state: "DISABLED", dueAt: base + 3 }),
        await put({ dueAt: base + 1 }),
        await put({ dueAt: base + 2 }),
        await put({ dueAt: base + 4 }),
        await put(),
      ];
      const dueUntil = async (until: number, limit: number) => {
        const found: EndpointOwner[] = [];
        let from: string | undefined;
        do {
          const page = await store.due(until, limit, from);
          expect(page.endpoints.length).toBeLessThanOrEqual(limit);
          found.push(...page.endpoints);
          from = page.next;
        } while (from !== undefined);
        return found;
      };
      const rowsOf = (...indexes: readonly number[]) =>
        indexes.map((index) => ({ senderId: made[index]?.senderId, endpointId: made[index]?.endpointId }));
      expect(await dueUntil(base + 3, 100)).toEqual(rowsOf(1, 2, 0));
      expect(await dueUntil(base + 3, 1)).toEqual(rowsOf(1, 2, 0));
      expect(await dueUntil(base, 100)).toEqual([]);

      const [disabled, active] = made as [Endpoint, Endpoint];
      const late = NOON + HOUR;
      const end = drained(active, late, at(late));
      const { dueAt: _, ...rest } = active;
      expect(end && (await store.change(active, end))).toEqual({
        ...rest,
        revision: 2,
        updatedAt: late,
        writeId: end?.set.writeId,
      });
      // Paused again: what is held stays.
      const pause = setState(disabled, "PAUSED", "REQUESTED", at(NOON));
      if (pause) await store.change(disabled, pause);
      expect(await dueUntil(base + 3, 100)).toEqual(rowsOf(2));
      const paused = await store.get(disabled.senderId, disabled.endpointId);
      const activation = paused && setState(paused, "ACTIVE", "REQUESTED", at(base));
      if (paused && activation) await store.change(paused, activation);
      expect(await dueUntil(base + 3, 100)).toEqual(rowsOf(0, 2));
      for (const [index, endpoint] of made.entries()) {
        const current = await store.get(endpoint.senderId, endpoint.endpointId);
        const over = index < 4 && current && drained(current, late, at(late));
        if (over && current) await store.change(current, over);
      }
      expect(await dueUntil(NOON - DAY, 100)).toEqual([]);
    });

    it("answers those that fail and are active, and no others, however they came to that", async () => {
      const failing = { failingSince: NOON, failures: 2 };
      const made = [
        await put(failing),
        await put(),
        await put({ ...failing, state: "PAUSED" }),
        await put({ ...failing, state: "DISABLED" }),
      ];
      const [one, well, paused] = made as [Endpoint, Endpoint, Endpoint];
      const ids = async () => {
        const found = await store.failing(1_000);
        return made.flatMap(({ endpointId }, index) =>
          found.some((endpoint) => endpoint.endpointId === endpointId) ? [index] : [],
        );
      };
      expect(await ids()).toEqual([0]);
      expect(await store.failing(1_000)).toContainEqual(one);
      const told = { since: NOON, count: 1, failure: { at: NOON, messageId: "msg_1" } };
      const changes = [
        [well, failingChange(well, told, at(NOON + MINUTE), HEALTH_POLICY)],
        [one, recovered(one, at(NOON + MINUTE))],
        [paused, remove(paused, at(subject.clock.now()))],
      ] as const;
      for (const [endpoint, change] of changes) if (change) await store.change(endpoint, change);
      expect(await ids()).toEqual([1]);
      const failed = await store.get(well.senderId, well.endpointId);
      const disabled = failed && setState(failed, "DISABLED", "FAILING", at(NOON + HOUR));
      if (failed && disabled) await store.change(failed, disabled);
      expect(await ids()).toEqual([]);
      expect(await store.failing(1)).toHaveLength(Math.min(1, (await store.failing(2)).length));
    });

    it("has raised the sender's version when a change is answered, also one that had been made before", async () => {
      const senderId = nextSender();
      expect(await store.version(senderId)).toBe(0);
      const seen = [0];
      const expectRaised = async () => {
        const version = await store.version(senderId);
        expect(version).toBeGreaterThan(Math.max(...seen));
        seen.push(version);
      };
      const endpoint = await put({ senderId });
      await expectRaised();
      await store.insert(endpoint);
      await expectRaised();
      await store.insert({ ...endpoint, writeId: nextToken() });
      await expectRaised();
      const change = remove(endpoint, at(NOON));
      await store.change(endpoint, change);
      await expectRaised();
      await store.change(endpoint, change);
      await expectRaised();
      await store.raiseVersion(senderId);
      await expectRaised();
      await put();
      expect(await store.version(senderId)).toBe(Math.max(...seen));
    });

    it("lists a sender's own endpoints, deleted ones as long as they are known", async () => {
      const senderId = nextSender();
      const endpoints = [await put({ senderId }), await put({ senderId, state: "DISABLED" })];
      await put();
      expect(new Set(await store.listOf(senderId))).toEqual(new Set(endpoints));
      expect(await store.listOf(nextSender())).toEqual([]);

      const [first] = endpoints;
      const deleted = first && (await store.change(first, remove(first, at(subject.clock.now()))));
      expect(deleted?.state).toBe("DELETED");
      expect(new Set(await store.listOf(senderId))).toEqual(new Set([deleted, endpoints[1]]));
    });

    it("forgets a deleted endpoint in time: then the id is free", async () => {
      const endpoint = await put();
      await store.change(endpoint, remove(endpoint, at(subject.clock.now())));
      expect((await store.insert({ ...endpoint, writeId: nextToken() })).inserted).toBe(false);
      subject.clock.advance(DELETED_KEPT_MS - SECOND);
      expect((await store.find(endpoint.endpointId))?.state).toBe("DELETED");
      subject.clock.advance(SECOND);
      expect(await store.find(endpoint.endpointId)).toBeUndefined();
      expect(await store.listOf(endpoint.senderId)).toEqual([]);
      const again = { ...endpoint, writeId: nextToken() };
      expect(await store.insert(again)).toEqual({ inserted: true, endpoint: again });
      expect(await store.find(endpoint.endpointId)).toEqual(again);
    });

    it("holds as many endpoints of a sender as it may have, each as large as it may be", async () => {
      const senderId = nextSender();
      const headers = { "x-a": "v".repeat(4_000) };
      const made = await Promise.all(Array.from({ length: 300 }, () => put({ senderId, headers })));
      const listed = await store.listOf(senderId);
      expect(new Set(listed.map(({ endpointId }) => endpointId))).toEqual(
        new Set(made.map(({ endpointId }) => endpointId)),
      );
      await Promise.all(made.map((one) => store.change(one, remove(one, at(subject.clock.now())))));
    });

    it("lists everybody's, newest first, page by page; those that are not active apart, no deleted ones", async () => {
      const base = NOON + 10 * MINUTE;
      const made: Endpoint[] = [];
      for (let index = 0; index < 8; index += 1) {
        const state = index % 2 === 0 ? "ACTIVE" : "DISABLED";
        // Pairs of the same millisecond.
        made.push(await put({ createdAt: base + Math.floor(index / 2), state }));
      }
      const own = new Set(made.map(({ endpointId }) => endpointId));
      const expected = [...made]
        .sort((a, b) => b.createdAt - a.createdAt || (a.endpointId < b.endpointId ? 1 : -1))
        .map(({ endpointId }) => endpointId);
      const ofOwn = async (inactive: boolean) => (await listAll(inactive)).filter((id) => own.has(id));
      expect(await ofOwn(false)).toEqual(expected);
      const isDisabled = new Set(
        made.filter(({ state }) => state === "DISABLED").map((one) => one.endpointId),
      );
      expect(await ofOwn(true)).toEqual(expected.filter((id) => isDisabled.has(id)));

      const [first, second] = made as [Endpoint, Endpoint];
      const active = setState(second, "ACTIVE", "REQUESTED", at(base));
      if (active) await store.change(second, active);
      await store.change(first, remove(first, at(subject.clock.now())));
      expect(await ofOwn(false)).toEqual(expected.filter((id) => id !== first.endpointId));
      isDisabled.delete(second.endpointId);
      expect(await ofOwn(true)).toEqual(expected.filter((id) => isDisabled.has(id)));
    });
  });
}
