/** Operators are told of endpoints by events that the reconciler sends, each once however often it is sent. */
import type { Announcement } from "../endpoint/announcement.ts";
import { OPERATIONS_SENDER } from "../endpoint/announcement.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { EndpointStore } from "../endpoint/endpoint-store.ts";
import { announced } from "../endpoint/health-change.ts";
import { matchEndpoints } from "../endpoint/match.ts";
import { HomingError } from "../error.ts";
import { type AcceptEventDependencies, acceptEvents } from "../event/accept-event.ts";
import type { AcceptedEventInput } from "../event/event-input.ts";

export interface AnnounceDependencies extends AcceptEventDependencies {
  readonly endpoints: Pick<EndpointStore, "change">;
}

/**
 * Sends what the endpoint has to announce, then forgets it, in that order. What nobody has registered for is not sent.
 * Answers whether all of it is settled and has gone out.
 *
 * @throws StorageError
 */
export async function announce(
  deps: AnnounceDependencies,
  endpoint: Endpoint,
  correlationId: string,
): Promise<boolean> {
  const { announce: announcements = [] } = endpoint;
  const { endpoints } = await deps.directory.of(OPERATIONS_SENDER);
  const isWanted = ({ type }: Announcement) => {
    const { matched, skipped } = matchEndpoints(endpoints, { eventType: type });
    return matched.length + skipped.length > 0;
  };
  const wanted = announcements.filter(isWanted);
  const results = await acceptEvents(
    deps,
    wanted.map((announcement) => ({ input: eventOf(endpoint, announcement), correlationId })),
  );
  const errorOf = new Map(wanted.map((one, index) => [one, results[index]]));
  const isSettled = (one: Announcement) => {
    const result = errorOf.get(one);
    // Stored, it goes out without another call.
    return !(result instanceof HomingError) || result.stored !== undefined;
  };
  const change = announced(endpoint, announcements.filter(isSettled), {
    now: deps.clock.now(),
    token: deps.newToken(),
  });
  // Somebody has changed the endpoint meanwhile: what was sent is sent again, which is the same event.
  if (change) await deps.endpoints.change(endpoint, change);
  return !results.some((result) => result instanceof HomingError);
}

/** The key says what happened, to whom and when; the request never differs, it was written down when it happened. */
function eventOf(
  { endpointId }: Pick<Endpoint, "endpointId">,
  { type, at, body }: Announcement,
): AcceptedEventInput {
  return {
    senderId: OPERATIONS_SENDER,
    eventType: type,
    payload: { headers: {}, body },
    idempotencyKey: `${endpointId}/${type}/${at}`,
  };
}
