/**
 * The power goes, at any byte: what is left of the file's log ends somewhere behind what had been synced, no matter what
 * else had been written. All that was said to be safe is there, and nothing is there by halves.
 */
import { copyFileSync, fdatasync, fstatSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accept } from "@homing/core/accept/accept";
import { systemClock } from "@homing/core/clock";
import type { Message } from "@homing/core/message/message";
import { newToken } from "@homing/core/message/message-id";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { stepOf } from "@homing/core/testing/journey";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { buildInput } from "@homing/core/testing/test-system";
import { openDatabase } from "@homing/server/sqlite/open-database";
import { createStorage } from "@homing/server/sqlite/storage";
import { afterAll, beforeAll, expect, it } from "vitest";

const MESSAGES = 30;
const CUTS = 200;

/** Something that was answered, and how much of the log had been synced then. */
interface Answered {
  readonly syncedBytes: number;
  readonly message: Message;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-power-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(name: string) {
  const path = join(folder, name);
  const synced = { bytes: 0 };
  const database = openDatabase(folder, path, {
    sync: (file, done) => {
      const { size } = fstatSync(file);
      fdatasync(file, (error) => {
        if (error === null) synced.bytes = size;
        done(error);
      });
    },
  });
  return {
    path,
    log: `${path}-wal`,
    synced,
    database,
    ...createStorage(database, systemClock, DEFAULT_SETTINGS, 8),
  };
}

it("everything that was answered is there, and nothing is there by halves, wherever the log ends", async () => {
  const { path, log, synced, database, safe, atOnce, queue } = open("homing.db");
  const answered: Answered[] = [];
  const remember = (message: Message) => answered.push({ syncedBytes: synced.bytes, message });
  const deps = {
    ...atOnce,
    clock: systemClock,
    observer: new RecordingObserver(),
    settings: DEFAULT_SETTINGS,
    newToken,
  };
  const firstBytes = statSync(log).size;
  for (let n = 0; n < MESSAGES; n += 1) {
    const input = buildInput({ idempotencyKey: `key-${n}` });
    // As the API does: stored, marked and sent at once, and answered when that is safe.
    const before = database.count;
    const { message } = await accept(deps, { input, correlationId: "call" });
    await database.settledSince(before);
    remember(message);
    const copy = queue.take();
    const claimed = await safe.store.apply(message.messageId, stepOf("claim", message));
    if (claimed.message) remember(claimed.message);
    if (claimed.message && n % 2 === 0) {
      const done = await safe.store.apply(message.messageId, stepOf("complete", claimed.message));
      if (done.message) remember(done.message);
      if (copy) queue.done(copy);
    }
  }
  const lastBytes = statSync(log).size;
  for (let cut = 0; cut < CUTS; cut += 1) {
    const length = Math.round(firstBytes + ((lastBytes - firstBytes) * cut) / (CUTS - 1));
    const left = join(folder, "left.db");
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${left}${suffix}`, { force: true });
    copyFileSync(path, left);
    copyFileSync(log, `${left}-wal`);
    truncateSync(`${left}-wal`, length);
    await expectWhole(answered.filter(({ syncedBytes }) => syncedBytes <= length));
  }
  queue.close();
  database.close();
});

async function expectWhole(answered: readonly Answered[]): Promise<void> {
  const { database, safe, queue } = open("left.db");
  for (const { message } of answered) {
    const found = await safe.store.get(message.messageId);
    expect(found?.revision).toBeGreaterThanOrEqual(message.revision);
    expect(await safe.store.getPayload(message)).toBeDefined();
  }
  const rows = await safe.store.list({ groups: ["LIVE"], limit: 100 });
  const messages = await safe.store.getMany(rows.map(({ messageId }) => messageId));
  expect(messages).toHaveLength(rows.length);
  // A message that is QUEUED has its copy: both were one write.
  const copies = database.prepare("SELECT attributes FROM copies").all();
  const named = new Set(copies.map(({ attributes }) => JSON.parse(String(attributes)).messageId));
  for (const { messageId, status } of messages)
    if (status === "QUEUED") expect(named.has(messageId)).toBe(true);
  queue.close();
  database.close();
}
