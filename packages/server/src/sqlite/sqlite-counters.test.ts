import { setImmediate as turn } from "node:timers/promises";
import { MINUTE } from "@homing/core/duration";
import { describeCountersContract } from "@homing/core/stats/counters.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { expect, it } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import type { Sync } from "./database.ts";
import { SqliteCounters } from "./sqlite-counters.ts";

const RETENTION_MS = 30 * 24 * 60 * MINUTE;

describeCountersContract("counters on SQLite", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return { counters: new SqliteCounters(database, clock, RETENTION_MS), clock, close };
});

it("counts by minute and over all days, also what is not written yet, and after another start", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  const counters = new SqliteCounters(database, clock, RETENTION_MS);
  counters.add("accepted", 3);
  await counters.flush();
  counters.add("accepted");
  clock.advance(MINUTE);
  counters.add("completed", 2);

  const expectAll = async (read: SqliteCounters) => {
    const minutes = await read.perMinute();
    expect(minutes).toHaveLength(60);
    expect(minutes.slice(-2)).toMatchObject([
      { accepted: 4, completed: 0 },
      { accepted: 0, completed: 2 },
    ]);
    expect(await read.kept()).toMatchObject({ accepted: 4, completed: 2, failed: 0 });
  };
  await expectAll(counters);
  await counters.flush();
  await expectAll(counters);
  await expectAll(new SqliteCounters(database, clock, RETENTION_MS));
  clock.advance(2 * RETENTION_MS);
  expect(await counters.kept()).toMatchObject({ accepted: 0, completed: 0 });
  await close();
});

it("loses no count to a group of writes that is undone", async () => {
  const { database, close } = temporaryDatabase();
  const counters = new SqliteCounters(database, new TestClock(), RETENTION_MS);
  counters.add("failed", 5);
  const flushed = counters.flush();
  expect(() =>
    database.write(() => {
      throw new Error("no room");
    }),
  ).toThrow();
  await flushed;
  expect(await counters.kept()).toMatchObject({ failed: 5 });
  await counters.flush();
  expect(await new SqliteCounters(database, new TestClock(), RETENTION_MS).kept()).toMatchObject({
    failed: 5,
  });
  await close();
});

it("counts nothing twice that was committed, though the disk then did not say that it has it", async () => {
  const syncs: Array<Parameters<Sync>[1]> = [];
  const { database, close } = temporaryDatabase({ sync: (_, done) => void syncs.push(done) });
  const counters = new SqliteCounters(database, new TestClock(), RETENTION_MS);
  counters.add("failed", 5);
  const flushed = counters.flush();
  await turn();
  syncs.shift()?.(new Error("EIO"));
  await flushed;
  expect(await counters.kept()).toMatchObject({ failed: 5 });
  await close();
});
