/** What may become of an endpoint, each as one conditional write. Pure, as the lifecycle of a message. */
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import type {
  Endpoint,
  EndpointConfiguration,
  EndpointState,
  LastFailure,
  PreviousSecret,
  StateReason,
} from "./endpoint.ts";

/**
 * Longer than any process can live that has read an endpoint before it was changed: 15 minutes on Lambda. Until then
 * one that saw it paused may hold a message.
 */
export const OLDEST_READER_MS = 20 * MINUTE;

/** How long a deleted endpoint stays known as deleted, for those that have read it before. */
export const DELETED_KEPT_MS = HOUR;

/** Of those that were replaced: each costs every delivery a signature. */
export const MOST_PREVIOUS_SECRETS = 5;

type Mutable = Omit<Endpoint, "endpointId" | "senderId" | "idempotencyKey" | "requestHash" | "createdAt">;

/** Requires the revision that was read, and raises it. Attributes that it does not name survive. */
export interface EndpointChange {
  /** Nobody who matches or delivers need know of it: the version of the sender's endpoints stays. */
  readonly quiet?: true;
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
  // What failed where it was says nothing of where it is.
  const moved = configuration.url === endpoint.url ? [] : HEALTH;
  return change(endpoint, occasion, configuration, [...remove, ...moved]);
}

const HEALTH = ["failingSince", "failures", "lastFailure"] as const;

/** Attempts have failed, so many more than was told before, the first of them `since`. */
export function failing(
  endpoint: Endpoint,
  told: { readonly since: number; readonly count: number; readonly failure: LastFailure },
  occasion: ChangeOccasion,
): EndpointChange {
  const { failingSince, failures = 0, updatedAt } = endpoint;
  const { set, ...rest } = change(endpoint, occasion, {
    failingSince: failingSince ?? told.since,
    failures: failures + told.count,
    lastFailure: told.failure,
  });
  // Its owner has changed nothing.
  const changed = { ...rest, set: { ...set, updatedAt } };
  return failingSince === undefined ? changed : { ...changed, quiet: true };
}

/** Undefined if nobody has told that it fails. */
export function recovered(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange | undefined {
  if (endpoint.failingSince === undefined) return undefined;
  const { set, ...rest } = change(endpoint, occasion, {}, HEALTH);
  return { ...rest, set: { ...set, updatedAt: endpoint.updatedAt } };
}

/**
 * Undefined if it is in this state already: when and why it came to be stays on record. An endpoint that has held
 * messages is due from the moment it is no longer paused, in the same write: what becomes of them may not depend on
 * anybody who could die in between.
 */
export function setState(
  endpoint: Endpoint,
  state: EndpointState,
  stateReason: StateReason,
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  if (endpoint.state === state) return undefined;
  const moved = { state, stateReason, stateSince: occasion.now };
  if (state === "PAUSED") return change(endpoint, occasion, moved, ["dueAt"]);
  const due = mayHold(endpoint) ? { dueAt: occasion.now } : {};
  // Given another chance, it is not held to what was before.
  return change(endpoint, occasion, { ...moved, ...due }, state === "ACTIVE" ? HEALTH : []);
}

export function remove(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange {
  const { now } = occasion;
  return change(endpoint, occasion, {
    state: "DELETED",
    stateReason: "REQUESTED",
    stateSince: now,
    ...(mayHold(endpoint) ? { dueAt: now } : { expiresAt: wholeSeconds(now + DELETED_KEPT_MS) }),
  });
}

/**
 * What it held is released or ended. Undefined unless that is sure: only a look that began when nobody was left who had
 * seen it paused can have found the last of them. Under the revision that was read before that look.
 */
export function drained(
  endpoint: Endpoint,
  lookBeganAt: number,
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  const { state, stateSince } = endpoint;
  if (state === "PAUSED" || lookBeganAt < stateSince + OLDEST_READER_MS) return undefined;
  const expiresAt = wholeSeconds(Math.max(occasion.now, stateSince + DELETED_KEPT_MS));
  return change(endpoint, occasion, state === "DELETED" ? { expiresAt } : {}, ["dueAt"]);
}

function mayHold({ state, dueAt }: Endpoint): boolean {
  return state === "PAUSED" || dueAt !== undefined;
}

/** DynamoDB's time to live counts in them. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / SECOND) * SECOND;
}

/** Another secret from now on, derived unless one is brought along. The old one is in force besides for `graceMs`. */
export function rotate(
  endpoint: Endpoint,
  graceMs: number,
  sealedSecret: string | undefined,
  occasion: ChangeOccasion,
): EndpointChange {
  const { now } = occasion;
  const { generation, sealedSecret: replaced } = endpoint;
  const validUntil = now + graceMs;
  const old = { generation, ...(replaced === undefined ? {} : { sealedSecret: replaced }), validUntil };
  const previousSecrets = previousInForce(
    { previousSecrets: [old, ...(endpoint.previousSecrets ?? [])] },
    now,
  );
  return change(
    endpoint,
    occasion,
    {
      generation: generation + 1,
      ...(sealedSecret === undefined ? {} : { sealedSecret }),
      ...(previousSecrets.length === 0 ? {} : { previousSecrets }),
    },
    [
      ...(sealedSecret === undefined ? (["sealedSecret"] as const) : []),
      ...(previousSecrets.length === 0 ? (["previousSecrets"] as const) : []),
    ],
  );
}

/** The old secrets that deliveries are signed with as well, the latest first. */
export function previousInForce(
  { previousSecrets = [] }: Pick<Endpoint, "previousSecrets">,
  now: number,
): readonly PreviousSecret[] {
  return previousSecrets.filter(({ validUntil }) => now < validUntil).slice(0, MOST_PREVIOUS_SECRETS);
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
