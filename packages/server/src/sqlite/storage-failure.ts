import { StorageError } from "@homing/core/store/message-store";

/** https://www.sqlite.org/rescode.html; the low byte is the kind. */
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

function kindOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}

export function isDamage(error: unknown): error is Error {
  const kind = kindOf(error);
  return kind === SQLITE_CORRUPT || kind === SQLITE_NOTADB;
}

/** Another process has it to itself. */
export function isLocked(error: unknown): boolean {
  return kindOf(error) === SQLITE_BUSY;
}

export function isReadOnly(error: unknown): boolean {
  return kindOf(error) === SQLITE_READONLY || (error as { code?: unknown }).code === "EACCES";
}

/**
 * What an error of SQLite means for the caller. What fails before the commit is undone. A commit that fails may have
 * reached the disk all the same, unless there was no room for it.
 */
export function storageFailure(error: unknown, wasCommitting: boolean): StorageError {
  if (error instanceof StorageError) return error;
  const mayHaveTakenEffect = wasCommitting && kindOf(error) !== SQLITE_FULL;
  return new StorageError(mayHaveTakenEffect, true, error, false);
}
