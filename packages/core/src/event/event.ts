/** The event: accepted once for a sender, it becomes one message for each endpoint that it matches. */
import type { Skipped } from "../endpoint/match.ts";

/** PENDING until a message is there for every endpoint of `matched`. */
export const EVENT_STATUSES = ["PENDING", "EXPANDED", "FAILED"] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/**
 * Times are milliseconds since the epoch. The invariant: `dueAt` is present exactly while the event is PENDING. What
 * its deliveries carry (headers, body, metadata) is an item of its own, written once for all of them.
 */
export interface Event {
  readonly eventId: string;
  readonly senderId: string;
  readonly eventType: string;
  readonly channels?: readonly string[];
  /** It was to go to this endpoint alone. */
  readonly endpointId?: string;
  /** Made by hand to try that endpoint: its first attempt is made in whatever state the endpoint is. */
  readonly forced?: true;
  readonly requestHash: string;
  readonly correlationId: string;
  readonly idempotencyKey?: string;
  readonly createdAt: number;
  readonly deliverBy?: number;

  readonly status: EventStatus;
  /** Counts the transitions: what was decided from a read requires the revision that was read. */
  readonly revision: number;
  /** The endpoints it goes to, decided once, when it was accepted; it grows only by a replay. */
  readonly matched: readonly string[];
  /** Endpoints that it would have gone to, the first of them. */
  readonly skipped: readonly Skipped[];
  /** How many there were, if that is more. */
  readonly skippedCount?: number;
  /**
   * So many of `matched` had their message at some time. They are never looked at again: their messages may have
   * expired since, and must not be made a second time.
   */
  readonly done: number;
  /** Times in a row that it was due and was put off. */
  readonly tries: number;
  /** Since when it has been PENDING, or was last. */
  readonly pendingSince: number;
  /** Since when it has another week: expanding it had been given up, and somebody has asked for it again. */
  readonly retriedAt?: number;
  readonly dueAt?: number;
  readonly expandedAt?: number;
  readonly failureReason?: "EXPANSION_EXHAUSTED";
  /** From this time on the event counts as absent. */
  readonly expiresAt: number;
  /** Token of the latest write. */
  readonly writeId: string;
}

/** Endpoints that it would have gone to: all of them, not only the first. */
export function skippedCount({
  skipped,
  skippedCount: all,
}: Pick<Event, "skipped" | "skippedCount">): number {
  return all ?? skipped.length;
}

/** The endpoints whose messages have to be there before the event is EXPANDED. */
export function toExpand({ matched, done }: Pick<Event, "matched" | "done">): readonly string[] {
  return matched.slice(done);
}
