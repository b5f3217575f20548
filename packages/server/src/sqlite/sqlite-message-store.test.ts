import { describeMessageStoreContract } from "@homing/core/store/message-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { messageTables, SqliteMessageStore } from "./sqlite-message-store.ts";

describeMessageStoreContract("the SQLite message store", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return { store: new SqliteMessageStore(messageTables(database, clock), database.whenSafe), clock, close };
});
