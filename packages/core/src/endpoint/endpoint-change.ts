/** What may become of an endpoint, each as one conditional write. Pure, as the lifecycle of a message. */
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import type {
  Endpoint,
  EndpointConfiguration,
  EndpointState,
  PreviousSecret,
  StateReason,
} from "./endpoint.ts";
import { isSameLimit, type RateLimit } from "./rate-limit.ts";

/**
 * Longer than any process can live that has read an endpoint before it was changed: 15 minutes on Lambda. Until then
 * one that saw it paused may hold a message.
 */
export const OLDEST_READER_MS = 20 * MINUTE;

/** How long a deleted endpoint stays known as deleted, for those that have read it before. */
export const DELETED_KEPT_MS = HOUR;

/** Of those that were replaced: each costs every delivery a signature. */
export const MOST_PREVIOUS_SECRETS = 5;

export type Mutable = Omit<
  Endpoint,
  "endpointId" | "senderId" | "idempotencyKey" | "requestHash" | "createdAt"
>;

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

/** What is known of its failures. */
export const HEALTH = ["failingSince", "failures", "lastFailure", "failingAnnounced"] as const;

/** Attributes that a configuration may lack. */
const OPTIONAL = ["description", "eventTypes", "channels", "metadata", "retrySchedule", "rateLimit"] as const;

export function reconfigure(
  endpoint: Endpoint,
  configuration: EndpointConfiguration,
  occasion: ChangeOccasion,
): EndpointChange {
  const remove = OPTIONAL.filter((name) => configuration[name] === undefined);
  // What failed where it was says nothing of where it is.
  const isMoved = configuration.url !== endpoint.url;
  const lifted = isMoved ? liftedGate(endpoint, occasion) : { set: {}, remove: [] };
  const moved = isMoved ? [...HEALTH, ...lifted.remove] : [];
  const { rateLimit } = configuration;
  const paced = isSameLimit(rateLimit, endpoint.rateLimit)
    ? {}
    : newPace({ ...endpoint, rateLimit }, occasion);
  const unpaced = rateLimit === undefined ? (["rateSince"] as const) : [];
  // What it has put off waits still, and does not if it is activated.
  const known = rateLimit === undefined && endpoint.rateLimit ? { paceRound: endpoint.paceRound ?? 0 } : {};
  return change(endpoint, occasion, { ...configuration, ...paced, ...known, ...lifted.set }, [
    ...remove,
    ...unpaced,
    ...moved,
  ]);
}

/** What is reserved from now on is reserved anew. Later than before, whatever this process's clock says. */
function newPace(
  { rateLimit, rateSince = 0 }: { readonly rateLimit?: RateLimit | undefined; readonly rateSince?: number },
  { now }: ChangeOccasion,
): Pick<Mutable, "rateSince"> {
  return rateLimit === undefined ? {} : { rateSince: Math.max(now, rateSince + 1) };
}

/**
 * Undefined if it is in this state already: when and why it came to be stays on record; but who activates one that holds
 * because it fails says that it is well again. An endpoint that has held messages is due from the moment it is no longer paused, in the same write: what becomes of them may not depend on
 * anybody who could die in between.
 */
export function setState(
  endpoint: Endpoint,
  state: EndpointState,
  stateReason: StateReason,
  occasion: ChangeOccasion,
  also: Pick<Mutable, "announce"> = {},
): EndpointChange | undefined {
  const lifted = liftedGate(endpoint, occasion);
  if (endpoint.state === state) {
    if (state !== "ACTIVE" || endpoint.gate === undefined) return undefined;
    return change(endpoint, occasion, lifted.set, [...HEALTH, ...lifted.remove]);
  }
  const moved = { ...also, state, stateReason, stateSince: occasion.now };
  if (state === "PAUSED") return change(endpoint, occasion, moved, ["draining", ...lifted.remove]);
  const drains = draining(endpoint, occasion);
  if (state !== "ACTIVE") return change(endpoint, occasion, { ...moved, ...drains }, lifted.remove);
  // Given another chance, it is not held to what was before.
  const paced = { ...newPace(endpoint, occasion), ...newRound(endpoint, occasion) };
  return change(endpoint, occasion, { ...moved, ...drains, ...paced }, HEALTH);
}

/** Each costs whoever looks for what is left of it a query for each shard. */
const MOST_ROUNDS_LEFT = 10;

/**
 * What was put off until its slot is released as what is held, and given another. Somebody who activates an endpoint over
 * and over, before the reconciler has come to that, begins no more rounds: what was put off since the last keeps its slot.
 */
function newRound(
  { rateLimit, paceRound, repacesFrom }: Endpoint,
  { now }: ChangeOccasion,
): Partial<Mutable> {
  if (rateLimit === undefined && paceRound === undefined) return {};
  const round = paceRound ?? 0;
  const from = repacesFrom ?? round;
  return {
    draining: true,
    dueAt: now,
    repacesFrom: from,
    ...(round - from < MOST_ROUNDS_LEFT ? { paceRound: round + 1 } : {}),
  };
}

/** The rounds of its pace of which what is left is to be given another slot. */
export function roundsToRepace({
  state,
  paceRound = 0,
  repacesFrom = paceRound,
}: Pick<Endpoint, "state" | "paceRound" | "repacesFrom">): readonly number[] {
  if (state !== "ACTIVE") return [];
  return Array.from({ length: paceRound - repacesFrom }, (_, index) => repacesFrom + index);
}

export function remove(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange {
  const deleted = { state: "DELETED", stateReason: "REQUESTED", stateSince: occasion.now } as const;
  const { remove: gone } = liftedGate(endpoint, occasion);
  return change(endpoint, occasion, { ...deleted, ...draining(endpoint, occasion) }, gone);
}

/**
 * What it held is released or ended. Undefined unless that is sure: only a look that began when nobody was left who had
 * seen it paused, or its gate, can have found the last of them. Under the revision that was read before that look.
 */
export function drained(
  endpoint: Endpoint,
  lookBeganAt: number,
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  const { state, stateSince, gateLiftedAt, repacesFrom } = endpoint;
  const heldUntil = Math.max(stateSince, gateLiftedAt ?? 0);
  if (state === "PAUSED" || lookBeganAt < heldUntil + OLDEST_READER_MS) return undefined;
  return change(endpoint, occasion, {}, [
    "draining",
    ...(gateLiftedAt === undefined ? [] : (["gateLiftedAt"] as const)),
    // What a disabled one has put off is looked for once it is activated.
    ...(repacesFrom === undefined || state !== "ACTIVE" ? [] : (["repacesFrom"] as const)),
  ]);
}

/** What is held because it fails is released from the write on that takes the gate away, or ended by its new state. */
export function liftedGate(
  endpoint: Endpoint,
  occasion: ChangeOccasion,
): { readonly set: Partial<Mutable>; readonly remove: EndpointChange["remove"] } {
  if (endpoint.gate === undefined) return { set: {}, remove: [] };
  return { set: { ...draining(endpoint, occasion), gateLiftedAt: occasion.now }, remove: ["gate"] };
}

/** One that may hold messages has them released or ended from now on. */
function draining({ state, draining: drains, gate }: Endpoint, { now }: ChangeOccasion) {
  return state === "PAUSED" || drains || gate !== undefined ? ({ draining: true, dueAt: now } as const) : {};
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

/** With what follows from it: whether the endpoint is due then, and whether it is kept. */
export function change(
  endpoint: Endpoint,
  { now, token }: ChangeOccasion,
  wanted: Partial<Mutable>,
  removed: EndpointChange["remove"] = [],
): EndpointChange {
  const { revision } = endpoint;
  const next = changed(endpoint, wanted, removed);
  const isOver = next.state === "DELETED" && !isUrgent(next);
  const expiresAt = wholeSeconds(Math.max(now, next.stateSince + DELETED_KEPT_MS));
  const dueAt = dueAtOf(endpoint, next, now);
  const isMoved = dueAt !== undefined && dueAt !== next.dueAt;
  const set = { ...wanted, ...(isMoved ? { dueAt } : {}), ...(isOver ? { expiresAt } : {}) };
  return {
    revision,
    set: { ...set, revision: revision + 1, updatedAt: now, writeId: token },
    remove: dueAt !== undefined || next.dueAt === undefined ? removed : [...removed, "dueAt"],
  };
}

/** Something is to be released, ended or announced, now. */
function isUrgent({ draining, announce }: Pick<Endpoint, "draining" | "announce">): boolean {
  return draining === true || announce !== undefined;
}

/** When the reconciler is to look after it; a gate has a time of its own, which must not keep anything urgent waiting. */
function dueAtOf(before: Endpoint, next: Endpoint, now: number): number | undefined {
  if (!isUrgent(next)) return next.gate?.nextProbeAt;
  const wasProbeTime = before.gate !== undefined && !isUrgent(before);
  return wasProbeTime ? now : (next.dueAt ?? now);
}

/** Its owner has changed nothing. */
export function unnoticed({ updatedAt }: Endpoint, { set, ...rest }: EndpointChange): EndpointChange {
  return { ...rest, set: { ...set, updatedAt } };
}

/** The endpoint after the change, or undefined if it is not as it was read. */
export function performChange(
  endpoint: Endpoint,
  { revision, set, remove }: EndpointChange,
): Endpoint | undefined {
  return endpoint.revision === revision ? changed(endpoint, set, remove) : undefined;
}

function changed(endpoint: Endpoint, set: Partial<Mutable>, removed: readonly (keyof Mutable)[]): Endpoint {
  const next: Record<string, unknown> = { ...endpoint, ...set };
  for (const name of removed) delete next[name];
  return next as unknown as Endpoint;
}
