import { describeMessageStoreContract } from "@homing/core/store/message-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { messageTables, SqliteMessageStore } from "./sqlite-message-store.ts";

// What is answered at once is read before it is a row.
for (const answer of ["whenSafe", "atOnce"] as const) {
  describeMessageStoreContract(`the SQLite message store, answering ${answer}`, async () => {
    const { database, close } = temporaryDatabase();
    const clock = new TestClock();
    return { store: new SqliteMessageStore(messageTables(database, clock), database[answer]), clock, close };
  });
}
