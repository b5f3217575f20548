import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LostLogError, writeLogAgain } from "./log-file.ts";

const PAGE_BYTES = 512;
const FRAME_BYTES = 24 + PAGE_BYTES;

let folder: string;
let path: string;
let sqlite: DatabaseSync;
let log: number;
let index: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-log-"));
  path = join(folder, "homing.db");
  sqlite = new DatabaseSync(path);
  sqlite.exec(`
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE words (word);
  `);
  log = openSync(`${path}-wal`, "r+");
  index = openSync(`${path}-shm`, "r");
});
afterEach(() => {
  sqlite.close();
  closeSync(log);
  closeSync(index);
  rmSync(folder, { recursive: true });
});

const write = (bytes: number) => sqlite.prepare("INSERT INTO words VALUES (zeroblob(?))").run(bytes);
const content = () => readFileSync(`${path}-wal`);
/** As the disk has it, for what the system has forgotten. */
const forget = (at: number, bytes: number) => writeSync(log, Buffer.alloc(bytes), 0, bytes, at);

describe("a log that is written again", () => {
  it.each([1, 100_000, 3_000_000])("is what it was, with %i bytes in it", (bytes) => {
    write(bytes);
    const before = content();
    utimesSync(`${path}-wal`, 0, 0);
    writeLogAgain(log, index);
    expect(content().equals(before)).toBe(true);
    expect(statSync(`${path}-wal`).mtimeMs).toBeGreaterThan(0);
  });

  it.each<[string, (frames: number) => number]>([
    ["header", () => 16],
    ["first frame", () => 32 + 24],
    ["head of a frame", (frames) => 32 + Math.floor(frames / 2) * FRAME_BYTES],
    ["last frame", (frames) => 32 + (frames - 1) * FRAME_BYTES + 16],
  ])("is refused once its %s is another than was written", (_, place) => {
    write(2_000_000);
    write(1);
    const frames = (content().length - 32) / FRAME_BYTES;
    forget(place(frames), 8);
    expect(() => writeLogAgain(log, index)).toThrow(LostLogError);
  });

  it("is refused once its end is missing, or is of an earlier round", () => {
    write(5_000);
    const before = content();
    sqlite.exec("PRAGMA wal_checkpoint(RESTART)");
    write(1);
    writeLogAgain(log, index);
    writeSync(log, before, 0, FRAME_BYTES, 32);
    expect(() => writeLogAgain(log, index)).toThrow(LostLogError);
  });

  it("may have anything behind its end, and anywhere once all of it is in the file", () => {
    write(100_000);
    sqlite.exec("PRAGMA wal_checkpoint(RESTART)");
    write(1);
    forget(content().length - 1_000, 900);
    writeLogAgain(log, index);
    sqlite.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    writeLogAgain(log, index);
    forget(0, 1_000);
    writeLogAgain(log, index);
  });
});
