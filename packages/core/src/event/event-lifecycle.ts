/**
 * What may become of an event, each as one conditional write. Pure, as the lifecycle of a message. Expansion itself
 * needs no guard but these: whoever finds a PENDING event inserts the messages that are missing, each under an id that
 * follows from event and endpoint, and marks it EXPANDED under the revision it has read. Any number may do so at once.
 */
import { DAY, MINUTE } from "../duration.ts";
import type { Matching } from "../endpoint/match.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import type { Occasion } from "../message/step.ts";
import { queueDeadlineMs } from "../message/waits.ts";
import type { Event, EventStatus } from "./event.ts";

/** As many as the call that accepts an event makes messages for itself. */
export const MOST_EXPANDED_INLINE = 10;
/** When somebody else takes an event on whose expansion has stopped. */
const EXPANSION_DEADLINE_MS = MINUTE;
/** After this long without an end, expanding is given up. */
export const LONGEST_EXPANSION_MS = 7 * DAY;
/** Endpoints that were passed over are named in the event, up to so many. */
const MAX_SKIPPED = 20;

type Mutable =
  | "status"
  | "matched"
  | "done"
  | "tries"
  | "pendingSince"
  | "retriedAt"
  | "dueAt"
  | "expandedAt"
  | "failureReason";

export interface EventTransition {
  readonly name: string;
  readonly when: { readonly status: readonly EventStatus[]; readonly revision: number };
  readonly set: Readonly<Partial<Pick<Event, Mutable>>> & Pick<Event, "revision" | "writeId">;
  readonly remove: readonly Mutable[];
}

/** What never changes of an event. */
export type EventFacts = Pick<
  Event,
  | "eventId"
  | "senderId"
  | "eventType"
  | "channels"
  | "endpointId"
  | "forced"
  | "requestHash"
  | "correlationId"
  | "idempotencyKey"
  | "deliverBy"
>;

/**
 * A new event, with the endpoints it goes to: from here on nobody matches again, or a call that is repeated, or a
 * reconciler, would deliver to endpoints that somebody has added, and forget some that somebody has taken away.
 */
export function accept(
  facts: EventFacts,
  { matched, skipped }: Matching,
  { now, token }: Pick<Occasion, "now" | "token">,
  settings: { readonly queueDeadlineMs: number; readonly retentionMs: number },
): Event {
  const nothing = matched.length === 0;
  const inline = matched.length <= MOST_EXPANDED_INLINE;
  return {
    ...facts,
    createdAt: now,
    status: nothing ? "EXPANDED" : "PENDING",
    revision: 1,
    matched: matched.map(({ endpointId }) => endpointId),
    skipped: skipped.slice(0, MAX_SKIPPED),
    ...(skipped.length > MAX_SKIPPED ? { skippedCount: skipped.length } : {}),
    done: 0,
    tries: 0,
    pendingSince: now,
    ...(nothing
      ? { expandedAt: now }
      : { dueAt: now + (inline ? EXPANSION_DEADLINE_MS : settings.queueDeadlineMs) }),
    expiresAt: payloadExpiresAt(now, undefined, settings.retentionMs),
    writeId: token,
  };
}

/** PENDING → EXPANDED, once a message was seen for every endpoint that is `toExpand`. */
export function expanded(event: Event, occasion: Pick<Occasion, "now" | "token">): EventTransition {
  return build("expanded", event, ["PENDING"], occasion, {
    // Under the revision read: an endpoint that a replay has added meanwhile has no message yet.
    set: { status: "EXPANDED", done: event.matched.length, tries: 0, expandedAt: occasion.now },
    remove: ["dueAt", "retriedAt"],
  });
}

/** PENDING → PENDING, due later and later: somebody has been asked to expand it. */
export function postpone(
  event: Event,
  occasion: Pick<Occasion, "now" | "token">,
  baseDeadlineMs: number,
): EventTransition {
  return build("postpone", event, ["PENDING"], occasion, {
    set: { dueAt: occasion.now + queueDeadlineMs(baseDeadlineMs, event.tries), tries: event.tries + 1 },
  });
}

/** PENDING → PENDING, due soon: whoever was to be asked to expand it could not be, or does not answer. */
export function bringForward(
  event: Event,
  occasion: Pick<Occasion, "now" | "token">,
  dueAt: number,
): EventTransition {
  return build("bringForward", event, ["PENDING"], occasion, { set: { dueAt } });
}

/**
 * PENDING, EXPANDED or FAILED → PENDING, with one endpoint more. Undefined if the event goes there already, or has
 * failed and cannot be retried.
 */
export function append(
  event: Event,
  endpointId: string,
  occasion: Pick<Occasion, "now" | "token">,
  retentionMs: number,
): EventTransition | undefined {
  if (event.matched.includes(endpointId)) return undefined;
  const hasFailed = event.status === "FAILED";
  if (hasFailed && !mayBeRetried(event, occasion.now, retentionMs)) return undefined;
  return build("append", event, [event.status], occasion, {
    set: {
      status: "PENDING",
      matched: [...event.matched, endpointId],
      tries: 0,
      // Whoever appends may die before the message is there.
      dueAt: occasion.now + EXPANSION_DEADLINE_MS,
      ...(event.status === "EXPANDED" ? { pendingSince: occasion.now } : {}),
      ...(hasFailed ? { retriedAt: occasion.now } : {}),
    },
    remove: ["expandedAt", "failureReason"],
  });
}

/**
 * FAILED → PENDING: expanding it goes on for another week, where it was. Undefined unless it has failed, and if it is too
 * late for it.
 */
export function retry(
  event: Event,
  occasion: Pick<Occasion, "now" | "token">,
  retentionMs: number,
): EventTransition | undefined {
  if (event.status !== "FAILED" || !mayBeRetried(event, occasion.now, retentionMs)) return undefined;
  return build("retry", event, ["FAILED"], occasion, {
    set: {
      status: "PENDING",
      tries: 0,
      retriedAt: occasion.now,
      // Whoever retries may die before anything is made of it.
      dueAt: occasion.now + EXPANSION_DEADLINE_MS,
    },
    remove: ["failureReason"],
  });
}

/**
 * A message that was made of it may have been delivered at once, and be forgotten after the retention: until then
 * expanding it has to be over, or that message would be made a second time.
 */
function mayBeRetried({ pendingSince }: Event, now: number, retentionMs: number): boolean {
  return now + LONGEST_EXPANSION_MS < pendingSince + retentionMs;
}

/** PENDING → FAILED: after `LONGEST_EXPANSION_MS`, or if its payload is gone. */
export function giveUp(event: Event, occasion: Pick<Occasion, "now" | "token">): EventTransition {
  return build("giveUp", event, ["PENDING"], occasion, {
    set: { status: "FAILED", failureReason: "EXPANSION_EXHAUSTED" },
    remove: ["dueAt"],
  });
}

/** The event after the transition, or undefined if its condition does not hold. */
export function performEvent({ when, set, remove }: EventTransition, event: Event): Event | undefined {
  if (event.revision !== when.revision || !when.status.includes(event.status)) return undefined;
  const next: Record<string, unknown> = { ...event, ...set };
  for (const name of remove) delete next[name];
  return next as unknown as Event;
}

function build(
  name: string,
  { revision }: Event,
  status: readonly EventStatus[],
  { token }: Pick<Occasion, "token">,
  change: { readonly set: Partial<Pick<Event, Mutable>>; readonly remove?: readonly Mutable[] },
): EventTransition {
  return {
    name,
    when: { status, revision },
    set: { ...change.set, revision: revision + 1, writeId: token },
    remove: change.remove ?? [],
  };
}
