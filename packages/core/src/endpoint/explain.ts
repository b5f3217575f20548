/** Why an event did not go to the other endpoints of its sender. */
import type { Event } from "../event/event.ts";
import type { Endpoint } from "./endpoint.ts";
import { isChannelShared, isTypeWanted } from "./match.ts";

export const NOT_MATCHED_REASONS = [
  "EVENT_TYPE",
  "CHANNEL",
  "DISABLED",
  "CREATED_LATER",
  "NOT_ADDRESSED",
] as const;
export type NotMatchedReason = (typeof NOT_MATCHED_REASONS)[number];

export interface NotMatched {
  readonly endpointId: string;
  readonly reason: NotMatchedReason;
  /** It was changed after the event was accepted: the reason may have been another then. */
  readonly changedSince: boolean;
}

/**
 * By what the endpoints are now: what they were is not kept. One that would fit now, and did not then, has been changed
 * since, and is told by its event types.
 */
export function explainNotMatched(event: Event, endpoints: readonly Endpoint[]): NotMatched[] {
  const matched = new Set(event.matched);
  return endpoints
    .filter(({ endpointId, state }) => state !== "DELETED" && !matched.has(endpointId))
    .map((endpoint) => ({
      endpointId: endpoint.endpointId,
      reason: reasonOf(event, endpoint),
      changedSince: endpoint.updatedAt > event.createdAt,
    }));
}

function reasonOf(event: Event, endpoint: Endpoint): NotMatchedReason {
  if (endpoint.createdAt > event.createdAt) return "CREATED_LATER";
  if (event.endpointId !== undefined && event.endpointId !== endpoint.endpointId) return "NOT_ADDRESSED";
  if (event.skipped.some(({ endpointId }) => endpointId === endpoint.endpointId)) return "DISABLED";
  if (event.endpointId === undefined) {
    if (!isTypeWanted(endpoint, event)) return "EVENT_TYPE";
    if (!isChannelShared(endpoint, event)) return "CHANNEL";
  }
  return endpoint.state === "DISABLED" ? "DISABLED" : "EVENT_TYPE";
}
