/** Ids: a prefix that says of what, and 26 characters. */
import { hash, randomFillSync } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so an id survives being read aloud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

export function idPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}_[${ALPHABET}]{${TIME_CHARACTERS + RANDOM_CHARACTERS}}$`);
}

/** A new id that sorts by `now`: 48 bits of time, 80 random ones. */
export function newId(prefix: string, now: number): string {
  let time = "";
  for (let rest = now, i = 0; i < TIME_CHARACTERS; i += 1, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  return `${prefix}_${time}${encode(random(RANDOM_CHARACTERS), RANDOM_CHARACTERS)}`;
}

/** From `since` to before `until`, in milliseconds since the epoch. */
export interface Times {
  readonly since: number;
  readonly until: number;
}

/** When those of `newId` were made that begin with these characters behind their prefix. */
export function timesOfBeginning(characters: string): Times {
  const known = characters.slice(0, TIME_CHARACTERS);
  const width = 32 ** (TIME_CHARACTERS - known.length);
  let since = 0;
  for (const character of known) since = since * 32 + ALPHABET.indexOf(character);
  return { since: since * width, until: (since + 1) * width };
}

/**
 * The id that the same parts always lead to, so that the conditional put which stores the item is the deduplication.
 * Length-prefixed: no two lists of parts share an input.
 */
export function derivedId(prefix: string, parts: readonly string[]): string {
  return `${prefix}_${derivedText(parts)}`;
}

/** The 26 characters of such an id. */
export function derivedText(parts: readonly string[]): string {
  const input = parts.map((part) => `${part.length}:${part}`).join(":");
  const digest = hash("sha256", input, "buffer");
  return encode(digest, TIME_CHARACTERS + RANDOM_CHARACTERS);
}

/** One character for each byte: five of its bits. */
function encode(bytes: Uint8Array, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(0, length)) text += ALPHABET.charAt(byte & 31);
  return text;
}

export function randomText(bytes: number): string {
  return random(bytes).toString("base64url");
}

/** Drawn in bulk, because a small draw costs as much as a large one. */
const pool = Buffer.alloc(4_096);
let poolUsed = pool.length;

/** Fresh random bytes, a view that later calls overwrite: to be used up at once. */
export function random(length: number): Buffer {
  if (poolUsed + length > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += length;
  return pool.subarray(poolUsed - length, poolUsed);
}
