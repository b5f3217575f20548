import type { Endpoint } from "../endpoint/endpoint.ts";
import { newEndpointId } from "../endpoint/endpoint-id.ts";
import { NOON } from "./test-clock.ts";
import { nextToken } from "./tokens.ts";

/** An endpoint that gets everything, with an id of its own. */
export function buildEndpoint(over: Partial<Endpoint> = {}): Endpoint {
  const createdAt = over.createdAt ?? NOON;
  return {
    endpointId: newEndpointId(createdAt),
    senderId: "acme",
    requestHash: "hash",
    url: "https://example.com/hook",
    headers: {},
    svixHeaders: false,
    generation: 1,
    state: "ACTIVE",
    stateReason: "REQUESTED",
    stateSince: createdAt,
    createdAt,
    updatedAt: createdAt,
    revision: 1,
    writeId: nextToken(),
    ...over,
  };
}
