import { TestClock } from "@homing/core/testing/test-clock";
import { describeKeyStoreContract } from "@homing/functions/keys/key-store.contract";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { SqliteKeyStore } from "./sqlite-key-store.ts";

describeKeyStoreContract("the SQLite key store", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return { store: new SqliteKeyStore(database), clock, close };
});
