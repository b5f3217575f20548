/** Lists of endpoints as the screen shows them. */
import { nextPage } from "../api/next-page.ts";
import type { Endpoint, EndpointPage, EndpointQuery } from "../api/types.ts";

const PAGE = "100";

export type FetchEndpoints = (query: EndpointQuery, signal: AbortSignal) => Promise<EndpointPage>;

export function nextEndpoints(
  fetchEndpoints: FetchEndpoints,
  query: EndpointQuery,
  start: string | undefined,
  signal: AbortSignal,
): Promise<EndpointPage> {
  return nextPage(
    (cursor) => fetchEndpoints({ ...query, limit: PAGE, ...(cursor ? { cursor } : {}) }, signal),
    start,
  );
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
    ([{ health: "FAILING" }, { state: "DISABLED" }, { state: "PAUSED" }] as const).map((query) =>
      nextEndpoints(fetchEndpoints, { ...query, ...(sender ? { senderId: sender } : {}) }, undefined, signal),
    ),
  );
  // One that is paused may fail as well: it is in two of them.
  const found = new Map(pages.flatMap(({ items }) => items).map((one) => [one.endpointId, one]));
  const endpoints = [...found.values()].sort(worstFirst);
  return { endpoints, orMore: pages.some(({ nextCursor }) => nextCursor !== undefined) };
}

function worstFirst(a: Endpoint, b: Endpoint): number {
  const wanted = (one: Endpoint) => Number(one.stateReason === "REQUESTED" && one.health === "OK");
  return wanted(a) - wanted(b) || (a.stateSince < b.stateSince ? 1 : -1);
}
