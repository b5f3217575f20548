import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SettingsError } from "@homing/core/settings";

/** Where one local stack keeps what must outlive it. Only one stack at a time has it open. */
export interface DataDir {
  /** Folder for a part's own files, named after the part; undefined: keep everything in memory. */
  folder(part: string): string | undefined;
  /** The secret of this name, made at its first use: 256 random bits as 64 hexadecimal digits. */
  secret(name: "operator-key" | "signing-master"): string;
  /**
   * What `opening` opens of this folder.
   *
   * @throws SettingsError in one line if it cannot be opened: the disk is full, a file is damaged or not ours.
   */
  opening<Part>(opening: Promise<Part>): Promise<Part>;
  /** Lets the next stack in. The kernel does the same when the process is killed. */
  close(): void;
}

/** The value of HOMING_DATA_DIR that keeps nothing on disk. */
export const MEMORY = "memory";

/**
 * Opens the folder at `path`, made for this user alone if missing; `memory` touches no disk.
 *
 * @throws SettingsError in one line if the folder cannot be used or another stack has it open.
 */
export function openDataDir(path: string): DataDir {
  if (path === MEMORY) {
    const secrets = new Map<string, string>();
    return {
      folder: () => undefined,
      secret: (name) => secrets.get(name) ?? remember(secrets, name),
      opening: (part) => part,
      close: () => undefined,
    };
  }
  const lock = orSettingsError(path, () => {
    makeFolder(resolve(path));
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return takeLock(join(path, "lock"));
  });
  return {
    folder: (part) => join(path, part),
    secret: (name) => orSettingsError(path, () => keptSecret(path, name)),
    opening: (part) => part.catch((error: unknown) => refuse(path, error)),
    close: () => lock.close(),
  };
}

/** Node's own recursive form never ends where the file system answers ENOENT for ever, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Error("it is a file");
    return;
  }
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * An open SQLite transaction is the portable form of a file lock: the system drops it with the process, however
 * that ends, so that a stale one cannot block anybody.
 */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path);
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw error;
  }
  chmodSync(path, 0o600);
  return lock;
}

function keptSecret(path: string, name: string): string {
  const file = join(path, name);
  const kept = readIfPresent(file);
  if (kept !== undefined) return kept;
  const secret = newSecret();
  // Written aside and renamed: a kill in between must not leave half a secret.
  writeFileSync(`${file}.new`, `${secret}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return secret;
}

function readIfPresent(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text.length < SHORTEST_SECRET) throw new Error(`${file} holds no secret; delete it to get a new one`);
    chmodSync(file, 0o600);
    return text;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** As for HOMING_OPERATOR_KEY: somebody may have put a key of their own into the file. */
const SHORTEST_SECRET = 24;

function newSecret(): string {
  return randomBytes(32).toString("hex");
}

function remember(secrets: Map<string, string>, name: string): string {
  const secret = newSecret();
  secrets.set(name, secret);
  return secret;
}

function orSettingsError<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    return refuse(path, error);
  }
}

function refuse(path: string, error: unknown): never {
  throw new SettingsError(`HOMING_DATA_DIR: ${explain(path, error)}`, { cause: error });
}

const SQLITE_BUSY = 5;

function explain(path: string, error: unknown): string {
  if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
    return `another Homing is running on the folder ${path}; stop it, or choose another folder.`;
  }
  return diskFull(path, error) ?? `the folder ${path} cannot be used (${firstLine(error)}).`;
}

/** Less than the stores need to open their files: whatever fails then fails for this reason. */
const TOO_LITTLE_BYTES = 256 * 1024;

/**
 * What to say of an error if the disk of the folder is full, undefined otherwise. SQLite and LevelDB have words of
 * their own for it, some of which do not tell ("disk I/O error").
 */
export function diskFull(path: string, error: unknown, freeBytes = freeBytesOf(path)): string | undefined {
  if (freeBytes >= TOO_LITTLE_BYTES) return undefined;
  return `the disk of the folder ${path} is full (${firstLine(error)}); make room and start again: what was accepted is kept.`;
}

function freeBytesOf(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    // No such folder: nothing is on a disk.
    return Number.POSITIVE_INFINITY;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
