/**
 * API keys as text: `hk_` + id + `_` + secret + checksum. The checksum tells a mistyped or invented key from a
 * real one without a read, and lets scanners for leaked secrets be sure of what they found.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Crockford's base 32 in lower case: 5 bits a character, none that look alike. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_CHARACTERS = 10;
/** 160 bits. */
const SECRET_CHARACTERS = 32;
const CHECKSUM_CHARACTERS = 6;

const KEY_ID = new RegExp(`^[${ALPHABET}]{${ID_CHARACTERS}}$`);
const KEY = new RegExp(
  `^(hk_([${ALPHABET}]{${ID_CHARACTERS}})_[${ALPHABET}]{${SECRET_CHARACTERS}})([${ALPHABET}]{${CHECKSUM_CHARACTERS}})$`,
);

export interface ApiKey {
  readonly keyId: string;
  /** The whole key: shown once, stored nowhere. */
  readonly text: string;
  readonly hash: string;
}

export function newApiKey(): ApiKey {
  const keyId = randomCharacters(ID_CHARACTERS);
  const head = `hk_${keyId}_${randomCharacters(SECRET_CHARACTERS)}`;
  const text = head + checksum(head);
  return { keyId, text, hash: hashKey(text) };
}

/** The id that a well-formed key names; undefined for anything else. */
export function keyIdOf(text: string): string | undefined {
  const [, head, keyId, sum] = KEY.exec(text) ?? [];
  return head !== undefined && sum === checksum(head) ? keyId : undefined;
}

export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** What is stored of a key. SHA-256 without salt or rounds: the secret has 160 random bits, nothing guesses it. */
export function hashKey(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Takes as long for a wrong hash as for the right one. Both are hashes, so their lengths tell nothing. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function randomCharacters(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

function checksum(head: string): string {
  const digest = createHash("sha256").update(head).digest();
  return Array.from(digest.subarray(0, CHECKSUM_CHARACTERS), (byte) => ALPHABET.charAt(byte & 31)).join("");
}
