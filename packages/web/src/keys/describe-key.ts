/** What a key is and whether it still works, in words. */
import type { Key, KeyInput, Scope } from "../api/types.ts";

/** What each scope lets its holder do. */
export const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
  send: "Send messages and events, and retry or cancel what it may see",
  read: "See messages, events, endpoints and counts",
  endpoints: "Manage endpoints, see their secrets, and retry and replay what goes to them",
  operate: "All of that, bulk retry and cancel, keys and signing secrets",
};

export const SCOPES = Object.keys(SCOPE_TEXTS) as Scope[];

export type KeyKind = "KEY" | "PORTAL" | "ENDED";

export function kindOf(key: Key, now: number): KeyKind {
  if (key.revokedAt !== undefined || (key.expiresAt !== undefined && Date.parse(key.expiresAt) <= now))
    return "ENDED";
  return isPortalLink(key) ? "PORTAL" : "KEY";
}

/** As the API makes them: a key that somebody calls by the same name is none. */
export function isPortalLink({ name, scopes, expiresAt }: Key): boolean {
  return name === "portal" && expiresAt !== undefined && scopes.join() === "read,endpoints";
}

/** Whom it speaks for. */
export function senderName(senderId: string): string {
  return senderId === "*" ? "all senders" : senderId;
}

const MINUTE_MS = 60_000;

/** Another key that may do the same, for as long as that one was made for. */
export function replacementFor(key: Key): KeyInput {
  const { senderId, scopes, name, createdAt, expiresAt } = key;
  const lifeMs = expiresAt === undefined ? undefined : Date.parse(expiresAt) - Date.parse(createdAt);
  return {
    senderId,
    scopes,
    ...(name === undefined ? {} : { name }),
    ...(lifeMs === undefined ? {} : { expiresIn: `${Math.max(1, Math.round(lifeMs / MINUTE_MS))}m` }),
  };
}
