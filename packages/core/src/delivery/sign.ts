import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";

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
  const input = [senderId, String(generation)].map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return `whsec_${createHmac("sha256", master).update(input).digest("base64")}`;
}

/**
 * Signs the body exactly as it is sent; without a body, the empty string. Several secrets are given while a
 * rotation overlaps: a receiver that knows any one of them accepts.
 */
export function signatureHeaders(message: {
  readonly messageId: string;
  readonly timestampMs: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): SignatureHeaders {
  const { messageId, timestampMs, body, secrets } = message;
  const signatures = secrets.map((secret) =>
    new Webhook(secret).sign(messageId, new Date(timestampMs), body),
  );
  return {
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(timestampMs / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
