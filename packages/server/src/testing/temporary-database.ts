import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../sqlite/database.ts";
import { migrate } from "../sqlite/schema.ts";

/** A database with all tables in a folder of its own, which goes with it. */
export function temporaryDatabase(): { readonly database: Database; readonly close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "homing-sqlite-"));
  const database = new Database(join(folder, "homing.db"));
  migrate(database);
  return {
    database,
    close: async () => {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
