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

  /**
   * Not from memory: for what somebody asks for by hand, who may just have changed the endpoint.
   *
   * @throws StorageError
   */
  readNow(owner: EndpointOwner): Promise<KnownEndpoint | undefined>;
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
  const keyOf = ({ senderId, endpointId }: EndpointOwner) => `${endpointId} ${senderId}`;
  const readNow = (owner: EndpointOwner) => {
    lookUp.forget(keyOf(owner));
    return lookUp(keyOf(owner));
  };
  return {
    async read(owner, known) {
      if (known && isFresh(known, clock.now())) return known;
      const read = await lookUp(keyOf(owner));
      // This process may have stood still while it was read.
      return read === undefined || isFresh(read, clock.now()) ? read : readNow(owner);
    },
    readNow,
  };
}
