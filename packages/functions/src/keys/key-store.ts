/** Where keys and senders are kept. Every implementation passes `key-store.contract.ts`. */
import { DAY } from "@homing/core/duration";
import type { Scope } from "../api/principal.ts";

/** A key without its secret. Times are milliseconds since the epoch. */
export interface KeyRecord {
  readonly keyId: string;
  /** See `hashKey`. */
  readonly hash: string;
  /** The one sender the key speaks for, or `*`. */
  readonly senderId: string;
  readonly scopes: readonly Scope[];
  readonly name?: string;
  readonly createdAt: number;
  /** From then on it is refused. */
  readonly expiresAt?: number;
  readonly revokedAt?: number;
}

/** How long a revoked key is shown; nothing may delete it, so it is forgotten in time. */
export const REVOKED_KEPT_MS = 30 * DAY;
/** The same of one that has expired: a dashboard for customers makes one for each visit. */
export const EXPIRED_KEPT_MS = DAY;

export function isInForce(
  { expiresAt, revokedAt }: Pick<KeyRecord, "expiresAt" | "revokedAt">,
  now: number,
): boolean {
  return revokedAt === undefined && (expiresAt === undefined || now < expiresAt);
}

/** What there is to know of a sender: which of its signing secrets are in force. */
export interface SenderRecord {
  readonly senderId: string;
  /** Which secret signs now; 1 at first, raised by each rotation. */
  readonly generation: number;
  /** When the secrets before it were replaced, the latest first; at most `ROTATIONS_KEPT`. */
  readonly rotatedAt: readonly number[];
}

/** More rotations than this within the overlap end the oldest overlap early. */
export const ROTATIONS_KEPT = 4;

/** A sender that needs more keys at once than this makes one for each message. */
export const MAX_KEYS_IN_FORCE = 200;
/** With those that were revoked or have expired and are still listed, so that counting them stays cheap. */
export const MAX_KEYS_LISTED = 1_000;

export interface KeyListQuery {
  /** Of one sender only; absent: of everybody. */
  readonly senderId?: string;
  readonly limit: number;
  /** Where the page before has ended. */
  readonly after?: string;
}

export interface KeyPage {
  readonly keys: readonly KeyRecord[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

export interface KeyCount {
  readonly listed: number;
  readonly inForce: number;
}

/** Every method rejects with a StorageError if the storage does not answer. */
export interface KeyStore {
  /** Stores a new key; a repeated call for the same key is harmless. */
  create(key: KeyRecord): Promise<void>;
  get(keyId: string): Promise<KeyRecord | undefined>;
  /** Keys, the newest first; revoked ones for some weeks, expired ones for a day. A page may hold fewer than `limit` and still have a `next`. */
  list(query: KeyListQuery): Promise<KeyPage>;
  /** How many keys of a sender a list would show, and how many of them are in force. */
  count(senderId: string, now: number): Promise<KeyCount>;
  /** Answers the revoked key; one that is revoked already stays as it is. Undefined if there is none. */
  revoke(keyId: string, at: number): Promise<KeyRecord | undefined>;

  getSender(senderId: string): Promise<SenderRecord | undefined>;
  /** Remembers that a sender has a key. True for the first call of all. */
  introduceSender(senderId: string): Promise<boolean>;
  /** Raises the generation by one, also if the answer of an earlier try of the same call was lost. */
  rotateSender(senderId: string, at: number): Promise<SenderRecord>;
}

/** A place in the list: sorts as the time at which the key was made. */
export function keyPlace({ createdAt, keyId }: Pick<KeyRecord, "createdAt" | "keyId">): string {
  return `~${String(createdAt).padStart(15, "0")}#${keyId}`;
}

/** The sender after a rotation. */
export function rotated(sender: SenderRecord, at: number): SenderRecord {
  return {
    ...sender,
    generation: sender.generation + 1,
    rotatedAt: [at, ...sender.rotatedAt].slice(0, ROTATIONS_KEPT),
  };
}

/** A sender that nothing has been written about. */
export function unknownSender(senderId: string): SenderRecord {
  return { senderId, generation: 1, rotatedAt: [] };
}
