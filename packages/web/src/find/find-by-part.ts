/** Messages by part of their id, and how far they were looked for. */
import type { ListQuery, MessageItem, MessagePage } from "../api/types.ts";

const ID_PART = /^(?:msg_)?[0-9a-hjkmnp-tv-z]{4,25}$/i;
export const MOST_FOUND = "20";

export interface FoundByPart {
  readonly items: readonly MessageItem[];
  /** All messages there are were looked at, or all since some time, and those whose time would be the id's beginning. */
  readonly searched: "all" | { readonly since?: string | undefined };
  /** Where to look further back. */
  readonly further?: { readonly idPart: string; readonly cursor: string };
}

/** Undefined for what cannot be part of an id. */
export async function findByPart(
  fetchPage: (query: ListQuery, signal: AbortSignal) => Promise<MessagePage>,
  text: string,
  signal: AbortSignal,
): Promise<FoundByPart | undefined> {
  if (!ID_PART.test(text)) return undefined;
  const ask = (idPart: string) => fetchPage({ idPart, limit: MOST_FOUND }, signal);
  const beginning = `msg_${text.replace(/^msg_/i, "")}`;
  // Most know the beginning of an id, of whatever age; others its end.
  const [begun, anywhere] = await Promise.all([
    ask(beginning),
    beginning.length > text.length ? ask(text) : undefined,
  ]);
  const { nextCursor: cursor, searchedSince: since } = anywhere ?? begun;
  return {
    items: [...begun.items, ...(anywhere?.items ?? [])],
    searched: cursor === undefined ? "all" : { since },
    ...(cursor === undefined ? {} : { further: { idPart: anywhere ? text : beginning, cursor } }),
  };
}
