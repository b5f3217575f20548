/** What the endpoints screen shows, as it stands in the URL: `?state=disabled&sender=acme`. */
import type { EndpointQuery, EndpointState } from "../api/types.ts";

export const STATES = ["active", "paused", "disabled"] as const;

export interface EndpointFilter {
  readonly state?: (typeof STATES)[number];
  readonly sender?: string;
}

/** Whatever is not a filter is ignored: a URL may be old or mistyped. */
export function parseEndpointFilter(search: string): EndpointFilter {
  const params = new URLSearchParams(search);
  const state = STATES.find((name) => name === params.get("state"));
  const sender = params.get("sender")?.trim();
  return { ...(state ? { state } : {}), ...(sender ? { sender } : {}) };
}

/** The query string of the filter, with its question mark; empty for the default. */
export function endpointSearch({ state, sender }: EndpointFilter): string {
  const params = new URLSearchParams();
  if (state) params.set("state", state);
  if (sender) params.set("sender", sender);
  const text = params.toString();
  return text ? `?${text}` : "";
}

export function endpointQuery({ state, sender }: EndpointFilter): EndpointQuery {
  return {
    ...(state ? { state: state.toUpperCase() as EndpointState } : {}),
    ...(sender ? { senderId: sender } : {}),
  };
}
