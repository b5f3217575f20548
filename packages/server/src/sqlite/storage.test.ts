import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { buildMessage } from "@homing/core/testing/build-message";
import { TestClock } from "@homing/core/testing/test-clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import type { Database } from "./database.ts";
import { createStorage, type Storage } from "./storage.ts";

let database: Database;
let close: () => Promise<void>;
let storage: Storage;
beforeEach(() => {
  ({ database, close } = temporaryDatabase());
  storage = createStorage(database, new TestClock(), DEFAULT_SETTINGS, 10);
});
afterEach(() => close());

const failWrite = () =>
  expect(() =>
    database.write(() => {
      throw new Error("no room");
    }),
  ).toThrow();

describe("messages are counted as accepted", () => {
  it("once they are stored, however the store answers", async () => {
    await storage.atOnce.store.insert(buildMessage());
    await database.settled();
    await storage.safe.store.insert(buildMessage());
    expect(await storage.counters.kept()).toMatchObject({ accepted: 2 });
  });

  it("not if that was undone with its group, whose call is answered SYSTEM_ERROR", async () => {
    await storage.atOnce.store.insert(buildMessage());
    failWrite();
    const again = buildMessage();
    await storage.atOnce.store.insert(again);
    await database.settled();
    expect(await storage.counters.kept()).toMatchObject({ accepted: 1 });
    expect(await storage.safe.store.get(again.messageId)).toEqual(again);
  });

  it("also if what is written after they are safe is undone", async () => {
    await storage.safe.store.insert(buildMessage());
    failWrite();
    expect(await storage.counters.kept()).toMatchObject({ accepted: 1 });
  });
});
