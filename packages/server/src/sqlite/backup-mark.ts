/**
 * A backup is marked in its header, until a server begins with it: the log of another file, left beside it, would be put
 * over it page by page, and a server that is running would not notice that its file has been written over.
 */
import { closeSync, existsSync, fsyncSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { SettingsError } from "@homing/core/settings";
import { APPLICATION_ID } from "./schema.ts";

/** Where SQLite keeps the application's id: https://www.sqlite.org/fileformat.html#application_id */
const ID_AT = 68;
const OURS = Buffer.alloc(4);
OURS.writeUInt32BE(APPLICATION_ID);
/** In the place of it. */
const MARK = Buffer.from("Homb");

/** For a file that nobody has open. */
export function markAsBackup(path: string): void {
  const file = openSync(path, "r+");
  write(file, MARK);
  closeSync(file);
}

/** An open file. */
export function isMarkedAsBackup(file: number): boolean {
  const found = Buffer.alloc(MARK.length);
  readSync(file, found, 0, found.length, ID_AT);
  return found.equals(MARK);
}

/** Takes the mark from a backup that has been put in its place. @throws SettingsError if a log lies beside it. */
export function takeBackup(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    if (!isMarkedAsBackup(file)) return;
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      throw new SettingsError(
        `HOMING_DATA_DIR: ${path} is a backup, and the log of another file lies beside it; remove ${path}-wal and ${path}-shm, and start again.`,
      );
    }
    write(file, OURS);
  } finally {
    closeSync(file);
  }
}

function write(file: number, id: Buffer): void {
  writeSync(file, id, 0, id.length, ID_AT);
  fsyncSync(file);
}
