/** Makes a key, for a caller who may: nobody gets in for longer than whoever let him in, and no loop fills the storage. */
import { HomingError } from "@homing/core/error";
import { newApiKey } from "../keys/api-key.ts";
import { type KeyCount, type KeyRecord, MAX_KEYS_IN_FORCE, MAX_KEYS_LISTED } from "../keys/key-store.ts";
import type { AppDependencies } from "./dependencies.ts";
import { onceOnly } from "./once-only.ts";
import type { Principal } from "./principal.ts";

interface KeyWanted extends Pick<KeyRecord, "senderId" | "scopes"> {
  readonly name?: string | undefined;
  /** Milliseconds; absent: until it is revoked. */
  readonly expiresIn?: number | undefined;
}

export interface IssuedKey {
  readonly record: KeyRecord;
  /** The whole key, for whoever asked and nobody else. */
  readonly text: string;
}

/** @throws HomingError FORBIDDEN or CONFLICT; then what the storage did not answer. */
export async function issueKey(
  { keyStore, clock }: Pick<AppDependencies, "keyStore" | "clock">,
  principal: Principal,
  { senderId, scopes, name, expiresIn }: KeyWanted,
): Promise<IssuedKey> {
  const now = clock.now();
  const expiresAt = expiresIn === undefined ? undefined : now + expiresIn;
  refuseOutliving(principal, expiresAt);
  refuseTooMany(await keyStore.count(senderId, now));
  const { keyId, text, hash } = newApiKey();
  const record: KeyRecord = {
    keyId,
    hash,
    senderId,
    scopes,
    ...(name === undefined ? {} : { name }),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  await onceOnly(() => keyStore.create(record));
  return { record, text };
}

/** Whoever was let in for a while must not let himself in for longer. */
function refuseOutliving({ expiresAt: end = Infinity }: Principal, expiresAt = Infinity): void {
  if (expiresAt > end)
    throw new HomingError("FORBIDDEN", "This key expires, and makes none that would outlive it.");
}

/** Calls at the same moment may each find room for one: the bound is there to end a runaway loop, not to be exact. */
function refuseTooMany({ inForce, listed }: KeyCount): void {
  if (inForce >= MAX_KEYS_IN_FORCE)
    throw new HomingError(
      "CONFLICT",
      `This sender has ${MAX_KEYS_IN_FORCE} keys in force, which is the most; revoke one that is not used.`,
    );
  if (listed >= MAX_KEYS_LISTED)
    throw new HomingError(
      "CONFLICT",
      `This sender has ${MAX_KEYS_LISTED} keys with those revoked in the last 30 days or expired in the last day, which is the most.`,
    );
}
