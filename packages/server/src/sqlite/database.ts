/**
 * One file, one connection, and groups of writes. A write is carried out at once, in a transaction that is open for all
 * writes of this turn of the event loop, or until the group before is on the disk; they are committed together. SQLite
 * does not wait for the disk then (`synchronous=NORMAL`): its log is synced here, by a thread, while the next group
 * fills, and a group is safe once that is done. So a write can be answered in two ways: when it is safe, or at once, by
 * who lets nothing out of the process before it is (`settled`).
 */
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { StorageError } from "@homing/core/store/message-store";
import { LostLogError, writeLogAgain } from "./log-file.ts";
import { isDamage, isLocked, storageFailure } from "./storage-failure.ts";

/** Pages in the log before they are moved into the file; 16 MiB. */
const CHECKPOINT_PAGES = 4_096;
/** What the log's file may keep of a burst. */
const MAX_IDLE_LOG_BYTES = 67_108_864;
const CACHE_KIB = 16_384;
/** What needs no write of its own goes along with another's, but waits no longer. */
const LONGEST_WAIT_FOR_ANOTHER_MS = 1_000;
/** The only thread stands still for so long while another process keeps the file to itself. */
const LOCK_WAIT_MS = 5_000;
/** A disk that takes longer counts as one that does not work. */
const LONGEST_SYNC_MS = 5_000;

/** How an adapter's answer leaves it. */
export type Answer = <T>(work: () => T) => Promise<T>;

interface Group {
  readonly safe: PromiseWithResolvers<void>;
  /** Rows that had been changed before it, while the storage fails. */
  readonly changesBefore: number;
}

/** A moment between two groups; see `Database.settledSince`. */
export interface GroupCount {
  readonly committed: number;
  readonly failed: number;
}

/** Has all that was written to a file put on the disk's surface, and says when, or why not. */
export type Sync = (file: number, done: (error: Error | null) => void) => void;

/** Writes all of the log again, as it reads, so that the next sync is of all of it. @throws Error if it cannot be. */
export type WriteAgain = (log: number, index: number) => void;

export interface DatabaseOptions {
  /** The file is damaged: nothing that is read can be believed. */
  readonly onDamage?: (error: Error) => void;
  /** What a failed sync was of is gone: whoever opens the file anew finds all that was safe, and nothing else goes on. */
  readonly onLostLog?: (error: Error) => void;
  readonly sync?: Sync;
  readonly writeAgain?: WriteAgain;
  /** In the place of `LOCK_WAIT_MS`. */
  readonly lockWaitMs?: number;
}

export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #log: number;
  /** Of the log: what of it counts. Held until the end, as the lock of SQLite's that whoever closes it lets go of. */
  readonly #index: number;
  readonly #onDamage: (error: Error) => void;
  readonly #onLostLog: (error: Error) => void;
  readonly #sync: Sync;
  readonly #writeAgain: WriteAgain;
  readonly #lockWaitMs: number;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #version: StatementSync;
  readonly #changes: StatementSync;
  readonly #onRollback: Array<() => void> = [];
  readonly #onFlush: Array<() => void> = [];
  #group: Group | undefined;
  /** Committed, and on its way to the disk. */
  #syncing: Group | undefined;
  /** A sync has failed: what was committed may be missing on the disk, and later syncs would not tell. It reads as ever. */
  #isLogInDoubt: boolean;
  /** Not while another process has what was waited for in vain: then each try tells at once. */
  #waitsForLocks = true;
  #alongWithNext: Array<() => void> = [];
  #onceCommitted: Array<() => void> = [];
  #alone: NodeJS.Timeout | undefined;
  #isFailing = false;
  #count: { committed: number; failed: number } = { committed: 0, failed: 0 };

  /** @throws Error if the file cannot be opened. */
  constructor(
    path: string,
    {
      onDamage = () => undefined,
      onLostLog = () => undefined,
      sync = fdatasync,
      writeAgain = writeLogAgain,
      lockWaitMs = LOCK_WAIT_MS,
    }: DatabaseOptions = {},
  ) {
    this.#onDamage = onDamage;
    this.#onLostLog = onLostLog;
    this.#sync = sync;
    this.#writeAgain = writeAgain;
    this.#lockWaitMs = lockWaitMs;
    this.#sqlite = new DatabaseSync(path, { timeout: lockWaitMs });
    try {
      this.#sqlite.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};
        PRAGMA cache_size = -${CACHE_KIB};
        PRAGMA temp_store = MEMORY;
      `);
      this.#begin = this.#sqlite.prepare("BEGIN IMMEDIATE");
      this.#commit = this.#sqlite.prepare("COMMIT");
      this.#version = this.#sqlite.prepare("PRAGMA user_version");
      this.#changes = this.#sqlite.prepare("SELECT total_changes() AS changes");
      // The first read makes the log, which then stays the same file for as long as it is open.
      this.#version.get();
      this.#log = openSync(`${this.#sqlite.location()}-wal`, "r+");
      this.#index = openSync(`${this.#sqlite.location()}-shm`, "r");
      // It was left by a process that died, whose last sync may have failed.
      this.#isLogInDoubt = fstatSync(this.#log).size > 0;
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql);
  }

  /** Statements outside any group: for who has the database to itself. */
  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  /** Carries out a write as part of the open group. @throws StorageError: then all of the group is undone. */
  write<T>(work: () => T): T {
    try {
      this.#group ??= this.#open();
      return work();
    } catch (error) {
      throw this.#fail(error, false);
    }
  }

  /** @throws StorageError */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#failure(error, false);
    }
  }

  /** Has rows written that were put off (`onFlush`): before a statement that searches among them. @throws StorageError */
  flush(): void {
    if (this.#group === undefined) return;
    try {
      for (const write of this.#onFlush) write();
    } catch (error) {
      throw this.#fail(error, false);
    }
  }

  /** For work that may wait: it goes along with the next group, or is one of its own a second later. */
  writeAlong(work: () => void): void {
    this.#alongWithNext.push(work);
    this.#alone ??= setTimeout(() => this.#writeAlone(), LONGEST_WAIT_FOR_ANOTHER_MS).unref();
  }

  /** For what tells of the writes of the open group: done once that is committed, never if it is undone. */
  onceCommitted(work: () => void): void {
    if (this.#group === undefined) work();
    else this.#onceCommitted.push(work);
  }

  /** Answers when everything is safe that was written or read until then. */
  readonly whenSafe: Answer = async (work) => {
    const value = work();
    await this.settled();
    return value;
  };

  /** Answers at once. Whoever asks must wait for `settledSince` before anybody outside learns of it. */
  readonly atOnce: Answer = async (work) => work();

  /** Resolves when all that was written until now is on the disk; rejects with a StorageError if it is undone. */
  async settled(): Promise<void> {
    // What can be read may be on no disk: it is safe with the next group, before which the log is written again.
    if (this.#isLogInDoubt && this.#syncing === undefined) this.write(() => undefined);
    await (this.#group ?? this.#syncing)?.safe.promise;
  }

  /** Resolves if the storage works: when the last write was undone, if another one is not. */
  async probe(): Promise<void> {
    const isLate = Promise.withResolvers<never>();
    const late = new StorageError(true, true, new Error("The disk takes too long for a sync."), false);
    const timer = setTimeout(() => isLate.reject(late), LONGEST_SYNC_MS).unref();
    try {
      await Promise.race([this.#probe(), isLate.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #probe(): Promise<void> {
    if (!this.#isFailing) {
      this.read(() => void this.#version.get());
      return this.settled();
    }
    const version = Number(this.#version.get()?.user_version);
    const { failed } = this.#count;
    await this.whenSafe(() => this.write(() => this.#sqlite.exec(`PRAGMA user_version = ${version}`)));
    if (this.#count.failed === failed) this.#isFailing = false;
  }

  get count(): GroupCount {
    return { ...this.#count };
  }

  /** As `settled`, and rejects, too, if any group has been undone since `before`. */
  async settledSince(before: GroupCount): Promise<void> {
    const failure = await this.settled().catch((error: StorageError) => error);
    if (failure === undefined && this.#count.failed === before.failed) return;
    const mayHaveTakenEffect = failure?.mayHaveTakenEffect || this.#count.committed > before.committed;
    throw new StorageError(mayHaveTakenEffect, true, failure, false);
  }

  /** Called before a group is committed, for who puts off writing a row that is likely to be written again at once. */
  onFlush(write: () => void): void {
    this.#onFlush.push(write);
  }

  /** Called whenever a group is undone: what was remembered of it is wrong. */
  onRollback(forget: () => void): void {
    this.#onRollback.push(forget);
  }

  /** Commits what is open, and lets go of the file. */
  close(): void {
    clearTimeout(this.#alone);
    if (this.#alongWithNext.length > 0) this.#writeAlone();
    const last = [this.#syncing, this.#group];
    if (this.#group) this.#commitGroup();
    try {
      if (this.#isLogInDoubt) this.#writeAgain(this.#log, this.#index);
      fdatasyncSync(this.#log);
      for (const group of last) group?.safe.resolve();
    } catch (error) {
      const failure = this.#failure(error, true);
      for (const group of last) group?.safe.reject(failure);
      // To close the file is to move the log into it, as it reads.
      if (error instanceof LostLogError) return;
    }
    this.#sqlite.close();
    closeSync(this.#log);
    closeSync(this.#index);
  }

  #open(): Group {
    this.#begin.run();
    this.#waitForLocks(true);
    // Nobody else writes now, and this group's sync will be of all that the failed one was of.
    if (this.#isLogInDoubt && this.#syncing === undefined) this.#writeAgain(this.#log, this.#index);
    const changesBefore = this.#isFailing ? this.#countChanges() : 0;
    const group = { safe: Promise.withResolvers<void>(), changesBefore };
    // Whoever waits for it learns of its failure; nobody may.
    group.safe.promise.catch(() => undefined);
    if (this.#syncing === undefined) setImmediate(() => this.#end(group));
    return group;
  }

  #end(group: Group): void {
    if (this.#group !== group || !this.#commitGroup()) return;
    this.#syncing = group;
    // The commit of nothing succeeds on any disk.
    const hasWritten = this.#isFailing && this.#countChanges() > group.changesBefore;
    const { failed } = this.#count;
    this.#sync(this.#log, (error) => {
      if (error === null && hasWritten && this.#count.failed === failed) this.#isFailing = false;
      this.#synced(group, error);
    });
  }

  #synced(group: Group, error: Error | null): void {
    this.#syncing = undefined;
    if (error === null) {
      this.#isLogInDoubt = false;
      group.safe.resolve();
      if (this.#group) this.#end(this.#group);
      return;
    }
    this.#isLogInDoubt = true;
    this.#isFailing = true;
    this.#count.failed += 1;
    group.safe.reject(this.#failure(error, true));
    // It may have read what is in doubt, and its own sync would not tell.
    if (this.#group) this.#fail(error, false);
  }

  /** Whether it is in the log now. */
  #commitGroup(): boolean {
    try {
      this.flush();
    } catch {
      return false;
    }
    try {
      for (const work of this.#alongWithNext) work();
      this.#commit.run();
    } catch (error) {
      this.#fail(error, true);
      return false;
    }
    this.#group = undefined;
    this.#count.committed += 1;
    this.#alongWithNext = [];
    clearTimeout(this.#alone);
    this.#alone = undefined;
    const work = this.#onceCommitted;
    this.#onceCommitted = [];
    for (const one of work) one();
    return true;
  }

  #waitForLocks(waits: boolean): void {
    if (waits === this.#waitsForLocks) return;
    this.#waitsForLocks = waits;
    this.#sqlite.exec(`PRAGMA busy_timeout = ${waits ? this.#lockWaitMs : 0}`);
  }

  #countChanges(): number {
    return Number(this.#changes.get()?.changes);
  }

  #writeAlone(): void {
    this.#alone = undefined;
    try {
      this.write(() => undefined);
    } catch {
      this.#alone = setTimeout(() => this.#writeAlone(), LONGEST_WAIT_FOR_ANOTHER_MS).unref();
    }
  }

  #fail(error: unknown, wasCommitting: boolean): StorageError {
    const failure = this.#failure(error, wasCommitting);
    const group = this.#group;
    this.#group = undefined;
    this.#onceCommitted = [];
    this.#isFailing = true;
    this.#count.failed += 1;
    // Some errors have undone it already.
    if (this.#sqlite.isTransaction) this.#sqlite.exec("ROLLBACK");
    for (const forget of this.#onRollback) forget();
    if (this.#alongWithNext.length > 0)
      this.#alone ??= setTimeout(() => this.#writeAlone(), LONGEST_WAIT_FOR_ANOTHER_MS).unref();
    group?.safe.reject(failure);
    return failure;
  }

  #failure(error: unknown, wasCommitting: boolean): StorageError {
    if (isDamage(error)) this.#onDamage(error);
    if (error instanceof LostLogError) this.#onLostLog(error);
    if (isLocked(error)) this.#waitForLocks(false);
    return storageFailure(error, wasCommitting);
  }
}
