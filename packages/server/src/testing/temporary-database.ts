import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, type DatabaseOptions } from "../sqlite/database.ts";
import { migrate } from "../sqlite/schema.ts";

/** A database with all tables in a folder of its own, which goes with it. */
export function temporaryDatabase(options: DatabaseOptions = {}): {
  readonly database: Database;
  readonly path: string;
  readonly close: () => Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), "homing-sqlite-"));
  const path = join(folder, "homing.db");
  const database = new Database(path, options);
  migrate(database);
  return {
    database,
    path,
    close: async () => {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
