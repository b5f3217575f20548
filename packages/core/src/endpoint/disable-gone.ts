import type { Clock } from "../clock.ts";
import type { Observer } from "../observe/observe.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import { disabledByItself } from "./health-change.ts";

export interface GoneDependencies {
  readonly endpoints: Pick<EndpointStore, "get" | "change">;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly newToken: () => string;
}

/**
 * An endpoint whose target says 410 is disabled (Standard Webhooks: "the endpoint is no longer interested"). Not if its
 * URL has been changed since. Best effort: the next delivery would be told the same.
 */
export async function disableGone(
  { endpoints, clock, observer, newToken }: GoneDependencies,
  { senderId, endpointId }: Pick<Endpoint, "senderId" | "endpointId">,
  targetUrl: string,
): Promise<void> {
  try {
    const endpoint = await endpoints.get(senderId, endpointId);
    if (endpoint === undefined || endpoint.state === "DELETED" || endpoint.url !== targetUrl) return;
    const occasion = { now: clock.now(), token: newToken() };
    const change = disabledByItself(endpoint, "GONE", occasion);
    if (change === undefined || !(await endpoints.change(endpoint, change))) return;
    observer.metrics.add("EndpointsDisabled", 1, { reason: "GONE" });
    observer.log.write("warn", "endpoint_disabled", { senderId, endpointId, reason: "GONE" });
  } catch (error) {
    observer.log.write("warn", "endpoint_not_disabled", { senderId, endpointId }, error);
  }
}
