/** Endpoints in lines for people. */
import type { EndpointSecret, EndpointView } from "@homing/client/source/types";
import { fields, pair, section } from "./format.ts";
import type { Cell, Line } from "./output.ts";

const STATE_STYLE = {
  ACTIVE: "green",
  PAUSED: "yellow",
  DISABLED: "red",
} as const satisfies Record<EndpointView["state"], string>;

export function endpointCells(endpoint: EndpointView): Cell[] {
  const { endpointId, senderId, url, state, eventTypes, description = "" } = endpoint;
  return [
    endpointId,
    senderId,
    { text: state, style: STATE_STYLE[state] },
    trouble(endpoint),
    url,
    eventTypes?.join(",") ?? "all events",
    description,
  ];
}

/** Why it is as it is, if nobody asked for that; else whether anything gets through. */
function trouble({ stateReason, health }: EndpointView): Cell {
  if (stateReason !== "REQUESTED") return stateReason;
  return health === "FAILING" ? { text: health, style: "red" } : "";
}

export function endpointLines(endpoint: EndpointView): Line[] {
  const {
    channels,
    svixHeaders,
    retrySchedule,
    rateLimit,
    stateSince,
    createdAt,
    updatedAt,
    secret,
    headers,
    metadata,
  } = endpoint;
  return [
    endpointCells(endpoint),
    ...fields({
      channels: channels?.join(","),
      "svix headers": svixHeaders ? "yes" : undefined,
      "retries after": retrySchedule?.join(", "),
      "rate limit": rateLimit && `${rateLimit.count}/${rateLimit.period}`,
      "in this state since": stateSince,
      "failing since": failingText(endpoint),
      "last failure": lastFailureText(endpoint),
      "held behind its gate": gateText(endpoint),
      held: heldText(endpoint),
      "created at": createdAt,
      "changed at": updatedAt === createdAt ? undefined : updatedAt,
      secret: `generation ${secret.generation}${secret.imported ? ", brought along" : ""}`,
    }),
    ...section("headers", Object.entries(headers), pair),
    ...section("metadata", Object.entries(metadata ?? {}), pair),
  ];
}

function failingText({ failingSince, failures }: EndpointView): string | undefined {
  if (failingSince === undefined) return undefined;
  return failures === undefined ? failingSince : `${failingSince}, failures: ${failures}`;
}

function lastFailureText({ lastFailure }: EndpointView): string | undefined {
  if (lastFailure === undefined) return undefined;
  const { at, messageId, responseStatus, errorCode } = lastFailure;
  return [at, messageId, responseStatus ?? errorCode].join("  ");
}

function heldText({ held }: EndpointView): string | undefined {
  if (held === undefined || held.count === 0) return undefined;
  const { count, capped, oldest } = held;
  return [`${count}${capped ? " and more" : ""}`, oldest ? `since ${oldest}` : ""].join(" ").trim();
}

function gateText({ gate }: EndpointView): string | undefined {
  return gate && `since ${gate.since}, probes: ${gate.probes}, the next at ${gate.nextProbeAt}`;
}

/** The one that signs now first. */
export function secretLines({ secret, previous }: EndpointSecret): Line[] {
  return [secret, ...previous.map((one) => [one.secret, `until ${one.validUntil}`])];
}
