import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

export const SECRET_PREFIX = "whsec_";

/** What a receiver verifies, as headers (https://www.standardwebhooks.com). */
export interface SignatureHeaders {
  readonly "webhook-id": string;
  /** Epoch seconds. */
  readonly "webhook-timestamp": string;
  /** One `v1,` signature for each secret, separated by spaces. */
  readonly "webhook-signature": string;
}

/**
 * The secret a sender's receivers verify with: `whsec_` and 32 bytes in base64. It follows from the master
 * secret, the sender and the generation (raised by each rotation), so nothing secret is stored. Both parts
 * are length-prefixed: no two pairs of sender and generation share an input.
 */
export function deriveSigningSecret(
  master: string | Uint8Array,
  senderId: string,
  generation: number,
): string {
  return `${SECRET_PREFIX}${deriveBytes(master, [senderId, String(generation)]).toString("base64")}`;
}

/** 32 bytes that follow from the master secret and these parts, each of which is length-prefixed. */
export function deriveBytes(master: string | Uint8Array, parts: readonly string[]): Buffer {
  const input = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return createHmac("sha256", master).update(input).digest();
}

/**
 * Signs the body exactly as it is sent; without a body, the empty string. Several secrets are given while a
 * rotation overlaps: a receiver that knows any one of them accepts. Node's own HMAC, because the library's,
 * in JavaScript, takes 2 ms for a body of 100 KiB; the tests hold the result against the library.
 */
export function signatureHeaders(message: {
  readonly messageId: string;
  readonly timestampMs: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): SignatureHeaders {
  const { messageId, timestampMs, body, secrets } = message;
  const timestamp = String(Math.floor(timestampMs / 1_000));
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac("sha256", keyOf(secret)).update(`${messageId}.${timestamp}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": messageId,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

/** Making a key of its bytes takes longer than signing with it. */
const keys = new Map<string, KeyObject>();
const MOST_KEYS = 1_000;

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const key = createSecretKey(Buffer.from(secret.slice(SECRET_PREFIX.length), "base64"));
  keys.set(secret, key);
  return key;
}
