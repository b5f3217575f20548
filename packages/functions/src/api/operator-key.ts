import { createHash, timingSafeEqual } from "node:crypto";
import type { Authenticator, Principal } from "./principal.ts";

/** Shorter ones could be guessed. */
export const OPERATOR_KEY_MIN_LENGTH = 24;

export const OPERATOR: Principal = { keyId: "operator", senderId: "*", scopes: ["send", "read", "operate"] };

/** The one key that exists before any other: all senders, everything allowed. */
export function operatorKeyAuthenticator(operatorKey: string): Authenticator {
  const expected = digest(operatorKey);
  return {
    authenticate: async (key) => (timingSafeEqual(digest(key), expected) ? OPERATOR : undefined),
  };
}

/** Equal lengths for the constant-time comparison, whatever was sent. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
