/** What may become of an endpoint, each as one conditional write. Pure, as the lifecycle of a message. */
import { HOUR, SECOND } from "../duration.ts";
import type { Endpoint, EndpointConfiguration, EndpointState, StateReason } from "./endpoint.ts";

/**
 * How long a deleted endpoint stays known as deleted: longer than any process that has read it before can live, which
 * is 15 minutes on Lambda.
 */
export const DELETED_KEPT_MS = HOUR;

type Mutable = Omit<Endpoint, "endpointId" | "senderId" | "idempotencyKey" | "requestHash" | "createdAt">;

/** Requires the revision that was read, and raises it. Attributes that it does not name survive. */
export interface EndpointChange {
  readonly revision: number;
  readonly set: Partial<Mutable> & Pick<Endpoint, "revision" | "updatedAt" | "writeId">;
  readonly remove: readonly (keyof Mutable)[];
}

export interface ChangeOccasion {
  readonly now: number;
  /** A fresh random value: the token by which this write recognises itself. */
  readonly token: string;
}

/** Attributes that a configuration may lack. */
const OPTIONAL = ["description", "eventTypes", "channels", "metadata"] as const;

export function reconfigure(
  endpoint: Endpoint,
  configuration: EndpointConfiguration,
  occasion: ChangeOccasion,
): EndpointChange {
  const remove = OPTIONAL.filter((name) => configuration[name] === undefined);
  return change(endpoint, occasion, configuration, remove);
}

/** Undefined if it is in this state already: when and why it came to be stays on record. */
export function setState(
  endpoint: Endpoint,
  state: EndpointState,
  stateReason: StateReason,
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  if (endpoint.state === state) return undefined;
  return change(endpoint, occasion, { state, stateReason, stateSince: occasion.now });
}

export function remove(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange {
  return change(endpoint, occasion, {
    state: "DELETED",
    stateReason: "REQUESTED",
    stateSince: occasion.now,
    // Whole seconds: DynamoDB's time to live counts in them.
    expiresAt: Math.ceil((occasion.now + DELETED_KEPT_MS) / SECOND) * SECOND,
  });
}

function change(
  { revision }: Endpoint,
  { now, token }: ChangeOccasion,
  set: Partial<Mutable>,
  removed: EndpointChange["remove"] = [],
): EndpointChange {
  return {
    revision,
    set: { ...set, revision: revision + 1, updatedAt: now, writeId: token },
    remove: removed,
  };
}

/** The endpoint after the change, or undefined if it is not as it was read. */
export function performChange(
  endpoint: Endpoint,
  { revision, set, remove }: EndpointChange,
): Endpoint | undefined {
  if (endpoint.revision !== revision) return undefined;
  const next: Record<string, unknown> = { ...endpoint, ...set };
  for (const name of remove) delete next[name];
  return next as unknown as Endpoint;
}
