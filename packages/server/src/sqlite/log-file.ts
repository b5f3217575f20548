import { readSync, writeSync } from "node:fs";

/** At a time. */
const BYTES = 1_048_576;

/**
 * Writes all of a file again, as it reads. After a sync that failed, the system takes what it was of for written,
 * although it may be in its memory alone, and the next sync leaves it out: https://wiki.postgresql.org/wiki/Fsync_Errors
 */
export function writeFileAgain(file: number): void {
  const buffer = Buffer.allocUnsafe(BYTES);
  for (let at = 0; ; ) {
    const bytes = readSync(file, buffer, 0, BYTES, at);
    if (bytes === 0) return;
    for (let written = 0; written < bytes; )
      written += writeSync(file, buffer, written, bytes - written, at + written);
    at += bytes;
  }
}
