/**
 * What an endpoint has missed, brought to it again: what failed there, or waits there for another attempt, and events that
 * never went there.
 */
import type { Endpoint } from "../endpoint/endpoint.ts";
import { matchEndpoints } from "../endpoint/match.ts";
import { HomingError } from "../error.ts";
import { type Event, toExpand } from "../event/event.ts";
import * as EventLifecycle from "../event/event-lifecycle.ts";
import type { EventRow, EventStore } from "../event/event-store.ts";
import { type ExpandRequest, expandAll } from "../event/expand.ts";
import { listEvents } from "../event/list-events.ts";
import type { Message } from "../message/message.ts";
import { isBetweenAttempts } from "../message/waits.ts";
import { isOpenFailure } from "../stats/stats-of-sender.ts";
import {
  actOnEach,
  type BulkResult,
  type BulkRun,
  type ChunkResult,
  messagesOf,
  type ReadPage,
  runInBulk,
} from "./bulk.ts";
import { metOutage, retryEach } from "./bulk-retry.ts";
import { lastingPayload } from "./lasting-payload.ts";
import type { Place } from "./list.ts";
import type { OperateDependencies } from "./operate.ts";

export interface ReplayDependencies extends OperateDependencies {
  readonly events: EventStore;
}

/** Of the time when the events were accepted. */
export interface ReplayFilter {
  readonly since: number;
  readonly until?: number | undefined;
  readonly eventType?: string | undefined;
}

/**
 * Gives the endpoint's FAILED messages that nobody has resolved a new round each, oldest first, as `runInBulk` says. What goes to a paused
 * endpoint is held, as all else.
 *
 * @throws HomingError CONFLICT for a disabled endpoint, unless it only counts: they would fail again at once.
 */
export async function replayFailed(
  deps: ReplayDependencies,
  endpoint: Endpoint,
  filter: ReplayFilter,
  run: BulkRun<Place>,
): Promise<BulkResult<Place>> {
  refuseDisabled(endpoint, run);
  const { endpointId, senderId } = endpoint;
  const failed = messagesOf(deps, {
    ...filter,
    endpointId,
    senderId,
    status: "FAILED",
    resolved: false,
    oldestFirst: true,
  });
  return runInBulk(deps, failed, run, (messages) => retryEach(deps, messages, run.correlationId));
}

/**
 * As `replayFailed`, and what an attempt has failed of and waits for another is sent now, at the pace and in the state of
 * its endpoint as ever: what an outage has left behind, of which hardly anything has FAILED yet.
 *
 * @throws HomingError CONFLICT for a disabled endpoint, unless it only counts.
 */
export async function replayUndelivered(
  deps: ReplayDependencies,
  endpoint: Endpoint,
  filter: ReplayFilter,
  run: BulkRun<Place>,
): Promise<BulkResult<Place>> {
  refuseDisabled(endpoint, run);
  const { endpointId, senderId } = endpoint;
  const where = (message: Message) => isOpenFailure(message) || isBetweenAttempts(message, deps.clock.now());
  const undelivered = messagesOf(deps, { ...filter, endpointId, senderId, oldestFirst: true, where });
  return runInBulk(deps, undelivered, run, (messages) => retryEach(deps, messages, run.correlationId));
}

/**
 * Brings the endpoint the sender's events that match it now and never went there, oldest first, as `runInBulk` says.
 * One is done with once it is PENDING and names the endpoint: whatever happens then, its message is made and sent. One
 * that FAILED before all of its messages were there goes on at all of its endpoints.
 *
 * @throws HomingError CONFLICT for a disabled endpoint, unless it only counts.
 */
export async function replayMissing(
  deps: ReplayDependencies,
  endpoint: Endpoint,
  filter: ReplayFilter,
  run: BulkRun<EventRow>,
): Promise<BulkResult<EventRow>> {
  refuseDisabled(endpoint, run);
  const { correlationId } = run;
  return runInBulk(deps, missingEvents(deps, endpoint, filter), run, async (events): Promise<ChunkResult> => {
    const known = await deps.endpointReader.readNow(endpoint);
    const endpoints = new Map(known && [[endpoint.endpointId, known]]);
    const requests = await actOnEach(deps, events, correlationId, async (event) => {
      const brought = await bring(deps, event, endpoint.endpointId);
      return brought && { ...brought, endpoints, correlationId, by: "api" as const };
    });
    const expansions = await expandAll(deps, requests.filter(isInline));
    const results = expansions.flatMap((expansion) => expansion.results);
    return {
      done: requests.length,
      metOutage: results.some(metOutage) || expansions.some(({ error }) => error !== undefined),
    };
  });
}

function refuseDisabled({ state }: Endpoint, { dryRun }: Pick<BulkRun, "dryRun">): void {
  if (state === "DISABLED" && !dryRun)
    throw new HomingError("CONFLICT", "The endpoint is disabled and gets nothing: activate it first.");
}

function missingEvents(
  { events }: ReplayDependencies,
  endpoint: Endpoint,
  filter: ReplayFilter,
): ReadPage<Event, EventRow> {
  const asked = {
    ...filter,
    senderId: endpoint.senderId,
    unmatched: false,
    oldestFirst: true,
    where: (event: Event) => isMissing(event, endpoint),
  };
  return async (limit, after) => {
    const { events: items, next } = await listEvents(events, asked, limit, after);
    return { items, ...(next ? { next } : {}) };
  };
}

/**
 * An event that names the endpoint has its message, will have it, or had it: it must not be made a second time. Unless it
 * FAILED before that was there.
 */
function isMissing(event: Event, endpoint: Endpoint): boolean {
  const isGivenUp = event.status === "FAILED" && toExpand(event).includes(endpoint.endpointId);
  if (event.matched.includes(endpoint.endpointId) && !isGivenUp) return false;
  return matchEndpoints([{ ...endpoint, state: "ACTIVE" }], event).matched.length > 0;
}

/** Somebody else may change the event at the same time, but hardly more often than it is expanded or replayed. */
const BRING_TRIES = 5;

/** Undefined for an event that can go nowhere any more, and for one that somebody else has brought there meanwhile. */
async function bring(
  deps: ReplayDependencies,
  read: Event,
  endpointId: string,
): Promise<Pick<ExpandRequest, "event" | "payload"> | undefined> {
  const { events, clock, newToken } = deps;
  const { retentionMs } = deps.settings;
  const now = clock.now();
  const payload = await lastingPayload(deps, read, now);
  if (!payload) return undefined;
  let event: Event | undefined = read;
  for (let tries = 0; event !== undefined && tries < BRING_TRIES; tries += 1) {
    const occasion = { now, token: newToken() };
    const transition =
      EventLifecycle.append(event, endpointId, occasion, retentionMs) ??
      EventLifecycle.retry(event, occasion, retentionMs);
    if (!transition) return undefined;
    const written = await events.apply(event.eventId, transition);
    if (written.applied) return { event: written.event, payload };
    event = written.event;
  }
  return undefined;
}

/** One that is being expanded to many endpoints is expanded by those who do, and by the reconciler. */
function isInline({ event }: Pick<ExpandRequest, "event">): boolean {
  return toExpand(event).length <= EventLifecycle.MOST_EXPANDED_INLINE;
}
