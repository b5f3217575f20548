/** How targets fare, and what happened over a period. */
import type { Scope } from "../overview/period.ts";
import { v1 } from "./client.ts";
import type { Series, TargetList } from "./types.ts";

export async function fetchTargets(signal: AbortSignal): Promise<TargetList> {
  return (await v1.targets.$get({ query: {} }, { init: { signal } })).json();
}

export async function fetchSeries(scope: Scope, signal: AbortSignal): Promise<Series> {
  const { period, sender, target, endpoint } = scope;
  const query = {
    period,
    ...(sender ? { senderId: sender } : {}),
    ...(target ? { target } : {}),
    ...(endpoint ? { endpointId: endpoint } : {}),
  };
  return (await v1.stats.series.$get({ query }, { init: { signal } })).json();
}
