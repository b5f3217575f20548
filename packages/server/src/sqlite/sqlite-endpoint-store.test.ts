import { describeEndpointStoreContract } from "@homing/core/endpoint/endpoint-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { SqliteEndpointStore } from "./sqlite-endpoint-store.ts";

describeEndpointStoreContract("the SQLite endpoint store", async () => {
  const { database, close } = temporaryDatabase();
  const clock = new TestClock();
  return { store: new SqliteEndpointStore(database, clock), clock, close };
});
