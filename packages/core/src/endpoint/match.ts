/** Which endpoints an event goes to. */
import type { Endpoint } from "./endpoint.ts";
import { matchesEventType } from "./event-type.ts";

export interface EventAddress {
  readonly eventType: string;
  readonly channels?: readonly string[];
  /** This endpoint alone, whatever its types and channels. */
  readonly endpointId?: string;
}

export interface Skipped {
  readonly endpointId: string;
  readonly reason: "ENDPOINT_DISABLED";
}

export interface Matching {
  /** Oldest first: the order does not depend on how the store lists them. */
  readonly matched: readonly Endpoint[];
  /** Would have matched, had they not been disabled. */
  readonly skipped: readonly Skipped[];
}

export function matchEndpoints(endpoints: readonly Endpoint[], address: EventAddress): Matching {
  const fitting = endpoints
    .filter((endpoint) => endpoint.state !== "DELETED" && isAddressed(endpoint, address))
    .sort((a, b) => a.createdAt - b.createdAt || (a.endpointId < b.endpointId ? -1 : 1));
  return {
    matched: fitting.filter(({ state }) => state !== "DISABLED"),
    skipped: fitting
      .filter(({ state }) => state === "DISABLED")
      .map(({ endpointId }) => ({ endpointId, reason: "ENDPOINT_DISABLED" })),
  };
}

function isAddressed(endpoint: Endpoint, address: EventAddress): boolean {
  if (address.endpointId !== undefined) return endpoint.endpointId === address.endpointId;
  return isTypeWanted(endpoint, address) && isChannelShared(endpoint, address);
}

export function isTypeWanted({ eventTypes }: Endpoint, { eventType }: EventAddress): boolean {
  return eventTypes === undefined || eventTypes.some((pattern) => matchesEventType(pattern, eventType));
}

export function isChannelShared({ channels: wanted }: Endpoint, { channels = [] }: EventAddress): boolean {
  return wanted === undefined || wanted.some((channel) => channels.includes(channel));
}
