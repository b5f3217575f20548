/** What every event store guarantees. The memory store and the DynamoDB store run the same suite. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, SECOND } from "../duration.ts";
import { buildEvent, buildEventPayload } from "../testing/build-event.ts";
import { NOON, type TestClock } from "../testing/test-clock.ts";
import { nextToken } from "../testing/tokens.ts";
import type { Event } from "./event.ts";
import { append, expanded, giveUp, postpone, retry } from "./event-lifecycle.ts";
import type { EventListQuery, EventRow, EventStore } from "./event-store.ts";

export interface EventStoreSubject {
  readonly store: EventStore;
  /** What the store was given as its clock. */
  readonly clock: TestClock;
  readonly close?: () => Promise<void>;
}

let senders = 0;
const nextSender = () => `sender-${++senders}`;
const at = (now: number) => ({ now, token: nextToken() });

export function describeEventStoreContract(name: string, makeStore: () => Promise<EventStoreSubject>): void {
  describe(name, () => {
    let subject: EventStoreSubject;
    let store: EventStore;
    beforeAll(async () => {
      subject = await makeStore();
      store = subject.store;
    });
    afterAll(() => subject.close?.());

    const put = async (over: Partial<Event> = {}): Promise<Event> => {
      const event = buildEvent({ senderId: nextSender(), ...over });
      expect(await store.insert(event)).toEqual({ applied: true, event });
      return event;
    };

    async function listAll(query: Omit<EventListQuery, "limit" | "after">): Promise<string[]> {
      const rows: EventRow[] = [];
      let page: readonly EventRow[];
      do {
        const after = rows.at(-1);
        page = await store.list({ ...query, limit: 2, ...(after ? { after } : {}) });
        rows.push(...page);
      } while (page.length > 0);
      return rows.map(({ eventId }) => eventId);
    }

    it("keeps an event as it was given, and knows no other", async () => {
      const full = await put({
        channels: ["project_7", "project_8"],
        endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5",
        idempotencyKey: "key-1",
        deliverBy: NOON + DAY,
        matched: Array.from({ length: 1_000 }, (_, index) => `ep_${String(index).padStart(26, "0")}`),
        skipped: [{ endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F6", reason: "ENDPOINT_DISABLED" }],
      });
      const { dueAt: _, ...ended } = buildEvent({ status: "EXPANDED", matched: [], expandedAt: NOON });
      expect(await store.insert(ended)).toEqual({ applied: true, event: ended });
      for (const event of [full, ended]) expect(await store.get(event.eventId)).toEqual(event);
      expect(await store.get(buildEvent().eventId)).toBeUndefined();
    });

    it("stores an event once: a second one of the same id changes nothing", async () => {
      const event = await put();
      const second = { ...event, matched: [], writeId: nextToken() };
      expect(await store.insert(second)).toEqual({ applied: false, event });
      // The same write again, after its answer was lost.
      expect(await store.insert(event)).toEqual({ applied: true, event });
      expect(await store.get(event.eventId)).toEqual(event);
    });

    it("makes every transition as it is meant, and each once", async () => {
      let event = await put();
      for (const decide of [
        () => postpone(event, at(NOON + 1), 60_000),
        () => expanded(event, at(NOON + 2)),
        () => append(event, "ep_01KAMQ6H5T3VX9BBW1C2D3E4F7", at(NOON + 3), 30 * DAY),
        () => giveUp(event, at(NOON + 8 * DAY)),
        () => retry(event, at(NOON + 9 * DAY), 30 * DAY),
        () => expanded(event, at(NOON + 9 * DAY + 1)),
      ]) {
        const transition = decide();
        if (!transition) throw new Error("not offered");
        const expected: Record<string, unknown> = { ...event, ...transition.set };
        for (const attribute of transition.remove) delete expected[attribute];
        expect(await store.apply(event.eventId, transition)).toEqual({ applied: true, event: expected });
        // Again, after its answer was lost: it is known by its token.
        expect(await store.apply(event.eventId, transition)).toEqual({ applied: true, event: expected });
        event = expected as unknown as Event;
        expect(await store.get(event.eventId)).toEqual(event);
      }
    });

    it("makes no transition that was decided from an earlier state, and none of what is not there", async () => {
      const event = await put();
      const late = expanded(event, at(NOON + 2));
      const appended = append(event, "ep_01KAMQ6H5T3VX9BBW1C2D3E4F7", at(NOON + 1), 30 * DAY);
      const now = appended && (await store.apply(event.eventId, appended));
      expect(await store.apply(event.eventId, late)).toEqual({ applied: false, event: now?.event });
      expect(await store.apply(buildEvent().eventId, late)).toEqual({ applied: false });
    });

    it("lets one of several writes at the same time take effect, and answers the others with it", async () => {
      const event = buildEvent();
      const inserts = await Promise.all(
        Array.from({ length: 5 }, () => store.insert({ ...event, writeId: nextToken() })),
      );
      expect(inserts.filter(({ applied }) => applied)).toHaveLength(1);
      const stored = inserts.find(({ applied }) => applied)?.event;
      for (const { event: answered } of inserts) expect(answered).toEqual(stored);
      const changes = await Promise.all(
        Array.from({ length: 5 }, () => store.apply(event.eventId, postpone(event, at(NOON + 1), 60_000))),
      );
      expect(changes.filter(({ applied }) => applied)).toHaveLength(1);
      const changed = await store.get(event.eventId);
      for (const { event: answered } of changes) expect(answered).toEqual(changed);
    });

    it("keeps the payload that was stored first, for equal requests", async () => {
      const event = buildEvent();
      const first = buildEventPayload({
        body: '{"b":1,"a":"é 👍"}',
        metadata: { order: "42" },
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        tracestate: "vendor=1",
      });
      const expiresAt = subject.clock.now() + DAY;
      expect(await store.getPayload(event)).toBeUndefined();
      expect(await store.putPayload(event, first, expiresAt)).toEqual({ payload: first, expiresAt });
      const second = buildEventPayload({ body: '{"a":"\\u00e9 👍","b":1}' });
      expect(await store.putPayload(event, second, expiresAt + DAY)).toEqual({ payload: first, expiresAt });
      expect(await store.getPayload(event)).toEqual({ payload: first, expiresAt });
      expect(await store.getPayload({ ...event, requestHash: "other" })).toBeUndefined();
      // It is no event yet.
      expect(await store.get(event.eventId)).toBeUndefined();
    });

    it("tells the metadata of many payloads at once, each once, whether or not there is an event", async () => {
      const owners = Array.from({ length: 105 }, () => buildEvent());
      const [first, second, third] = owners as [Event, Event, Event];
      const expiresAt = subject.clock.now() + DAY;
      const metadataOf = ({ eventId }: Event) => ({ order: eventId, constructor: "1" });
      for (const owner of owners.slice(3))
        await store.putPayload(owner, buildEventPayload({ metadata: metadataOf(owner) }), expiresAt);
      await store.putPayload(first, buildEventPayload(), expiresAt);
      await store.putPayload(second, buildEventPayload(), subject.clock.now() + SECOND);
      subject.clock.advance(SECOND);
      const idOf = ({ eventId, requestHash }: Event) => ({ eventId, requestHash });
      const found = await store.getSummaries([...owners, first, { ...third, requestHash: "other" }]);
      expect(new Set(found)).toEqual(
        new Set([
          idOf(first),
          ...owners.slice(3).map((owner) => ({ ...idOf(owner), metadata: metadataOf(owner) })),
        ]),
      );
      expect(found).toHaveLength(103);
      expect(await store.getSummaries([])).toEqual([]);
    });

    it("notes each slice of an event once, whoever does", async () => {
      const { eventId, expiresAt } = buildEvent({ createdAt: subject.clock.now() });
      expect(await store.slices(eventId)).toEqual(new Set());
      expect(await store.noteSlice(eventId, "0-100", expiresAt)).toEqual(new Set(["0-100"]));
      expect(await store.noteSlice(eventId, "100-150", expiresAt)).toEqual(new Set(["0-100", "100-150"]));
      expect(await store.noteSlice(eventId, "0-100", expiresAt)).toEqual(new Set(["0-100", "100-150"]));
      expect(await store.slices(eventId)).toEqual(new Set(["0-100", "100-150"]));
      expect(await store.slices(buildEvent().eventId)).toEqual(new Set());
    });

    it("forgets the slices of an event in time: one that comes under its id has none of them", async () => {
      const { eventId } = buildEvent();
      const expiresAt = subject.clock.now() + DAY;
      await store.noteSlice(eventId, "0-100", expiresAt);
      await store.noteSlice(eventId, "100-150", expiresAt);
      subject.clock.advance(DAY);
      expect(await store.slices(eventId)).toEqual(new Set());
      const noted = await Promise.all(
        ["0-100", "200-250"].map((slice) => store.noteSlice(eventId, slice, expiresAt + DAY)),
      );
      for (const slices of noted) expect(slices.has("100-150")).toBe(false);
      expect(await store.slices(eventId)).toEqual(new Set(["0-100", "200-250"]));
    });

    it("forgets a payload in time, unless it is kept", async () => {
      const [kept, forgotten] = [buildEvent(), buildEvent()];
      const expiresAt = subject.clock.now() + DAY;
      for (const event of [kept, forgotten]) await store.putPayload(event, buildEventPayload(), expiresAt);
      expect(await store.keepPayload(kept, expiresAt + DAY)).toBe(true);
      subject.clock.advance(DAY);
      expect((await store.getPayload(kept))?.payload).toEqual(buildEventPayload());
      expect(await store.getPayload(forgotten)).toBeUndefined();
      expect(await store.keepPayload(forgotten, expiresAt + DAY)).toBe(false);
      const again = buildEventPayload({ body: "1" });
      expect((await store.putPayload(forgotten, again, expiresAt + DAY)).payload).toEqual(again);
    });

    it("forgets an event in time: then the id is free", async () => {
      const event = await put({ expiresAt: subject.clock.now() + 10 * SECOND });
      subject.clock.advance(9 * SECOND);
      expect(await store.get(event.eventId)).toEqual(event);
      subject.clock.advance(SECOND);
      expect(await store.get(event.eventId)).toBeUndefined();
      expect(await store.apply(event.eventId, expanded(event, at(NOON)))).toEqual({ applied: false });
      const again = { ...event, expiresAt: event.expiresAt + DAY, writeId: nextToken() };
      expect(await store.insert(again)).toEqual({ applied: true, event: again });
    });

    it("lists newest first, of all or of one sender, and those apart that went nowhere", async () => {
      const [one, other] = [nextSender(), nextSender()];
      const base = NOON + 100 * DAY;
      const expiresAt = base + 60 * DAY;
      const made: Event[] = [];
      for (let index = 0; index < 8; index += 1) {
        const matched = index % 4 === 0 ? { matched: [] } : {};
        const senderId = index % 2 === 0 ? one : other;
        // Pairs of the same millisecond.
        made.push(await put({ createdAt: base + Math.floor(index / 2), senderId, expiresAt, ...matched }));
      }
      const ids = (events: readonly Event[]) =>
        [...events]
          .sort((a, b) => b.createdAt - a.createdAt || (a.eventId < b.eventId ? 1 : -1))
          .map(({ eventId }) => eventId);
      const all = { unmatched: false, since: base };
      expect(await listAll(all)).toEqual(ids(made));
      expect(await listAll({ ...all, senderId: one })).toEqual(ids(made.filter((e) => e.senderId === one)));
      const nowhere = made.filter(({ matched }) => matched.length === 0);
      expect(await listAll({ ...all, unmatched: true })).toEqual(ids(nowhere));
      const inside = made.filter(({ createdAt }) => createdAt === base + 1 || createdAt === base + 2);
      expect(await listAll({ unmatched: false, since: base + 1, until: base + 3 })).toEqual(ids(inside));

      const oldest = { ...all, oldestFirst: true as const };
      expect(await listAll(oldest)).toEqual(ids(made).reverse());
      expect(await listAll({ ...oldest, senderId: one, since: base + 1, until: base + 3 })).toEqual(
        ids(inside.filter((event) => event.senderId === one)).reverse(),
      );
      expect(await listAll({ ...oldest, unmatched: true })).toEqual(ids(nowhere).reverse());

      // A replay moves nothing.
      const [first] = nowhere;
      const appended = first && append(first, "ep_01KAMQ6H5T3VX9BBW1C2D3E4F7", at(base), 30 * DAY);
      if (first && appended) await store.apply(first.eventId, appended);
      expect(await listAll({ ...all, unmatched: true })).toEqual(ids(nowhere));
    });
  });
}
