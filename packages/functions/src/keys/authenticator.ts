import { cached } from "@homing/core/cached";
import type { Clock } from "@homing/core/clock";
import { MINUTE } from "@homing/core/duration";
import { SettingsError } from "@homing/core/settings";
import { type Authenticator, OPERATOR } from "../api/principal.ts";
import { hashKey, keyIdOf, sameHash } from "./api-key.ts";
import { isInForce, type KeyRecord, type KeyStore } from "./key-store.ts";

/** A revoked key works no longer than this in any process. */
export const KEY_CACHE_MS = MINUTE;
const MAX_CACHED_KEYS = 10_000;
/** Shorter ones could be guessed. */
const OPERATOR_KEY_MIN_LENGTH = 24;

interface AuthenticatorOptions {
  readonly operatorKey: string;
  readonly keyStore: Pick<KeyStore, "get">;
  readonly clock: Clock;
}

/**
 * Knows the operator key without a read, and every other by a read a minute. A text that is no key of ours costs
 * none; an id that does not exist is remembered like one that does.
 *
 * @throws SettingsError if the operator key is too short to be one.
 */
export function createAuthenticator({ operatorKey, keyStore, clock }: AuthenticatorOptions): Authenticator {
  if (operatorKey.length < OPERATOR_KEY_MIN_LENGTH)
    throw new SettingsError(`The operator key needs at least ${OPERATOR_KEY_MIN_LENGTH} characters.`);
  const operatorHash = hashKey(operatorKey);
  const lookUp = cached<KeyRecord | undefined>(
    { lifeMs: KEY_CACHE_MS, maxEntries: MAX_CACHED_KEYS },
    clock,
    (keyId) => keyStore.get(keyId),
  );
  return {
    authenticate: async (text) => {
      const hash = hashKey(text);
      if (sameHash(hash, operatorHash)) return OPERATOR;
      const keyId = keyIdOf(text);
      const key = keyId === undefined ? undefined : await lookUp(keyId);
      if (!key || !isInForce(key, clock.now()) || !sameHash(hash, key.hash)) return undefined;
      const { senderId, scopes, name, expiresAt } = key;
      return {
        keyId: key.keyId,
        senderId,
        scopes,
        ...(name === undefined ? {} : { name }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    },
    forget: lookUp.forget,
  };
}
