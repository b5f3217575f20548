/** The endpoint: a registered target of one sender, and which of its events it gets. */
import type { Announcement } from "./announcement.ts";
import type { RateLimit } from "./rate-limit.ts";

export const ENDPOINT_STATES = ["ACTIVE", "PAUSED", "DISABLED"] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

export const ENDPOINT_HEALTHS = ["OK", "FAILING"] as const;

/** Why the state is what it is. */
export const STATE_REASONS = ["REQUESTED", "FAILING", "GONE"] as const;
export type StateReason = (typeof STATE_REASONS)[number];

/** Beyond, an event would be a broadcast: the list of its endpoints is one item. */
export const MAX_ENDPOINTS = 1_000;

/** What its owner decides, and may change. */
export interface EndpointConfiguration {
  /** Normalised, as a message's target. */
  readonly url: string;
  readonly description?: string;
  /** Absent: events of all types. */
  readonly eventTypes?: readonly string[];
  /** Absent: all events, with or without channels. */
  readonly channels?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Deliveries carry the headers of Svix as well: svix-id, svix-timestamp, svix-signature. */
  readonly svixHeaders: boolean;
  /** Delays as people write them; absent: as everywhere. */
  readonly retrySchedule?: readonly string[];
  /** Absent: as many requests as there are. */
  readonly rateLimit?: RateLimit;
}

/** Deliveries carry its signature as well, until then. */
export interface PreviousSecret {
  readonly generation: number;
  /** Present if it was brought along. */
  readonly sealedSecret?: string;
  readonly validUntil: number;
}

/** The latest attempt that failed, of those that have been told of. */
export interface LastFailure {
  readonly at: number;
  readonly messageId: string;
  readonly responseStatus?: number;
  readonly errorCode?: string;
}

/** One attempt of one message. */
export interface ProbedAttempt {
  readonly messageId: string;
  readonly attempt: number;
}

/** Since the endpoint fails its messages are held, but for one at a time: see `gate.ts`. */
export interface Gate {
  readonly since: number;
  /** How many messages it has let through. */
  readonly probes: number;
  /** When the next may be. */
  readonly nextProbeAt: number;
  /** The latest that it let through; absent: none yet. */
  readonly probe?: ProbedAttempt;
}

/** Times are milliseconds since the epoch. */
export interface Endpoint extends EndpointConfiguration {
  readonly endpointId: string;
  readonly senderId: string;
  readonly idempotencyKey?: string;
  /** Of the call that created it: two calls with one key must ask for the same. */
  readonly requestHash: string;
  /** A secret that was brought along, sealed; absent: derived. */
  readonly sealedSecret?: string;
  /** Which of its secrets signs now. */
  readonly generation: number;
  /** Those that it had before, the latest first. */
  readonly previousSecrets?: readonly PreviousSecret[];
  /** DELETED is kept for a while, so that what is still under way to it can be told what has become of it. */
  readonly state: EndpointState | "DELETED";
  readonly stateReason: StateReason;
  readonly stateSince: number;
  /** Since when `rateLimit` holds: its pace began anew then. */
  readonly rateSince?: number;
  /**
   * How often its pace has begun anew for all that waits: with each activation, once it has had a limit. What was put off
   * in an earlier round is given another slot.
   */
  readonly paceRound?: number;
  /** The first of the earlier rounds of which something may be left; present as long as that is looked for. */
  readonly repacesFrom?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** There may be messages that were held for it, and are to be released or ended. */
  readonly draining?: true;
  /** Operators are to be told of it, the first first. */
  readonly announce?: readonly Announcement[];
  /** Present as long as it is draining, has something to announce or a gate: the reconciler looks after it. */
  readonly dueAt?: number;
  /** Since then every attempt has failed that anybody has told of. Absent: it is well. */
  readonly failingSince?: number;
  /** How many, told once a minute. */
  readonly failures?: number;
  readonly lastFailure?: LastFailure;
  /** Present while it holds its messages because it fails. */
  readonly gate?: Gate;
  /** When it last had one, as long as it is draining. */
  readonly gateLiftedAt?: number;
  /** That it fails has been announced; present only while it does. */
  readonly failingAnnounced?: true;
  /** When it was last announced that a message to it has failed. */
  readonly messageFailedAt?: number;
  /** Counts the changes: what was decided from a read requires the revision that was read. */
  readonly revision: number;
  /** Token of the latest write. */
  readonly writeId: string;
  /** From this time on it counts as absent. */
  readonly expiresAt?: number;
}

/** Somebody ought to look at it: it gets nothing, or what it gets fails. */
export function callsForAttention({
  state,
  failingSince,
}: Pick<Endpoint, "state" | "failingSince">): boolean {
  return state !== "ACTIVE" || failingSince !== undefined;
}

/** It is sent what it is to get, and none of that gets through. */
export function isFailing({ state, failingSince }: Pick<Endpoint, "state" | "failingSince">): boolean {
  return state === "ACTIVE" && failingSince !== undefined;
}

/** Whether a gate holds messages. One that its health was taken from, by a version that knows no gates, does not. */
export function isGated<T extends Pick<Endpoint, "state" | "failingSince" | "gate">>(
  endpoint: T,
): endpoint is T & Required<Pick<Endpoint, "failingSince" | "gate">> {
  return endpoint.state === "ACTIVE" && endpoint.failingSince !== undefined && endpoint.gate !== undefined;
}
