/** What has part of an id, and how far it was looked for. */

/** What ids are of, by what they begin with. */
export type IdPrefix = "msg" | "evt" | "ep";

const ID_PART = /^(?:(msg|evt|ep)_)?[0-9a-hjkmnp-tv-z]{4,25}$/i;
export const MOST_FOUND = "20";

/** As the lists of the API answer. */
export interface PartPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
  readonly searchedSince?: string | undefined;
}

export interface PartQuery {
  readonly idPart: string;
  readonly limit: string;
  readonly cursor?: string;
}

export type FetchPart<Item> = (query: PartQuery, signal: AbortSignal) => Promise<PartPage<Item>>;

export interface FoundByPart<Item> {
  readonly items: readonly Item[];
  /** All there are were looked at, or all since some time, and those whose time would be the id's beginning. */
  readonly searched: "all" | { readonly since?: string | undefined };
  /** Where to look further back. */
  readonly further?: { readonly idPart: string; readonly cursor: string };
}

/** Undefined for what cannot be part of such an id. */
export async function findByPart<Item>(
  prefix: IdPrefix,
  fetchPage: FetchPart<Item>,
  text: string,
  signal: AbortSignal,
): Promise<FoundByPart<Item> | undefined> {
  const [, given] = ID_PART.exec(text) ?? [text, "none"];
  if (given !== undefined && given.toLowerCase() !== prefix) return undefined;
  const ask = (idPart: string) => fetchPage({ idPart, limit: MOST_FOUND }, signal);
  const beginning = given === undefined ? `${prefix}_${text}` : `${prefix}${text.slice(prefix.length)}`;
  // Most know the beginning of an id, of whatever age; others its end.
  const [begun, anywhere] = await Promise.all([ask(beginning), given === undefined ? ask(text) : undefined]);
  const { nextCursor: cursor, searchedSince: since } = anywhere ?? begun;
  return {
    items: [...begun.items, ...(anywhere?.items ?? [])],
    searched: cursor === undefined ? "all" : { since },
    ...(cursor === undefined ? {} : { further: { idPart: anywhere ? text : beginning, cursor } }),
  };
}
