/** Takes on an event whose expansion has stopped: by the reconciler, and when somebody retries it. */
import { allEnded } from "../all-ended.ts";
import type { EndpointReader } from "../endpoint/endpoint-reader.ts";
import type { EnqueueResult } from "../send/enqueue.ts";
import type { EventAction } from "./due-event.ts";
import { type Event, toExpand } from "./event.ts";
import * as EventLifecycle from "./event-lifecycle.ts";
import { type ExpandDependencies, type ExpandRequest, expandAll } from "./expand.ts";
import { sendSlices } from "./send-slices.ts";
import { missingSlices, type Slice, slicesOf } from "./slice.ts";

export interface PushEventDependencies extends ExpandDependencies {
  readonly endpointReader: EndpointReader;
}

export interface PushedEvent {
  /** What became of the copies of its messages. */
  readonly results: readonly EnqueueResult[];
  /** Whether the queue took what asks for its slices; absent if nothing was sent. */
  readonly slicesSent?: boolean;
}

/**
 * Expands the event, or asks for its slices, or gives it up.
 *
 * @throws StorageError
 */
export async function pushEvent(
  deps: PushEventDependencies,
  event: Event,
  action: EventAction,
  who: Pick<ExpandRequest, "correlationId" | "by">,
): Promise<PushedEvent> {
  const { eventId, senderId } = event;
  const stored = await deps.events.getPayload(event);
  if (action === "giveUp" || stored === undefined) {
    const occasion = { now: deps.clock.now(), token: deps.newToken() };
    const { applied } = await deps.events.apply(eventId, EventLifecycle.giveUp(event, occasion));
    const { correlationId } = who;
    if (applied) deps.observer.log.write("error", "event_given_up", { eventId, senderId, correlationId });
    return { results: [] };
  }
  const slices = slicesOf(event, deps.sliceEndpoints);
  if (slices.length > 0) return pushSlices(deps, event, slices, who);
  // Somebody who asks by hand may just have changed them.
  const read = who.by === "api" ? "readNow" : "read";
  const known = await allEnded(
    toExpand(event).map(
      async (endpointId) => [endpointId, await deps.endpointReader[read]({ senderId, endpointId })] as const,
    ),
  );
  const endpoints = new Map(known.flatMap(([id, endpoint]) => (endpoint ? [[id, endpoint] as const] : [])));
  const request = { event, payload: stored.payload, endpoints, ...who };
  const [expansion] = await expandAll(deps, [request]);
  if (expansion?.error !== undefined) throw expansion.error;
  return { results: expansion?.results ?? [] };
}

/** Asks again for what nobody has noted as expanded, later and later: a copy may be waiting in a backlog still. */
async function pushSlices(
  deps: PushEventDependencies,
  event: Event,
  slices: readonly Slice[],
  { correlationId, by }: Pick<ExpandRequest, "correlationId" | "by">,
): Promise<PushedEvent> {
  const missing = missingSlices(slices, await deps.events.slices(event.eventId));
  const occasion = { now: deps.clock.now(), token: deps.newToken() };
  if (missing.length === 0) {
    // Whoever has noted the last of them has died before it could mark the event.
    const { applied } = await deps.events.apply(event.eventId, EventLifecycle.expanded(event, occasion));
    if (applied) deps.observer.metrics.add("EventsExpanded", 1, { by });
    return { results: [] };
  }
  const errors = await sendSlices(
    deps,
    missing.map((slice) => ({ event, slice })),
    correlationId,
  );
  if (errors.some((error) => error !== undefined)) return { results: [], slicesSent: false };
  const transition = EventLifecycle.postpone(event, occasion, deps.settings.queueDeadlineMs);
  await deps.events.apply(event.eventId, transition);
  return { results: [], slicesSent: true };
}
