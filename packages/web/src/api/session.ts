/** The key: typed in once, or from a link, kept for this browser session (sessionStorage), sent nowhere but to the API. */
import { useSyncExternalStore } from "react";
import { IS_PORTAL } from "./place.ts";

/** Two places, so that no page in a frame ever uses the key of an operator who has signed in beside it. */
const STORAGE_KEY = IS_PORTAL ? "homing.portal.key" : "homing.key";

export interface Session {
  readonly key: string | undefined;
  /** Set if the API refused a key that had worked before. */
  readonly refused: boolean;
}

let session: Session = { key: read(), refused: false };
const listeners = new Set<() => void>();

function read(): string | undefined {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function change(next: Session): void {
  session = next;
  try {
    if (next.key === undefined) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, next.key);
  } catch {
    // Without storage the key lives as long as the page.
  }
  for (const listener of listeners) listener();
}

export function signIn(key: string): void {
  change({ key, refused: false });
}

export function signOut(): void {
  change({ key: undefined, refused: false });
}

/** Ignored unless `key` is the one in use: a late answer to an earlier key must not end this session. */
export function refuse(key: string): void {
  if (session.key === key) change({ key: undefined, refused: true });
}

export function currentKey(): string | undefined {
  return session.key;
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}
