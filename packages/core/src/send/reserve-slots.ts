/** Slots in the paces of limited endpoints, for those who enqueue. */
import type { Clock } from "../clock.ts";
import type { EndpointOwner, EndpointStore } from "../endpoint/endpoint-store.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { spacingUsOf } from "../endpoint/rate-limit.ts";

export interface ReserveDependencies {
  readonly paces: Pick<EndpointStore, "reserve">;
  readonly clock: Pick<Clock, "now">;
}

export interface Wanted {
  readonly owner: EndpointOwner;
  /** As it is known; one without a limit needs no slot. */
  readonly endpoint: KnownEndpoint;
}

/** When the slot is; undefined if the line is full. Rejects with the StorageError if the storage does not answer. */
export type Reserving = Promise<number | undefined>;

/** One write for all who want a slot of one endpoint, who are given them in their order. Nobody waits for another's. */
export function reserveAll(
  deps: ReserveDependencies,
  wanted: readonly (Wanted | undefined)[],
): readonly (Reserving | undefined)[] {
  const groups = Map.groupBy(
    wanted.flatMap((one) => one ?? []),
    ({ owner }) => owner.endpointId,
  );
  const lines = new Map([...groups].map(([endpointId, group]) => [endpointId, reserve(deps, group)]));
  const taken = new Map<string, number>();
  return wanted.map((one) => {
    const line = one && lines.get(one.owner.endpointId);
    if (line === undefined) return undefined;
    const at = taken.get(one?.owner.endpointId ?? "") ?? 0;
    taken.set(one?.owner.endpointId ?? "", at + 1);
    return line.then((slotsAt) => slotsAt[at]);
  });
}

async function reserve(
  { paces, clock }: ReserveDependencies,
  group: readonly Wanted[],
): Promise<readonly number[]> {
  const [first, ...rest] = group;
  if (first === undefined) return [];
  // Two readings of one endpoint: the limit that was set later holds.
  const { owner, endpoint } = rest.reduce((a, b) => (sinceOf(b) > sinceOf(a) ? b : a), first);
  if (endpoint.rateLimit === undefined) return [];
  const rate = { spacingUs: spacingUsOf(endpoint.rateLimit), since: endpoint.rateSince ?? 0 };
  return paces.reserve(owner, { ...rate, now: clock.now(), slots: group.length });
}

function sinceOf({ endpoint }: Wanted): number {
  return endpoint.rateSince ?? 0;
}
