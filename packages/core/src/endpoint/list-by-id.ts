/** Endpoints of all senders by part of their id, where nobody knows how many there are. */
import type { Endpoint } from "./endpoint.ts";
import { type EndpointListQuery, type EndpointPage, type EndpointStore, placeOf } from "./endpoint-store.ts";

const MOST_LOOKS = 5;
const LOOKED = 100;

/** Those that are wanted, newest first. A page may hold fewer than `limit`, even none, and still have a `next`. */
export async function listEndpointsByIdPart(
  store: Pick<EndpointStore, "list">,
  { attention, limit, after }: EndpointListQuery,
  wanted: (endpoint: Endpoint) => boolean,
): Promise<EndpointPage> {
  const found: Endpoint[] = [];
  let position = after;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const page = await store.list({ attention, limit: LOOKED, ...(position ? { after: position } : {}) });
    for (const endpoint of page.endpoints) {
      if (!wanted(endpoint)) continue;
      found.push(endpoint);
      if (found.length === limit) return { endpoints: found, next: placeOf(endpoint) };
    }
    if (page.next === undefined) return { endpoints: found };
    position = page.next;
  }
  return { endpoints: found, ...(position ? { next: position } : {}) };
}
