/** What every lane store guarantees. The memory store and the DynamoDB store run the same suite. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, MINUTE } from "../duration.ts";
import { NOON, type TestClock } from "../testing/test-clock.ts";
import { type Lane, type LaneKey, laneIdOf } from "./lane.ts";
import type { LaneRow, LaneStore } from "./lane-store.ts";

export interface LaneStoreSubject {
  readonly store: LaneStore;
  /** What the store was given as its clock. */
  readonly clock: TestClock;
  readonly close?: () => Promise<void>;
}

let keys = 0;
const nextKey = (): LaneKey => ({ senderId: "acme", orderingKey: `order-${++keys}` });

let places = 0;
/** As long as real ones. */
const nextPlace = () => `01KAMQ6H5T${String(++places).padStart(16, "0")}`;
const nextPlaces = (count: number) => Array.from({ length: count }, nextPlace);

export function describeLaneStoreContract(name: string, makeStore: () => Promise<LaneStoreSubject>): void {
  describe(name, () => {
    let subject: LaneStoreSubject;
    let store: LaneStore;
    beforeAll(async () => {
      subject = await makeStore();
      store = subject.store;
    });
    afterAll(() => subject.close?.());

    /** The lane as a write shows it, which is as it is read. */
    async function shown(key: LaneKey, write: Promise<{ applied: boolean; lane?: Lane }>): Promise<Lane> {
      const { applied, lane } = await write;
      expect(applied).toBe(true);
      expect(lane).toEqual(await store.get(key));
      if (!lane) throw new Error("a write that applied shows the lane");
      return lane;
    }

    /** The lane as a refused write shows it: as it was. */
    async function unchanged(
      key: LaneKey,
      write: () => Promise<{ applied: boolean; lane?: Lane }>,
    ): Promise<void> {
      const before = await store.get(key);
      expect(await write()).toEqual({ applied: false, ...(before ? { lane: before } : {}) });
      expect(await store.get(key)).toEqual(before);
    }

    const passHead = async (key: LaneKey) => {
      const [head = ""] = (await store.get(key))?.line ?? [];
      return shown(key, store.pass(key, head, NOON + 1, NOON + 40 * DAY));
    };

    /** A lane whose line and first segment are full. */
    async function overflowed(): Promise<{ key: LaneKey; line: string[]; first: string[] }> {
      const [key, line, first] = [nextKey(), nextPlaces(20), nextPlaces(20)];
      await store.join(key, line, NOON);
      await store.openOverflow(key);
      await store.joinSegment(key, 1, first);
      return { key, line, first };
    }

    it("knows no lane that nobody has joined, and writes nothing to it", async () => {
      const key = nextKey();
      for (const write of [
        () => store.openOverflow(key),
        () => store.hintSegment(key, 2),
        () => store.arm(key, NOON),
        () => store.pass(key, nextPlace(), NOON, NOON + DAY),
        () => store.load(key, { number: 1, places: nextPlaces(1), sealed: true }),
        () => store.moveOn(key, NOON, { dueAt: NOON + 1, visits: 1 }),
        () => store.disarm(key, undefined),
        () => store.mark(key, nextPlace(), { state: "BLOCKED", since: NOON }),
        () => store.nudge(key, nextPlace(), NOON),
      ])
        await unchanged(key, write);
      expect(await store.get(key)).toBeUndefined();
      expect(await store.segments(key, 1, 10)).toEqual([]);
    });

    it("joins in order, and counts from the time of the first join", async () => {
      const key = nextKey();
      const [first, second, third] = [nextPlace(), nextPlace(), nextPlace()];
      expect(await shown(key, store.join(key, [first], NOON))).toEqual({
        ...key,
        line: [first],
        passed: NOON,
        overflowing: false,
        nextSegment: 1,
        visits: 0,
      });
      const lane = await shown(key, store.join(key, [second, third], NOON + 5));
      expect(lane).toMatchObject({ line: [first, second, third], passed: NOON });
      expect(await store.get({ ...key, senderId: "other" })).toBeUndefined();
    });

    it("gives every one of many joiners a place of its own, and takes nobody twice", async () => {
      const key = nextKey();
      const joiners = nextPlaces(20);
      const writes = await Promise.all(
        [...joiners, ...joiners].map((place) => store.join(key, [place], NOON)),
      );
      expect(writes.filter(({ applied }) => applied)).toHaveLength(20);
      expect([...((await store.get(key))?.line ?? [])].sort()).toEqual(joiners);
      // Each sees in the answer where it stands, whoever it was that wrote it.
      for (const [at, { lane }] of writes.entries()) expect(lane?.line).toContain(joiners[at % 20]);
    });

    it("refuses a join of several of which one stands in line", async () => {
      const key = nextKey();
      const [first, second] = [nextPlace(), nextPlace()];
      await store.join(key, [second], NOON);
      await unchanged(key, () => store.join(key, [first, second], NOON));
    });

    it("takes up to twenty more while the line is shorter than twenty, and opens overflow behind it", async () => {
      const key = nextKey();
      await store.join(key, nextPlaces(19), NOON);
      await unchanged(key, () => store.openOverflow(key));
      expect((await shown(key, store.join(key, nextPlaces(20), NOON))).line).toHaveLength(39);
      await unchanged(key, () => store.join(key, nextPlaces(1), NOON));
      const lane = await shown(key, store.openOverflow(key));
      expect(lane).toMatchObject({ overflowing: true, nextSegment: 1 });
      await unchanged(key, () => store.openOverflow(key));
    });

    it("takes nobody into the line while there is overflow, however short the line is", async () => {
      const { key } = await overflowed();
      for (let index = 0; index < 5; index += 1) await passHead(key);
      await unchanged(key, () => store.join(key, nextPlaces(1), NOON));
    });

    it("fills a segment like the line, each place once", async () => {
      const { key } = await overflowed();
      const [first, ...rest] = nextPlaces(20);
      if (!first) throw new Error("there are twenty");
      const segment = { number: 2, places: [first], sealed: false };
      expect(await store.joinSegment(key, 2, [first])).toEqual({ applied: true, segment });
      expect(await store.joinSegment(key, 2, [first])).toEqual({ applied: false, segment });
      const full = { ...segment, places: [first, ...rest] };
      expect(await store.joinSegment(key, 2, rest)).toEqual({ applied: true, segment: full });
      expect(await store.joinSegment(key, 2, nextPlaces(1))).toEqual({ applied: false, segment: full });
      expect((await store.segments(key, 2, 10)).map(({ number }) => number)).toEqual([2]);
      expect(await store.segments(key, 1, 1)).toMatchObject([{ number: 1 }]);
    });

    it("remembers the furthest hint where there is room", async () => {
      const { key } = await overflowed();
      expect((await shown(key, store.hintSegment(key, 3))).lastSegment).toBe(3);
      await unchanged(key, () => store.hintSegment(key, 2));
      await unchanged(key, () => store.hintSegment(key, 3));
      const other = nextKey();
      await store.join(other, nextPlaces(1), NOON);
      await unchanged(other, () => store.hintSegment(other, 2));
    });

    it("lets nobody into a sealed segment, not even one that nobody had joined", async () => {
      const { key, first } = await overflowed();
      const expiresAt = subject.clock.now() + DAY;
      expect(await store.seal(key, 1, expiresAt)).toEqual({ number: 1, places: first, sealed: true });
      expect(await store.seal(key, 2, expiresAt)).toEqual({ number: 2, places: [], sealed: true });
      for (const number of [1, 2]) {
        const { applied, segment } = await store.joinSegment(key, number, nextPlaces(1));
        expect({ applied, sealed: segment?.sealed }).toEqual({ applied: false, sealed: true });
      }
      // Sealed again, by whoever comes late, it is what it was.
      expect(await store.seal(key, 1, expiresAt)).toEqual({ number: 1, places: first, sealed: true });
    });

    it("loads the next segment into an empty line, once, and keeps the overflow open behind a full one", async () => {
      const { key, line, first } = await overflowed();
      const full = await store.seal(key, 1, NOON + DAY);
      await unchanged(key, () => store.load(key, full));
      for (const _ of line) await passHead(key);
      const loaded = await shown(key, store.load(key, full));
      expect(loaded).toMatchObject({ line: first, nextSegment: 2, overflowing: true });
      for (const _ of first) await passHead(key);
      await unchanged(key, () => store.load(key, full));
      const [last] = nextPlaces(1);
      await store.joinSegment(key, 2, [last ?? ""]);
      const rest = await shown(key, store.load(key, await store.seal(key, 2, NOON + DAY)));
      expect(rest).toMatchObject({ line: [last], nextSegment: 3, overflowing: false });
      // From now on the line takes them again.
      expect((await store.join(key, nextPlaces(1), NOON)).applied).toBe(true);
    });

    it("passes the head and nobody else, counts it and lets the lane expire, until somebody joins", async () => {
      const key = nextKey();
      const [first, second, third] = [nextPlace(), nextPlace(), nextPlace()];
      await store.join(key, [first, second], NOON);
      await store.moveOn(key, (await store.arm(key, NOON + 1)).lane?.dueAt ?? 0, {
        dueAt: NOON + MINUTE,
        visits: 2,
        mark: { state: "HELD_UP", since: NOON },
      });
      await unchanged(key, () => store.pass(key, second, NOON, NOON + DAY));
      const expiresAt = subject.clock.now() + 30 * DAY;
      expect(await shown(key, store.pass(key, first, NOON + 7, expiresAt))).toEqual({
        ...key,
        line: [second],
        passed: NOON + 1,
        movedAt: NOON + 7,
        overflowing: false,
        nextSegment: 1,
        visits: 0,
        dueAt: NOON + MINUTE,
        expiresAt,
      });
      await unchanged(key, () => store.pass(key, first, NOON, expiresAt));
      expect(await shown(key, store.join(key, [third], NOON + 9))).not.toHaveProperty("expiresAt");
    });

    it("forgets a lane in time", async () => {
      const key = nextKey();
      const place = nextPlace();
      await store.join(key, [place], NOON);
      await store.pass(key, place, NOON, subject.clock.now() + MINUTE);
      expect(await store.get(key)).toBeDefined();
      subject.clock.advance(MINUTE);
      expect(await store.get(key)).toBeUndefined();
      expect(await store.getMany([laneIdOf(key)])).toEqual([]);
      // What joins now goes on counting: sequences never decrease.
      expect((await store.join(key, [nextPlace()], subject.clock.now())).lane).toMatchObject({
        passed: NOON + 1,
      });
    });

    it("arms a lane once, and disarms it only if nobody waits", async () => {
      const key = nextKey();
      const [first, second] = [nextPlace(), nextPlace()];
      await store.join(key, [first], NOON);
      expect((await shown(key, store.arm(key, NOON + MINUTE))).dueAt).toBe(NOON + MINUTE);
      await unchanged(key, () => store.arm(key, NOON + 2 * MINUTE));
      // The one that is left may be another one than was seen released.
      await unchanged(key, () => store.disarm(key, second));
      await unchanged(key, () => store.disarm(key, undefined));
      expect(await shown(key, store.disarm(key, first))).not.toHaveProperty("dueAt");

      await store.join(key, [second], NOON);
      await store.arm(key, NOON + MINUTE);
      await unchanged(key, () => store.disarm(key, first));
      await passHead(key);
      await passHead(key);
      expect(await shown(key, store.disarm(key, first))).not.toHaveProperty("dueAt");
      await store.arm(key, NOON + MINUTE);
      expect(await shown(key, store.disarm(key, undefined))).not.toHaveProperty("dueAt");

      const { key: other, line } = await overflowed();
      await store.arm(other, NOON + MINUTE);
      for (const _ of line) await passHead(other);
      await unchanged(other, () => store.disarm(other, undefined));
    });

    it("moves on only from the visit that was read", async () => {
      const key = nextKey();
      await store.join(key, nextPlaces(2), NOON);
      await store.arm(key, NOON + MINUTE);
      const visit = { dueAt: NOON + 3 * MINUTE, visits: 1 };
      await unchanged(key, () => store.moveOn(key, NOON, visit));
      expect(await shown(key, store.moveOn(key, NOON + MINUTE, visit))).toMatchObject(visit);
      await unchanged(key, () => store.moveOn(key, NOON + MINUTE, visit));
      const mark = { state: "HELD_UP", since: NOON } as const;
      const marked = { dueAt: NOON + 9 * MINUTE, visits: 2, mark };
      expect(await shown(key, store.moveOn(key, visit.dueAt, marked))).toMatchObject(marked);
      const again = { dueAt: NOON + 20 * MINUTE, visits: 3 };
      expect(await shown(key, store.moveOn(key, marked.dueAt, again))).not.toHaveProperty("mark");
    });

    it("marks and nudges a lane only for its head", async () => {
      const key = nextKey();
      const [first, second] = [nextPlace(), nextPlace()];
      await store.join(key, [first, second], NOON);
      const mark = { state: "BLOCKED", since: NOON } as const;
      await unchanged(key, () => store.mark(key, second, mark));
      await unchanged(key, () => store.nudge(key, second, NOON));
      const expiresAt = subject.clock.now() + 10 * DAY;
      expect(await shown(key, store.mark(key, first, mark, expiresAt))).toMatchObject({ mark, expiresAt });
      expect((await shown(key, store.nudge(key, first, NOON + 3))).dueAt).toBe(NOON + 3);
      expect(await shown(key, store.mark(key, first, undefined))).not.toHaveProperty("mark");
      await store.mark(key, first, mark);
      expect(await passHead(key)).not.toHaveProperty("mark");
    });

    it("finds the lanes that are due, in pages, the longest overdue first", async () => {
      const base = NOON - 500 * DAY;
      const due = new Map<string, number>();
      for (let index = 0; index < 12; index += 1) {
        const key = nextKey();
        await store.join(key, nextPlaces(2), NOON);
        await store.arm(key, base + ((index * 7) % 12));
        due.set(laneIdOf(key), base + ((index * 7) % 12));
      }
      const found: string[] = [];
      for (let shard = 0; shard < store.shards; shard += 1) {
        const ofShard: string[] = [];
        let from: string | undefined;
        do {
          const page = await store.due(shard, base + 9, 2, from);
          expect(page.laneIds.length).toBeLessThanOrEqual(2);
          ofShard.push(...page.laneIds);
          from = page.next;
        } while (from !== undefined);
        const times = ofShard.map((laneId) => due.get(laneId) ?? Number.NaN);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        found.push(...ofShard);
      }
      const expected = [...due].filter(([, at]) => at <= base + 9).map(([laneId]) => laneId);
      expect([...found].sort()).toEqual(expected.sort());
      const lanes = await store.getMany(found);
      expect(lanes.map(laneIdOf).sort()).toEqual(expected);
    });

    it("lists the lanes that stand still, the longest first, in pages", async () => {
      const base = NOON - 400 * DAY;
      const rows: LaneRow[] = [];
      for (let index = 0; index < 9; index += 1) {
        const key = nextKey();
        const place = nextPlace();
        await store.join(key, [place], NOON);
        const state = index % 3 === 0 ? "BLOCKED" : "HELD_UP";
        // Pairs of the same millisecond.
        const since = base + Math.floor(index / 2);
        await store.mark(key, place, { state, since });
        rows.push({ laneId: laneIdOf(key), since, state });
      }
      rows.sort((a, b) => a.since - b.since || (a.laneId < b.laneId ? -1 : 1));
      for (const states of [["BLOCKED", "HELD_UP"], ["BLOCKED"]] as const) {
        const listed: LaneRow[] = [];
        let page: readonly LaneRow[];
        do {
          const after = listed.at(-1);
          page = await store.list({ states, limit: 2, ...(after ? { after } : {}) });
          listed.push(...page.filter(({ since }) => since < base + 10));
        } while (page.length > 0 && page.every(({ since }) => since < base + 10));
        const expected = rows.filter(({ state }) => (states as readonly string[]).includes(state));
        expect(listed).toEqual(expected);
      }
    });
  });
}
