/** Somebody asks for an event whose expansion has stopped, or was given up. */
import { HomingError } from "../error.ts";
import type { Event } from "../event/event.ts";
import * as EventLifecycle from "../event/event-lifecycle.ts";
import { type PushEventDependencies, pushEvent } from "../event/push-event.ts";
import type { Settings } from "../settings.ts";
import { lastingPayload } from "./lasting-payload.ts";

export interface RetryEventDependencies extends PushEventDependencies {
  readonly settings: PushEventDependencies["settings"] & Pick<Settings, "retentionMs">;
}

/**
 * FAILED: its expansion goes on for another week. PENDING: now. What of it cannot be done in this call is the
 * reconciler's. Answers the event as it is then.
 *
 * @throws HomingError CONFLICT for an event that has nothing to expand, that is too old, or that has moved on.
 */
export async function retryEvent(
  deps: RetryEventDependencies,
  read: Event,
  correlationId: string,
): Promise<Event> {
  if (read.status === "EXPANDED")
    throw conflict("An event that is EXPANDED has all of its messages: retry those that have failed.");
  const event = read.status === "FAILED" ? await revive(deps, read) : read;
  const { eventId, senderId } = event;
  try {
    await pushEvent(deps, event, "expand", { correlationId, by: "api" });
  } catch (error) {
    deps.observer.log.write("warn", "event_not_expanded", { eventId, senderId, correlationId }, error);
  }
  return (await deps.events.get(eventId)) ?? event;
}

async function revive(deps: RetryEventDependencies, read: Event): Promise<Event> {
  const now = deps.clock.now();
  const occasion = { now, token: deps.newToken() };
  const transition = EventLifecycle.retry(read, occasion, deps.settings.retentionMs);
  if (!transition)
    throw conflict("It is too old: what was made of it may be forgotten by now, and would be made again.");
  if (!(await lastingPayload(deps, read, now)))
    throw conflict("Its payload is gone, so it cannot be expanded again.");
  const written = await deps.events.apply(read.eventId, transition);
  if (!written.applied) throw conflict("The event has moved on meanwhile.");
  return written.event;
}

function conflict(message: string): HomingError {
  return new HomingError("CONFLICT", message);
}
