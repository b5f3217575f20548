import { describeEventStoreContract } from "@homing/core/event/event-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { DueIndex } from "./due-index.ts";
import { SqliteEventStore } from "./sqlite-event-store.ts";

describeEventStoreContract("the SQLite event store", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return {
    store: new SqliteEventStore(database, clock, new DueIndex(database), database.whenSafe),
    clock,
    close,
  };
});
