import { setImmediate as turn } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { TestClock } from "@homing/core/testing/test-clock";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database, Sync } from "../sqlite/database.ts";
import { createStorage, type Storage } from "../sqlite/storage.ts";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { figuresOf } from "./figures.ts";
import type { Figures } from "./metrics.ts";

let database: Database;
let close: () => Promise<void>;
let storage: Storage;
let syncs: Array<Parameters<Sync>[1]>;
beforeEach(() => {
  syncs = [];
  ({ database, close } = temporaryDatabase({ sync: (_, done) => void syncs.push(done) }));
  storage = createStorage(database, new TestClock(), DEFAULT_SETTINGS, 10);
});
afterEach(() => close());

const readAll = (figures: Figures) =>
  Promise.all([
    figures.depth(),
    figures.deadLetters(),
    figures.oldestOverdueSeconds(),
    figures.oldestFailingSeconds(),
    figures.heldUp(),
  ]);

it("are read while a sync does not end, and when it has failed", async () => {
  const figures = figuresOf({ storage, clock: new TestClock(), settings: DEFAULT_SETTINGS });
  const expected = await readAll(figures);
  database.whenSafe(() => database.write(() => undefined)).catch(() => undefined);
  await turn();
  expect(syncs).toHaveLength(1);
  expect(await readAll(figures)).toEqual(expected);
  syncs.shift()?.(new Error("EIO"));
  expect(await readAll(figures)).toEqual(expected);
  expect(syncs).toHaveLength(0);
});
