/** What the reconciler does with an event whose expansion has stopped. */
import type { EndpointReader } from "../endpoint/endpoint-reader.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventAction } from "../event/due-event.ts";
import { type Event, toExpand } from "../event/event.ts";
import * as EventLifecycle from "../event/event-lifecycle.ts";
import { type ExpandDependencies, expandAll } from "../event/expand.ts";
import type { EnqueueResult } from "../send/enqueue.ts";

export interface PushEventDependencies extends ExpandDependencies {
  readonly endpointReader: EndpointReader;
}

/**
 * Expands the event, or gives it up. Answers what became of the copies that were sent.
 *
 * @throws StorageError
 */
export async function pushEvent(
  deps: PushEventDependencies,
  event: Event,
  action: EventAction,
  correlationId: string,
): Promise<readonly EnqueueResult[]> {
  const { eventId, senderId } = event;
  const stored = await deps.events.getPayload(event);
  if (action === "giveUp" || stored === undefined) {
    const occasion = { now: deps.clock.now(), token: deps.newToken() };
    const { applied } = await deps.events.apply(eventId, EventLifecycle.giveUp(event, occasion));
    if (applied) deps.observer.log.write("error", "event_given_up", { eventId, senderId, correlationId });
    return [];
  }
  const endpoints = new Map<string, KnownEndpoint>();
  await Promise.all(
    toExpand(event).map(async (endpointId) => {
      const endpoint = await deps.endpointReader.read({ senderId, endpointId });
      if (endpoint) endpoints.set(endpointId, endpoint);
    }),
  );
  const request = { event, payload: stored.payload, endpoints, correlationId, by: "reconciler" } as const;
  const [expansion] = await expandAll(deps, [request]);
  if (expansion?.error !== undefined) throw expansion.error;
  return expansion?.results ?? [];
}
