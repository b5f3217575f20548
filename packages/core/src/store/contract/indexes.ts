import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../duration.ts";
import { newEndpointId } from "../../endpoint/endpoint-id.ts";
import { newEventId } from "../../event/event-id.ts";
import { LIST_GROUPS, type ListGroup, type Message } from "../../message/message.ts";
import { newMessageId, shardOf } from "../../message/message-id.ts";
import { newestFirst } from "../../message/order.ts";
import { buildMessage } from "../../testing/build-message.ts";
import { type StepName, stepOf } from "../../testing/journey.ts";
import { nextToken } from "../../testing/tokens.ts";
import type { DueRow, IndexRow, ListPosition, ListQuery, MessageStore } from "../message-store.ts";
import { type MakeStore, type StoreSubject, take, travel } from "./subject.ts";

/** Reads a list to its end, as a caller who pages does. */
async function listAll(store: MessageStore, query: Omit<ListQuery, "after">): Promise<IndexRow[]> {
  const rows: IndexRow[] = [];
  let after: ListPosition | undefined;
  for (;;) {
    const page = await store.list({ ...query, ...(after ? { after } : {}) });
    expect(page.length).toBeLessThanOrEqual(query.limit);
    rows.push(...page);
    after = page.at(-1);
    if (!after) return rows;
  }
}

/** The ids of one shard that are due at `until`, read page by page. */
async function dueAll(store: MessageStore, shard: number, until: number, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let from: string | undefined;
  do {
    const page = await store.due(shard, until, limit, from);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    ids.push(...page.ids);
    from = page.next;
  } while (from !== undefined);
  return ids;
}

const rowOf = ({ messageId, createdAt }: Message): IndexRow => ({ messageId, createdAt });

export function describeIndexes(makeStore: MakeStore): void {
  let subject: StoreSubject;
  let days = 0;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  /** The start of an hour that no other test of this suite stores anything in. */
  const ownHour = (): number => {
    days += 1;
    return subject.clock.now() + days * DAY;
  };

  const store = async (messages: readonly Message[]): Promise<void> => {
    await Promise.all(messages.map((message) => subject.store.insert(message)));
  };

  describe("a list", () => {
    const GROUPS: ReadonlyArray<[ListGroup, readonly StepName[]]> = [
      ["LIVE", []],
      ["LIVE", ["enqueue"]],
      ["LIVE", ["enqueue", "claim"]],
      ["LIVE", ["claim", "leaseOver"]],
      ["LIVE", ["claim", "complete"]],
      ["LIVE", ["giveUp", "manualRetry"]],
      ["LIVE", ["enqueue", "rollback", "claim", "complete"]],
      ["ROLLED_BACK", ["enqueue", "rollback"]],
      ["ROLLED_BACK", ["enqueue", "rollback", "enqueue"]],
      ["ROLLED_BACK", ["enqueue", "rollback", "enqueue", "claim"]],
      ["ROLLED_BACK", ["enqueue", "rollback", "enqueue", "claim", "retryLater"]],
      ["ROLLED_BACK", ["enqueue", "rollback", "giveUp", "manualRetry"]],
      ["FAILED", ["claim", "fail"]],
      ["FAILED", ["giveUp"]],
      ["FAILED", ["enqueue", "deadLetter"]],
      ["CANCELLED", ["cancel"]],
      ["CANCELLED", ["enqueue", "rollback", "cancel"]],
    ];

    it("shows each message in the group of its state and in no other", async () => {
      const since = ownHour();
      const expected = new Map<ListGroup, IndexRow[]>(LIST_GROUPS.map((group) => [group, []]));
      for (const [index, [group, way]] of GROUPS.entries()) {
        const message = await travel(subject.store, buildMessage({ createdAt: since + index }), way);
        expected.get(group)?.unshift(rowOf(message));
      }
      for (const [group, rows] of expected) {
        const query = { groups: [group], since, until: since + HOUR, limit: 100 };
        expect(await subject.store.list(query), group).toEqual(rows);
      }
    });

    it("of a message whose attempts are spent shows it as failed", async () => {
      const since = ownHour();
      const message = await travel(subject.store, buildMessage({ createdAt: since, attemptLimit: 1 }), [
        "claim",
        "leaseOver",
      ]);
      const query = { groups: ["FAILED" as const], since, until: since + HOUR, limit: 10 };
      expect(await subject.store.list(query)).toEqual([rowOf(message)]);
    });

    it("merges its groups, newest first", async () => {
      const since = ownHour();
      const oldest = await travel(subject.store, buildMessage({ createdAt: since }), ["cancel"]);
      const middle = await travel(subject.store, buildMessage({ createdAt: since + 1 }), []);
      const hidden = await travel(subject.store, buildMessage({ createdAt: since + 2 }), ["giveUp"]);
      const newest = await travel(subject.store, buildMessage({ createdAt: since + 3 }), ["cancel"]);
      const rows = await subject.store.list({
        groups: ["LIVE", "CANCELLED"],
        since,
        until: since + HOUR,
        limit: 10,
      });
      expect(rows).toEqual([newest, middle, oldest].map(rowOf));
      expect(rows).not.toContainEqual(rowOf(hidden));
    });

    it("of one sender shows all of its messages, whatever their state, and nobody else's", async () => {
      const senderId = `sender-${nextToken()}`;
      const createdAt = ownHour();
      const first = await travel(subject.store, buildMessage({ senderId, createdAt }), ["claim", "complete"]);
      const second = await travel(subject.store, buildMessage({ senderId, createdAt: createdAt + 1 }), [
        "enqueue",
      ]);
      await travel(subject.store, buildMessage({ senderId: `${senderId}.b`, createdAt: createdAt + 2 }), []);
      expect(await subject.store.list({ groups: ["LIVE"], senderId, limit: 10 })).toEqual(
        [second, first].map(rowOf),
      );
    });

    it("of one endpoint shows all that goes to it, whatever its state and whoever sends it, from both ends", async () => {
      const [endpointId, other] = [newEndpointId(0), newEndpointId(0)];
      const since = ownHour();
      const put = (at: number, to: string | undefined, way: readonly StepName[] = []) => {
        const delivery = to === undefined ? {} : { endpointId: to, eventId: newEventId(at), eventType: "a" };
        return travel(subject.store, buildMessage({ createdAt: since + at, ...delivery }), way);
      };
      const made = [
        await put(0, endpointId, ["claim", "complete"]),
        // Of the same millisecond: their ids decide.
        await put(1, endpointId, ["claim", "fail"]),
        await put(1, endpointId, ["enqueue", "rollback"]),
        await put(1, endpointId, ["cancel"]),
        await put(2, endpointId),
      ];
      await put(1, other);
      await put(1, undefined);
      const newest = made.map(rowOf).sort(newestFirst);
      const oldest = newest.toReversed();
      const query = { groups: ["LIVE" as const], endpointId };
      expect(await subject.store.list({ ...query, limit: 10 })).toEqual(newest);
      expect(await listAll(subject.store, { ...query, limit: 2 })).toEqual(newest);
      expect(await listAll(subject.store, { ...query, oldestFirst: true, limit: 2 })).toEqual(oldest);
      const inside = { ...query, since: since + 1, until: since + 2, limit: 2 };
      expect(await listAll(subject.store, inside)).toEqual(newest.slice(1, 4));
      expect(await listAll(subject.store, { ...inside, oldestFirst: true })).toEqual(oldest.slice(1, 4));
    });

    it("of one sender's failed messages shows these alone, until they are retried", async () => {
      const senderId = `sender-${nextToken()}`;
      const createdAt = ownHour();
      const put = (at: number, way: readonly StepName[], by = senderId, attemptLimit = 10) =>
        travel(subject.store, buildMessage({ senderId: by, createdAt: createdAt + at, attemptLimit }), way);
      const rejected = await put(0, ["claim", "fail"]);
      const exhausted = await put(1, ["claim", "leaseOver"], senderId, 1);
      const unsent = await put(2, ["enqueue", "rollback", "giveUp"]);
      const dead = await put(3, ["enqueue", "deadLetter"]);
      await put(4, ["claim", "complete"]);
      await put(5, ["cancel"]);
      await put(6, []);
      await put(7, ["giveUp"], `${senderId}.b`);
      const query = { groups: [], senderId, failed: true as const, limit: 10 };
      expect(await subject.store.list(query)).toEqual([dead, unsent, exhausted, rejected].map(rowOf));
      expect(await listAll(subject.store, { ...query, oldestFirst: true, limit: 3 })).toEqual(
        [rejected, exhausted, unsent, dead].map(rowOf),
      );
      await take(subject.store, unsent, stepOf("manualRetry", unsent));
      expect(await subject.store.list(query)).toEqual([dead, exhausted, rejected].map(rowOf));
      expect(await subject.store.list({ ...query, since: createdAt + 1, until: createdAt + 3 })).toEqual([
        rowOf(exhausted),
      ]);
    });

    it("of one sender's failed messages tells those that somebody has resolved from the others", async () => {
      const senderId = `sender-${nextToken()}`;
      const createdAt = ownHour();
      const put = (at: number, way: readonly StepName[]) =>
        travel(subject.store, buildMessage({ senderId, createdAt: createdAt + at }), way);
      const first = await put(0, ["claim", "fail", "resolve"]);
      const open = await put(1, ["claim", "fail"]);
      const last = await put(2, ["claim", "fail", "resolve"]);
      const query = { groups: [], senderId, failed: true as const, limit: 10 };
      expect(await subject.store.list({ ...query, resolved: false })).toEqual([rowOf(open)]);
      expect(await subject.store.list({ ...query, resolved: true })).toEqual([last, first].map(rowOf));
      expect(await subject.store.list(query)).toEqual([last, open, first].map(rowOf));
      expect(await listAll(subject.store, { ...query, oldestFirst: true, limit: 2 })).toEqual(
        [first, open, last].map(rowOf),
      );
      await take(subject.store, last, stepOf("manualRetry", last));
      expect(await subject.store.list({ ...query, resolved: true })).toEqual([rowOf(first)]);
      expect(
        await subject.store.list({ groups: ["FAILED"], since: createdAt, until: createdAt + 9, limit: 10 }),
      ).toEqual([open, first].map(rowOf));
    });

    it.each(["group", "sender"])(
      "of a %s takes what was accepted since a time and before another",
      async (by) => {
        const since = ownHour();
        const senderId = `sender-${nextToken()}`;
        const messages = [-1, 0, 1, 59, 60].map((offset) =>
          buildMessage({ senderId, createdAt: since + offset }),
        );
        await store(messages);
        const scope = by === "sender" ? { groups: [], senderId } : { groups: ["LIVE" as const] };
        const rows = await subject.store.list({ ...scope, since, until: since + 60, limit: 10 });
        expect(rows.map(({ createdAt }) => createdAt - since)).toEqual([59, 1, 0]);
      },
    );

    it.each(["group", "sender"])(
      "of a %s is paged without a skip or a repeat, also through many of the same instant",
      async (by) => {
        const since = ownHour();
        const senderId = `sender-${nextToken()}`;
        const times = [...Array.from({ length: 12 }, (_, i) => i), ...Array.from({ length: 48 }, () => 5)];
        const messages = times.map((offset) => buildMessage({ senderId, createdAt: since + offset }));
        expect(
          new Set(messages.map(({ messageId }) => shardOf(messageId, subject.store.shards))).size,
        ).toBeGreaterThan(3);
        await store(messages);
        const scope = by === "sender" ? { groups: [], senderId } : { groups: ["LIVE" as const] };
        const rows = await listAll(subject.store, { ...scope, since, until: since + HOUR, limit: 7 });
        expect(rows).toHaveLength(60);
        expect(new Set(rows.map(({ messageId }) => messageId))).toEqual(
          new Set(messages.map(({ messageId }) => messageId)),
        );
        expect(rows.map(({ createdAt }) => createdAt - since)).toEqual([...times].sort((a, b) => b - a));
      },
    );

    it("answers the same order whatever the size of a page", async () => {
      const since = ownHour();
      const messages = Array.from({ length: 20 }, (_, i) => buildMessage({ createdAt: since + (i % 3) }));
      await store(messages);
      const query = { groups: ["LIVE" as const], since, until: since + HOUR };
      const whole = await subject.store.list({ ...query, limit: 100 });
      expect(whole).toHaveLength(20);
      expect(await listAll(subject.store, { ...query, limit: 1 })).toEqual(whole);
      expect(await listAll(subject.store, { ...query, limit: 3 })).toEqual(whole);
    });
  });

  describe("what is due", () => {
    /** Messages of one shard, overdue so long that hardly anything of another test is older. */
    const inShard = (shard: number, dueAts: readonly number[]): Message[] =>
      dueAts.map((dueAt) => {
        let messageId = newMessageId(dueAt);
        while (shardOf(messageId, subject.store.shards) !== shard) messageId = newMessageId(dueAt);
        return buildMessage({ messageId, dueAt });
      });

    const longAgo = (): number => {
      days += 1;
      return subject.clock.now() - 2_000 * DAY + days * DAY;
    };

    const ownDue = async (messages: readonly Message[], shard: number, until: number, limit = 100) => {
      const own = new Set(messages.map(({ messageId }) => messageId));
      return (await dueAll(subject.store, shard, until, limit)).filter((id) => own.has(id));
    };

    it.each([1, 3, 100])(
      "comes the longest overdue first, in pages of %d, each message once",
      async (limit) => {
        const at = longAgo();
        const messages = inShard(2, [at + 4, at + 1, at + 1, at + 1, at + 3, at, at + 2]);
        await store(messages);
        const ids = await ownDue(messages, 2, at + HOUR, limit);
        expect(ids).toHaveLength(7);
        expect(new Set(ids).size).toBe(7);
        const dueAtOf = new Map(messages.map(({ messageId, dueAt }) => [messageId, dueAt ?? 0]));
        expect(ids.map((id) => (dueAtOf.get(id) ?? 0) - at)).toEqual([0, 1, 1, 1, 2, 3, 4]);
      },
    );

    it("is listed over all shards, soonest due first, equal times by id, without a skip or a repeat", async () => {
      const at = longAgo();
      const dueAts = [3, 0, 2, 1, 1, 1, 1, 1, 1, 1, 2, 0].map((offset) => at + offset);
      const messages = dueAts.map((dueAt) => buildMessage({ dueAt }));
      expect(
        new Set(messages.map(({ messageId }) => shardOf(messageId, subject.store.shards))).size,
      ).toBeGreaterThan(1);
      await store(messages);
      await travel(subject.store, buildMessage({ dueAt: at }), ["cancel"]);
      const sorted = messages
        .map(({ messageId, dueAt = 0 }) => ({ messageId, dueAt }))
        .sort((a, b) => a.dueAt - b.dueAt || (a.messageId < b.messageId ? -1 : 1));
      for (const limit of [1, 3, 100]) {
        const rows: DueRow[] = [];
        let after: DueRow | undefined = { messageId: "", dueAt: at };
        while (after && after.dueAt <= at + 3) {
          const page = await subject.store.listDue({ limit, after });
          expect(page.length).toBeLessThanOrEqual(limit);
          rows.push(...page);
          after = page.at(-1);
        }
        expect(
          rows.filter(({ dueAt }) => dueAt <= at + 3),
          `${limit} a page`,
        ).toEqual(sorted);
      }
    });

    it("includes what is due at that very moment and nothing later", async () => {
      const at = longAgo();
      const messages = inShard(0, [at - 1, at, at + 1]);
      await store(messages);
      expect(await ownDue(messages, 0, at)).toEqual(messages.slice(0, 2).map(({ messageId }) => messageId));
    });

    it("is found in its own shard only, and in one of the shards for certain", async () => {
      const at = longAgo();
      const messages = Array.from({ length: 16 }, () => buildMessage({ dueAt: at }));
      await store(messages);
      for (let shard = 0; shard < subject.store.shards; shard += 1) {
        const expected = messages.filter(
          ({ messageId }) => shardOf(messageId, subject.store.shards) === shard,
        );
        expect(new Set(await ownDue(messages, shard, at))).toEqual(
          new Set(expected.map(({ messageId }) => messageId)),
        );
      }
    });

    it("follows a dueAt that moves, and forgets one that is removed", async () => {
      const at = longAgo();
      const [message] = inShard(1, [at]);
      if (!message) throw new Error("one is there");
      const claimed = await travel(subject.store, message, ["claim"]);
      expect(await ownDue([claimed], 1, at)).toEqual([claimed.messageId]);
      const waiting = await take(subject.store, claimed, stepOf("retryLater", claimed));
      expect(await ownDue([waiting], 1, at)).toEqual([]);
      expect(await ownDue([waiting], 1, waiting.dueAt ?? 0)).toEqual([waiting.messageId]);
      const cancelled = await take(subject.store, waiting, stepOf("cancel", waiting));
      expect(await ownDue([cancelled], 1, Number.MAX_SAFE_INTEGER)).toEqual([]);
    });

    it.each<[string, readonly StepName[]]>([
      ["completed", ["claim", "complete"]],
      ["failed", ["claim", "fail"]],
      ["cancelled", ["enqueue", "cancel"]],
    ])("holds nothing that is %s, and holds it again once it is retried", async (status, way) => {
      const [message] = inShard(3, [longAgo()]);
      if (!message) throw new Error("one is there");
      const finished = await travel(subject.store, message, way);
      const ever = Number.MAX_SAFE_INTEGER;
      expect(await ownDue([finished], 3, ever)).toEqual([]);
      if (status !== "failed") return;
      const retried = await take(subject.store, finished, stepOf("manualRetry", finished));
      expect(await ownDue([retried], 3, ever)).toEqual([retried.messageId]);
    });
  });
}
