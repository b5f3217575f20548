import { describeLaneStoreContract } from "@homing/core/lane/lane-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { DueIndex } from "./due-index.ts";
import { SqliteLaneStore } from "./sqlite-lane-store.ts";

describeLaneStoreContract("the SQLite lane store", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return {
    store: new SqliteLaneStore(database, clock, new DueIndex(database), database.whenSafe),
    clock,
    close,
  };
});
