import { copyFileSync, readFileSync } from "node:fs";
import type { Sync } from "@homing/server/sqlite/database";

/** Of a log's header: they are others whenever it begins anew. */
const SALTS = [16, 24] as const;

/**
 * What of a database's log is on the disk's surface. A sync brings there what was written since the one before began,
 * whatever became of that: after a failure the system takes it for written. What SQLite moves into the file itself it
 * has synced before, and there.
 */
export class Disk {
  #path: string;
  #underWay: Array<{ readonly begun: Written; readonly done: Parameters<Sync>[1] }> = [];
  #surface = Buffer.alloc(0);
  /** The log when the latest sync began. */
  #known: Buffer;
  #file: Buffer;
  #isWrittenAgain = false;
  refusesWriting = false;

  constructor(path: string) {
    this.#path = path;
    this.#file = readFileSync(path);
    this.#known = Buffer.alloc(0);
  }

  /** For one process: once the next one has begun, nothing comes of what it still does. */
  forProcess(): { readonly sync: Sync; readonly writeAgain: () => void } {
    const path = this.#path;
    return {
      sync: (_file, done) => {
        if (path !== this.#path) return;
        this.look();
        this.#underWay.push({ begun: this.#begin(), done });
      },
      writeAgain: () => {
        if (this.refusesWriting || path !== this.#path) throw new Error("EIO");
        this.#isWrittenAgain = true;
      },
    };
  }

  /** As a process left it that died, in a place of its own; nobody learns any more how its syncs end. */
  moveTo(path: string): void {
    for (const suffix of ["", "-wal"]) copyFileSync(`${this.#path}${suffix}`, `${path}${suffix}`);
    this.#path = path;
    this.#underWay = [];
  }

  /** Whether there was one that could end. */
  end(fails: boolean): boolean {
    const [oldest] = this.#underWay.splice(0, 1);
    if (oldest === undefined) return false;
    if (!fails) this.#reach(oldest.begun);
    oldest.done(fails ? new Error("EIO") : null);
    return true;
  }

  /** After each step: whether SQLite has moved the log into the file. */
  look(): void {
    const file = readFileSync(this.#path);
    if (file.equals(this.#file)) return;
    this.#file = file;
    this.#reach(this.#begin());
  }

  /** File and log as they would be found; between these shares of its length the log is as it was written. */
  found(from: number, to: number): { readonly file: Buffer; readonly log: Buffer } {
    const written = this.#log();
    const log = Buffer.alloc(Math.max(this.#surface.length, Math.ceil(to * written.length)));
    this.#surface.copy(log);
    if (from < to)
      written.copy(
        log,
        Math.floor(from * written.length),
        Math.floor(from * written.length),
        Math.ceil(to * written.length),
      );
    return { file: this.#file, log };
  }

  #log(): Buffer {
    return readFileSync(`${this.#path}-wal`);
  }

  #begin(): Written {
    const [log, known] = [this.#log(), this.#known];
    const isNew = this.#isWrittenAgain || !log.subarray(...SALTS).equals(known.subarray(...SALTS));
    this.#isWrittenAgain = false;
    this.#known = log;
    return { log, isAt: (at) => isNew || log[at] !== known[at] };
  }

  #reach({ log, isAt }: Written): void {
    const surface = Buffer.alloc(Math.max(log.length, this.#surface.length));
    this.#surface.copy(surface);
    for (const [at, byte] of log.entries()) if (isAt(at)) surface[at] = byte;
    this.#surface = surface;
  }
}

interface Written {
  readonly log: Buffer;
  /** Whether the byte at this place was written since the sync before. */
  readonly isAt: (at: number) => boolean;
}
