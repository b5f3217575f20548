/**
 * The checksums of SQLite's log, each of which goes on from the one before: https://www.sqlite.org/fileformat2.html#walformat
 */

export const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** With the last bit set the words of what is summed up are big-endian. */
const MAGIC = 0x37_7f_06_82;
const HEADER = { pageBytes: 8, salts: 16, sums: 24 } as const;
const FRAME = { salts: 8, sums: 16 } as const;

type Sums = readonly [number, number];

export class LogChecksums {
  readonly frameBytes: number;
  /** Others in each round of the log. */
  readonly salts: Buffer;
  readonly #isBigEndian: boolean;
  #sums: Sums;

  /** Those that a log begins with; undefined if its header is none. */
  static of(header: Buffer): LogChecksums | undefined {
    const isBigEndian = header.readUInt32BE(0) === MAGIC + 1;
    if (!isBigEndian && header.readUInt32BE(0) !== MAGIC) return undefined;
    const sums = sum([0, 0], header.subarray(0, HEADER.sums), isBigEndian);
    return isAt(header, HEADER.sums, sums) ? new LogChecksums(header, isBigEndian, sums) : undefined;
  }

  private constructor(header: Buffer, isBigEndian: boolean, sums: Sums) {
    this.frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(HEADER.pageBytes);
    this.salts = Buffer.from(header.subarray(HEADER.salts, HEADER.sums));
    this.#isBigEndian = isBigEndian;
    this.#sums = sums;
  }

  /** After the latest frame. */
  get sums(): Sums {
    return this.#sums;
  }

  /** Whether it is the next frame, as it was written. */
  goOnWith(frame: Buffer): boolean {
    if (!frame.subarray(FRAME.salts, FRAME.sums).equals(this.salts)) return false;
    const header = sum(this.#sums, frame.subarray(0, FRAME.salts), this.#isBigEndian);
    this.#sums = sum(header, frame.subarray(FRAME_HEADER_BYTES), this.#isBigEndian);
    return isAt(frame, FRAME.sums, this.#sums);
  }
}

function sum([first, second]: Sums, bytes: Buffer, isBigEndian: boolean): Sums {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [one, two] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    one = (one + view.getUint32(at, !isBigEndian) + two) >>> 0;
    two = (two + view.getUint32(at + 4, !isBigEndian) + one) >>> 0;
  }
  return [one, two];
}

function isAt(bytes: Buffer, at: number, [one, two]: Sums): boolean {
  return bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two;
}
