import { statSync } from "node:fs";
import { SettingsError } from "@homing/core/settings";
import { diskFull } from "@homing/functions/machine/data-dir";
import { takeBackup } from "./backup-mark.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import { migrate } from "./schema.ts";
import { isDamage, isReadOnly } from "./storage-failure.ts";

export const DATABASE_FILE = "homing.db";

/** A file of this size is read through in a tenth of a second; of a larger one damage shows where it is met. */
const MOST_CHECKED_BYTES = 33_554_432;

/** The database at `path` in `folder`, of the newest version. @throws SettingsError in one line if it cannot be used. */
export function openDatabase(folder: string, path: string, options: DatabaseOptions): Database {
  let database: Database | undefined;
  try {
    takeBackup(path);
    database = new Database(path, options);
    migrate(database);
    // A file that may only be read lets itself be opened, and a server that accepts nothing would run.
    database.exec("BEGIN IMMEDIATE; CREATE TABLE written (at); ROLLBACK");
    check(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(`HOMING_DATA_DIR: ${explain(folder, path, error)}`, { cause: error });
  }
}

function check(database: Database, path: string): void {
  if (statSync(path).size > MOST_CHECKED_BYTES) return;
  const found = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw new DamagedError(String(found).replaceAll("\n", " "));
}

class DamagedError extends Error {}

function explain(folder: string, path: string, error: unknown): string {
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  if (isDamage(error) || error instanceof DamagedError)
    return `${path} is damaged (${reason}); put a backup in its place and start again.`;
  if (isReadOnly(error))
    return `${path} cannot be written by this user; make it the owner of the file (chown).`;
  return diskFull(folder, error) ?? `${path} cannot be used (${reason}).`;
}
