import { readSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { LOG_HEADER_BYTES, LogChecksums } from "./log-checksums.ts";

/** At a time, some more where pages are large. */
const BYTES = 1_048_576;

/** Of the index's header, which SQLite keeps in the bytes' order of the machine: https://www.sqlite.org/walformat.html */
const INDEX = { frames: 16, sums: 24, salts: 32, bytes: 48 } as const;
const IS_LITTLE_ENDIAN = endianness() === "LE";

/** What was committed does not read as it was written, and cannot be written again. */
export class LostLogError extends Error {
  constructor() {
    super("The disk has lost what was written to the log before a sync that failed.");
  }
}

/**
 * Writes all of a log again, as it reads, and looks whether that is what was committed, by its index. After a sync that
 * failed, the system takes what it was of for written, although it may be in its memory alone, and the next sync leaves
 * it out; and what it takes for written it may forget, and read from the disk:
 * https://wiki.postgresql.org/wiki/Fsync_Errors
 *
 * @throws LostLogError
 */
export function writeLogAgain(log: number, index: number): void {
  writeFileAgain(log);
  // Behind that, when nothing of it can be forgotten any more.
  if (!isWhole(log, index)) throw new LostLogError();
}

function writeFileAgain(file: number): void {
  const buffer = Buffer.allocUnsafe(BYTES);
  for (let at = 0; ; ) {
    const bytes = readSync(file, buffer, 0, BYTES, at);
    if (bytes === 0) return;
    for (let written = 0; written < bytes; )
      written += writeSync(file, buffer, written, bytes - written, at + written);
    at += bytes;
  }
}

/** Whether all frames that count are there. Behind them those of an earlier round may lie. */
function isWhole(log: number, index: number): boolean {
  const known = read(index, 0, INDEX.bytes);
  const word = (at: number) => new DataView(known.buffer, known.byteOffset).getUint32(at, IS_LITTLE_ENDIAN);
  const frames = word(INDEX.frames);
  if (frames === 0) return true;
  const header = read(log, 0, LOG_HEADER_BYTES);
  const checksums = LogChecksums.of(header);
  if (!checksums?.salts.equals(known.subarray(INDEX.salts, INDEX.salts + checksums.salts.length)))
    return false;
  const atOnce = Math.ceil(BYTES / checksums.frameBytes);
  for (let frame = 0; frame < frames; frame += atOnce) {
    const count = Math.min(atOnce, frames - frame);
    const found = read(log, LOG_HEADER_BYTES + frame * checksums.frameBytes, count * checksums.frameBytes);
    for (let at = 0; at < count; at += 1) {
      const one = found.subarray(at * checksums.frameBytes, (at + 1) * checksums.frameBytes);
      if (!checksums.goOnWith(one)) return false;
    }
  }
  return checksums.sums[0] === word(INDEX.sums) && checksums.sums[1] === word(INDEX.sums + 4);
}

/** Shorter at the end of the file: then zeros follow. */
function read(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let bytes = 0, more = 1; bytes < length && more > 0; bytes += more)
    more = readSync(file, buffer, bytes, length - bytes, at + bytes);
  return buffer;
}
