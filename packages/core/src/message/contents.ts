/** What a message brings to its target. */
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventPayload } from "../event/event-input.ts";
import type { Payload } from "./message.ts";

/** Of a message that names its own target its payload; of a delivery what its event and its endpoint give. */
export type Contents = Payload | DeliveryContents;

export interface DeliveryContents {
  readonly event: EventPayload;
  /** Absent: whoever delivers it reads the endpoint. */
  readonly endpoint?: KnownEndpoint;
}

/** The request that brings an event to an endpoint. Of two headers of one name the endpoint's counts. */
export function deliveryPayload(
  { headers, ...event }: EventPayload,
  { url, headers: own }: Pick<KnownEndpoint, "url" | "headers">,
): Payload {
  const overridden = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const rest = Object.entries(headers).filter(([name]) => !overridden.has(name.toLowerCase()));
  return { ...event, targetUrl: url, method: "POST", headers: { ...Object.fromEntries(rest), ...own } };
}
