/** Endpoints as they are now, or were a moment ago: as old as `ENDPOINT_FRESH_MS` allows, and no older. */
import { cached } from "../cached.ts";
import type { Clock } from "../clock.ts";
import type { EndpointOwner, EndpointStore } from "./endpoint-store.ts";
import { ENDPOINT_FRESH_MS, isFresh, type KnownEndpoint, knownEndpoint } from "./known-endpoint.ts";

/** At some kilobytes each. */
const MOST_REMEMBERED = 10_000;

export interface EndpointReader {
  /**
   * `known` if it is fresh still. Undefined if there is no such endpoint (any more).
   *
   * @throws StorageError
   */
  read(owner: EndpointOwner, known?: KnownEndpoint): Promise<KnownEndpoint | undefined>;
}

export function createEndpointReader(endpoints: Pick<EndpointStore, "get">, clock: Clock): EndpointReader {
  const lookUp = cached(
    { lifeMs: ENDPOINT_FRESH_MS, maxEntries: MOST_REMEMBERED },
    clock,
    async (key): Promise<KnownEndpoint | undefined> => {
      const [endpointId = "", senderId = ""] = key.split(" ");
      // From before it is read: what is written meanwhile is not known.
      const readAt = clock.now();
      const endpoint = await endpoints.get(senderId, endpointId);
      return endpoint && knownEndpoint(endpoint, readAt);
    },
  );
  return {
    async read({ senderId, endpointId }, known) {
      if (known && isFresh(known, clock.now())) return known;
      const key = `${endpointId} ${senderId}`;
      const read = await lookUp(key);
      if (read === undefined || isFresh(read, clock.now())) return read;
      // This process stood still while it was read.
      lookUp.forget(key);
      return lookUp(key);
    },
  };
}
