/** What a schedule says of events and of the endpoints that they go to. Plain data, as the rest of it. */
import type { EndpointState } from "@homing/core/endpoint/endpoint";
import type { RateLimit } from "@homing/core/endpoint/rate-limit";
import type { Post, When } from "./post.ts";
import type { TargetAnswer } from "./target-answer.ts";

export const EVENT_TYPES = ["order.paid", "order.sent", "user.created"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface ScheduledEndpoint {
  /** It is there from the beginning; else a call creates it. */
  readonly created: When | undefined;
  /** Absent: events of all types. `order.*` has both that begin so. */
  readonly eventTypes?: readonly (EventType | "order.*")[];
  readonly channels?: readonly string[];
  readonly rateLimit?: RateLimit;
  /** Of another sender than the events: it gets none of them. */
  readonly foreign: boolean;
  /** Operators are told by it of what becomes of the others. */
  readonly tellsOperators?: true;
  /** What it answers to the first, second … request of each delivery; 200 to all further ones. */
  readonly answers: readonly TargetAnswer[];
}

export interface ScheduledEvent {
  /** With an idempotency key; without one every call makes an event of its own. */
  readonly idempotent: boolean;
  readonly eventType: EventType;
  readonly channels?: readonly string[];
  /** To this endpoint alone. */
  readonly endpoint?: number;
  readonly deliverWithinMs?: number;
  /** Longer than what a copy carries: its payload is read from the table. */
  readonly large: boolean;
  readonly posts: readonly Post[];
}

/** What the administrator wants of an endpoint. Asked again, as by a person, when the answer is an error or none. */
export interface Change {
  readonly kind: "configure" | "delete" | "rotate" | "tryOut" | "replay" | "sendUndelivered" | EndpointState;
  readonly when: When;
  readonly endpoint: number;
}

/** Somebody whose machine delivers what a PAUSED endpoint holds: takes, requests, answers, and looks again. */
export interface ScheduledListener {
  readonly when: When;
  readonly endpoint: number;
  readonly looks: number;
}

/** For so long the secret that was replaced signs along. */
export const ROTATION_GRACE_MS = 10 * 60_000;

export interface FanOut {
  readonly endpoints: readonly ScheduledEndpoint[];
  readonly events: readonly ScheduledEvent[];
  readonly changes: readonly Change[];
  /** What is told of endpoints is told, within minutes instead of days. */
  readonly watched?: true;
  /** One that fails holds its messages, but for probes; `watched`, too. */
  readonly gated?: true;
  readonly listeners?: readonly ScheduledListener[];
}

export const NO_FAN_OUT: FanOut = { endpoints: [], events: [], changes: [] };
