/** Pages of the API's list, put together: one of them may be empty and others follow. */
import type { Endpoint, EndpointPage, EndpointQuery } from "../api/types.ts";

const PAGE = 100;
/** So many pages in a row without a single endpoint, and what was found so far is shown. */
const MOST_EMPTY_PAGES = 20;

export type FetchEndpoints = (query: EndpointQuery, signal: AbortSignal) => Promise<EndpointPage>;

/** The next page that holds something; an empty one with a cursor only after many empty ones. */
export async function nextEndpoints(
  fetchEndpoints: FetchEndpoints,
  query: EndpointQuery,
  start: string | undefined,
  signal: AbortSignal,
): Promise<EndpointPage> {
  let cursor = start;
  for (let looked = 1; ; looked += 1) {
    const page = await fetchEndpoints(
      { ...query, limit: String(PAGE), ...(cursor ? { cursor } : {}) },
      signal,
    );
    if (page.items.length > 0 || page.nextCursor === undefined || looked === MOST_EMPTY_PAGES) return page;
    cursor = page.nextCursor;
  }
}

export interface Trouble {
  readonly endpoints: readonly Endpoint[];
  /** There are more than those. */
  readonly orMore: boolean;
}

/** Endpoints that do not get their events: those that nobody wanted so first, then newest first. */
export async function endpointsInTrouble(
  fetchEndpoints: FetchEndpoints,
  sender: string | undefined,
  signal: AbortSignal,
): Promise<Trouble> {
  const pages = await Promise.all(
    (["DISABLED", "PAUSED"] as const).map((state) =>
      nextEndpoints(fetchEndpoints, { state, ...(sender ? { senderId: sender } : {}) }, undefined, signal),
    ),
  );
  const endpoints = pages.flatMap(({ items }) => items).sort(worstFirst);
  return { endpoints, orMore: pages.some(({ nextCursor }) => nextCursor !== undefined) };
}

function worstFirst(a: Endpoint, b: Endpoint): number {
  const wanted = (one: Endpoint) => Number(one.stateReason === "REQUESTED");
  return wanted(a) - wanted(b) || (a.stateSince < b.stateSince ? 1 : -1);
}
