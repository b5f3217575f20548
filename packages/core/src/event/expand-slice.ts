/** The worker's side of a large event: one expand copy → the messages of its slice. */

import { allEnded } from "../all-ended.ts";
import { SECOND } from "../duration.ts";
import type { EndpointDirectory } from "../endpoint/endpoint-directory.ts";
import { knownEndpoint } from "../endpoint/known-endpoint.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import * as EventLifecycle from "./event-lifecycle.ts";
import { type ExpandDependencies, expandPart } from "./expand.ts";
import { allSlices, type ExpandCopy, missingSlices, sliceName } from "./slice.ts";

export interface ExpandSliceDependencies extends ExpandDependencies {
  readonly directory: Pick<EndpointDirectory, "of">;
}

/** For the writes of a slice, its sends and what ends it. */
const SLICE_MS = 10 * SECOND;

/** `return` if anything is left to do that this copy can do again. */
export async function expandSlice(
  deps: ExpandSliceDependencies,
  copy: ExpandCopy,
  { correlationId = "unknown" }: QueueRecord,
  remainingMs: () => number,
): Promise<RecordResult> {
  const { eventId, from, to } = copy;
  const fields = { eventId, correlationId, slice: sliceName(copy) };
  if (remainingMs() < SLICE_MS + deps.settings.sendBudgetMs) {
    deps.observer.log.write("info", "too_little_time", fields);
    return "return";
  }
  try {
    const event = await deps.events.get(eventId);
    if (event === undefined) {
      deps.observer.log.write("error", "event_unknown", fields);
      return "return";
    }
    // Expanded by somebody else, or given up: the copy is an old one.
    if (event.status !== "PENDING" || from < event.done) return "done";
    const [stored, known] = await allEnded([
      deps.events.getPayload(event),
      deps.directory.of(event.senderId),
    ]);
    // The reconciler gives it up.
    if (stored === undefined) return "done";
    const endpoints = new Map(
      known.endpoints.map((endpoint) => [endpoint.endpointId, knownEndpoint(endpoint, known.readAt)]),
    );
    const request = { event, payload: stored.payload, endpoints, correlationId, by: "worker" } as const;
    const { error } = await expandPart(
      { ...deps, timeLeftMs: remainingMs },
      request,
      event.matched.slice(from, to),
    );
    if (error !== undefined) throw error;
    const noted = await deps.events.noteSlice(eventId, sliceName(copy), event.expiresAt);
    if (missingSlices(allSlices(event, deps.sliceEndpoints), noted).length > 0) return "done";
    // Under the revision from before the messages were made: an endpoint that a replay has added since has none yet.
    const occasion = { now: deps.clock.now(), token: deps.newToken() };
    const { applied } = await deps.events.apply(eventId, EventLifecycle.expanded(event, occasion));
    if (applied) deps.observer.metrics.add("EventsExpanded", 1, { by: "worker" });
    return "done";
  } catch (error) {
    deps.observer.log.write("error", "expansion_interrupted", fields, error);
    return "return";
  }
}
