import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { describeMessageQueueContract } from "@homing/core/queue/message-queue.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { SqliteMessageQueue } from "./sqlite-message-queue.ts";
import { messageTables } from "./sqlite-message-store.ts";

const HIDDEN_MS = 60_000;

function setUp() {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  const queue = new SqliteMessageQueue(database, clock, messageTables(database, clock).messages, {
    hiddenMs: HIDDEN_MS,
    maxReceiveCount: 2,
    mostInProgress: 64,
  });
  const receive = async () => {
    queue.showDue();
    return Array.from({ length: 10 }, () => queue.take()).flatMap((copy) => (copy ? [copy.record] : []));
  };
  const bury = async (copy: OutgoingCopy) => {
    await queue.send([copy]);
    for (let copy = queue.take(); copy; copy = queue.take()) {
      queue.giveBack(copy);
      clock.advance(HIDDEN_MS);
      queue.showDue();
    }
  };
  return {
    queue,
    clock,
    receive,
    bury,
    close: async () => {
      queue.close();
      await close();
    },
  };
}

describeMessageQueueContract(
  "the SQLite queue",
  async () => {
    const { clock, ...subject } = setUp();
    return { ...subject, elapse: async (seconds) => clock.advance(seconds * 1_000) };
  },
  { delaySeconds: 60 },
);
