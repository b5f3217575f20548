import { createHash, randomFillSync } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so an id survives being read aloud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

export const MESSAGE_ID = /^msg_[0-9A-HJKMNP-TV-Z]{26}$/;

/** A new id that sorts by `now`: 48 bits of time, 80 random ones. */
export function newMessageId(now: number): string {
  let time = "";
  for (let rest = now, i = 0; i < TIME_CHARACTERS; i += 1, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  return `msg_${time}${encode(random(RANDOM_CHARACTERS), RANDOM_CHARACTERS)}`;
}

/**
 * The id that a sender's idempotency key always leads to, so that the conditional put which stores the
 * message is the deduplication. Length-prefixed: no two pairs of sender and key share an input.
 */
export function messageIdForKey(senderId: string, idempotencyKey: string): string {
  const digest = createHash("sha256")
    .update(`${senderId.length}:${senderId}:${idempotencyKey.length}:${idempotencyKey}`)
    .digest();
  return `msg_${encode(digest, TIME_CHARACTERS + RANDOM_CHARACTERS)}`;
}

/** One character for each byte: five of its bits. */
function encode(bytes: Uint8Array, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

/** A random token, 96 bits: never used twice. */
export function newToken(): string {
  return random(12).toString("base64url");
}

/** Drawn in bulk, because a small draw costs as much as a large one. */
const pool = Buffer.alloc(4_096);
let poolUsed = pool.length;

/** Fresh random bytes, a view that later calls overwrite: to be used up at once. */
function random(length: number): Buffer {
  if (poolUsed + length > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += length;
  return pool.subarray(poolUsed - length, poolUsed);
}

/** The shard of a message in every index: uniform, and always the same. */
export function shardOf(messageId: string, shards: number): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < messageId.length; i += 1) {
    hash = Math.imul(hash ^ messageId.charCodeAt(i), 16_777_619);
  }
  return (hash >>> 0) % shards;
}
