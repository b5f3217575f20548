import { DAY, HOUR } from "@homing/core/duration";
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { stepOf } from "@homing/core/testing/journey";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import type { Database } from "./database.ts";
import { DueIndex } from "./due-index.ts";
import { ExpiredRows } from "./expired-rows.ts";
import { SqliteEndpointStore } from "./sqlite-endpoint-store.ts";
import { SqliteKeyStore } from "./sqlite-key-store.ts";
import { SqliteLaneStore } from "./sqlite-lane-store.ts";
import { messageTables, SqliteMessageStore } from "./sqlite-message-store.ts";

let database: Database;
let close: () => Promise<void>;
let store: SqliteMessageStore;
const clock = new TestClock();
beforeEach(() => {
  ({ database, close } = temporaryDatabase());
  store = new SqliteMessageStore(messageTables(database, clock), database.whenSafe);
});
afterEach(() => close());

const rows = (table: string) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count;

async function cancelled(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    const message = buildMessage({ createdAt: clock.now() });
    await store.insert(message);
    await store.putPayload(message, buildPayload(), clock.now() + 60 * DAY);
    await store.putAttempt(
      message.messageId,
      { number: 1, claimId: "c", outcome: "RETRY", startedAt: clock.now() },
      clock.now() + 60 * DAY,
    );
    await store.apply(message.messageId, stepOf("cancel", message));
  }
}

it("what has expired leaves with all that lies beside it, a hundred messages at a time", async () => {
  await cancelled(150);
  const open = buildMessage({ createdAt: clock.now() });
  await store.insert(open);
  await store.putPayload(open, buildPayload(), clock.now() + 60 * DAY);
  const expired = new ExpiredRows(database);
  expect(await expired.forget(clock.now())).toBe(false);
  expect(rows("messages")).toBe(151);

  const later = clock.now() + 40 * DAY;
  expect(await expired.forget(later)).toBe(true);
  expect([rows("messages"), rows("payloads"), rows("attempts")]).toEqual([51, 51, 50]);
  expect(await expired.forget(later)).toBe(false);
  expect([rows("messages"), rows("payloads"), rows("attempts")]).toEqual([1, 1, 0]);
  expect(await store.get(open.messageId)).toEqual(open);
});

it("nothing is left of a message that had expired when its id was used again", async () => {
  await cancelled(1);
  const messageId = String(database.prepare("SELECT message_id AS id FROM messages").get()?.id);
  clock.advance(40 * DAY);
  const again = buildMessage({ messageId, createdAt: clock.now() });
  expect(await store.insert(again)).toMatchObject({ applied: true });
  await store.putPayloadIfAbsent(again, buildPayload(), clock.now() + 60 * DAY);
  expect([rows("messages"), rows("payloads")]).toEqual([1, 1]);
  expect(await store.getPayload(again)).toEqual(buildPayload());

  await store.apply(again.messageId, stepOf("cancel", again));
  await new ExpiredRows(database).forget(clock.now() + 40 * DAY);
  expect([rows("messages"), rows("payloads"), rows("attempts")]).toEqual([0, 0, 0]);
});

it("a key is forgotten a day after it has expired, 30 days after it was revoked, and else never", async () => {
  const keys = new SqliteKeyStore(database);
  const key = { hash: "hash", senderId: "acme", scopes: ["read"], createdAt: NOON } as const;
  await keys.create({ ...key, keyId: "lasting" });
  await keys.create({ ...key, keyId: "expiring", expiresAt: NOON + HOUR });
  await keys.create({ ...key, keyId: "revoked" });
  await keys.revoke("revoked", NOON);
  const expired = new ExpiredRows(database);
  const left = async (now: number) => {
    await expired.forget(now);
    return (await keys.list({ limit: 10 })).keys.map(({ keyId }) => keyId).sort();
  };
  expect(await left(NOON + HOUR + DAY - 1)).toEqual(["expiring", "lasting", "revoked"]);
  expect(await left(NOON + HOUR + DAY)).toEqual(["lasting", "revoked"]);
  expect(await left(NOON + 30 * DAY)).toEqual(["lasting"]);
});

it("the space of what has left is used again", async () => {
  const pages = () => Number(database.prepare("PRAGMA page_count").get()?.page_count);
  const expired = new ExpiredRows(database);
  await cancelled(300);
  const size = pages();
  for (let round = 0; round < 3; round += 1) {
    while (await expired.forget(clock.now() + 40 * DAY + HOUR));
    await cancelled(300);
  }
  expect(pages()).toBeLessThanOrEqual(size * 1.2);
});

it("the pace of an endpoint leaves once no slot of it is reserved any more", async () => {
  const endpoints = new SqliteEndpointStore(database, clock, database.whenSafe);
  const now = clock.now();
  await endpoints.reserve(
    { senderId: "acme", endpointId: "ep_1" },
    { spacingUs: DAY * 1_000, since: now, now, slots: 100 },
  );
  const expired = new ExpiredRows(database);
  // The last slot is 7 days ahead, and the one behind it 8.
  await expired.forget(now + 8 * DAY);
  expect(rows("paces")).toBe(1);
  await expired.forget(now + 10 * DAY);
  expect(rows("paces")).toBe(0);
});

it("a lane leaves in time, and what was loaded from its overflow", async () => {
  const lanes = new SqliteLaneStore(database, clock, new DueIndex(database), database.whenSafe);
  const key = { senderId: "acme", orderingKey: "order-1" };
  await lanes.join(key, ["a", "b"], clock.now());
  await lanes.joinSegment(key, 1, ["c"]);
  await lanes.joinSegment(key, 2, ["d"]);
  await lanes.seal(key, 1, clock.now() + DAY);
  const expired = new ExpiredRows(database);
  await expired.forget(clock.now() + 100 * DAY);
  // Nobody has been passed: who waits is not forgotten, whatever waits.
  expect([rows("lanes"), rows("segments")]).toEqual([1, 1]);
  await lanes.pass(key, "a", clock.now(), clock.now() + 30 * DAY);
  await expired.forget(clock.now() + 30 * DAY);
  expect(rows("lanes")).toBe(0);
});
