/** Who is calling, and what they may do. */

export const SCOPES = ["send", "read", "endpoints", "operate"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** Identifies the key in logs and cursors; not secret. */
  readonly keyId: string;
  /** The one sender this key speaks for, or `*` for all of them. */
  readonly senderId: string;
  readonly scopes: readonly Scope[];
  /** What its maker called it. */
  readonly name?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** Whoever holds the operator key, the one key that exists before any other: all senders, everything allowed. */
export const OPERATOR: Principal = { keyId: "operator", senderId: "*", scopes: SCOPES };

export interface Authenticator {
  /** Undefined if the key is unknown, malformed, expired or revoked. @throws HomingError if it cannot be looked up. */
  authenticate(key: string): Promise<Principal | undefined>;
  /** Told of every revocation, also of one that may have failed: what is remembered of that key is out of date. */
  forget(keyId: string): void;
}

/** `operate` implies the others. */
export function hasScope({ scopes }: Principal, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("operate");
}

/** Whose messages it means where it names nobody: its own. Undefined of a key of all senders. */
export function ownSender({ senderId }: Principal): string | undefined {
  return senderId === "*" ? undefined : senderId;
}

export function maySee(principal: Principal, senderId: string): boolean {
  return principal.senderId === "*" || principal.senderId === senderId;
}
