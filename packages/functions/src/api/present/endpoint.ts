/** Endpoints as the API shows them. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { previousInForce } from "@homing/core/endpoint/endpoint-change";
import type { Held } from "@homing/core/endpoint/held";
import { maskHeaders } from "@homing/core/message/headers";
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { EndpointView } from "../answers/endpoint.ts";
import { compact, time } from "./fields.ts";

/** `now` decides which of its earlier secrets are in force; `held` where it was asked for. */
export function presentEndpoint(endpoint: Endpoint, now: number, held?: Held): EndpointView {
  const { headers, sealedSecret, generation, state, stateReason, stateSince, createdAt, updatedAt } =
    endpoint;
  const previous = previousInForce(endpoint, now).map(({ validUntil }) => validUntil);
  if (state === "DELETED") throw new Error("A deleted endpoint is not shown.");
  return compact({
    endpointId: endpoint.endpointId,
    senderId: endpoint.senderId,
    url: endpoint.url,
    description: endpoint.description,
    eventTypes: endpoint.eventTypes && [...endpoint.eventTypes],
    channels: endpoint.channels && [...endpoint.channels],
    headers: maskHeaders(headers),
    metadata: endpoint.metadata,
    svixHeaders: endpoint.svixHeaders,
    retrySchedule: endpoint.retrySchedule && [...endpoint.retrySchedule],
    rateLimit: endpoint.rateLimit,
    state,
    stateReason,
    stateSince: formatTimestamp(stateSince),
    health: endpoint.failingSince === undefined ? "OK" : "FAILING",
    failingSince: time(endpoint.failingSince),
    failures: endpoint.failures,
    lastFailure:
      endpoint.lastFailure &&
      compact({ ...endpoint.lastFailure, at: formatTimestamp(endpoint.lastFailure.at) }),
    gate:
      endpoint.gate &&
      compact({
        since: formatTimestamp(endpoint.gate.since),
        probes: endpoint.gate.probes,
        nextProbeAt: formatTimestamp(endpoint.gate.nextProbeAt),
        probe: endpoint.gate.probe && { ...endpoint.gate.probe },
      }),
    held: held && compact({ ...held, oldest: time(held.oldest) }),
    secret: compact({
      generation,
      imported: sealedSecret !== undefined,
      previousValidUntil: previous.length === 0 ? undefined : formatTimestamp(Math.max(...previous)),
    }),
    createdAt: formatTimestamp(createdAt),
    updatedAt: formatTimestamp(updatedAt),
  }) as EndpointView;
}
