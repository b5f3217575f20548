/** What is known of an endpoint to deliver to it, and since when. */
import { SECOND } from "../duration.ts";
import { type Endpoint, type Gate, isGated } from "./endpoint.ts";

/**
 * So long after it was read what was known of an endpoint may be in a request. A change holds for everybody from then
 * on: also for what was on its way when it was made.
 */
export const ENDPOINT_USABLE_MS = 20 * SECOND;

/** Nobody begins with what is older: claiming and loading take some of the time until the request leaves. */
export const ENDPOINT_FRESH_MS = 15 * SECOND;

/** All that a delivery needs; sealed secrets are of use to nobody without the master secret. */
export type KnownEndpoint = Pick<
  Endpoint,
  | "url"
  | "headers"
  | "svixHeaders"
  | "state"
  | "generation"
  | "sealedSecret"
  | "previousSecrets"
  | "failingSince"
  | "retrySchedule"
  | "rateLimit"
  | "rateSince"
  | "paceRound"
> & {
  /** Present while it holds its messages because it fails: all but the probe. */
  readonly gate?: Pick<Gate, "probe">;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
};

export function knownEndpoint(endpoint: Endpoint, readAt: number): KnownEndpoint {
  const { url, headers, svixHeaders, state, generation, sealedSecret, previousSecrets, failingSince } =
    endpoint;
  const { retrySchedule, rateLimit, rateSince, paceRound } = endpoint;
  const probe = isGated(endpoint) ? endpoint.gate.probe : undefined;
  return {
    url,
    headers,
    svixHeaders,
    state,
    generation,
    ...(sealedSecret === undefined ? {} : { sealedSecret }),
    ...(previousSecrets === undefined ? {} : { previousSecrets }),
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(retrySchedule === undefined ? {} : { retrySchedule }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(rateSince === undefined ? {} : { rateSince }),
    ...(paceRound === undefined ? {} : { paceRound }),
    ...(isGated(endpoint) ? { gate: probe === undefined ? {} : { probe } } : {}),
    readAt,
  };
}

/** A time ahead of one's own is another process's wrong clock: how old that is nobody can tell. */
export function isFresh({ readAt }: Pick<KnownEndpoint, "readAt">, now: number): boolean {
  return Math.abs(now - readAt) < ENDPOINT_FRESH_MS;
}
