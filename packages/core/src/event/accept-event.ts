/**
 * Acceptance of an event: its payload is stored and its endpoints are looked up, then the event with the list of them,
 * then a message for each. Four round trips: payload beside endpoints, event, messages, copies beside the end.
 */

import { isResumed } from "../accept/resumed.ts";
import { allEnded } from "../all-ended.ts";
import { DAY } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { EndpointDirectory } from "../endpoint/endpoint-directory.ts";
import { type KnownEndpoint, knownEndpoint } from "../endpoint/known-endpoint.ts";
import { matchEndpoints } from "../endpoint/match.ts";
import { HomingError, validationError } from "../error.ts";
import type { Message } from "../message/message.ts";
import { payloadExpiresAt } from "../message/payload-expiry.ts";
import { rollbackBackoffMs } from "../message/waits.ts";
import { enqueueAll } from "../send/enqueue.ts";
import { notQueuedError, RETRY_AFTER_SECONDS } from "../send/not-queued-error.ts";
import type { Settings } from "../settings.ts";
import { StorageError } from "../store/message-store.ts";
import { type Event, toExpand } from "./event.ts";
import { eventHash } from "./event-hash.ts";
import { deliveryIdOf, eventIdForKey, newEventId } from "./event-id.ts";
import type { AcceptedEventInput, EventPayload } from "./event-input.ts";
import * as EventLifecycle from "./event-lifecycle.ts";
import { type ExpandDependencies, type ExpandRequest, type Expansion, expandAll } from "./expand.ts";
import { sendSlices } from "./send-slices.ts";
import { allSlices, slicesOf } from "./slice.ts";

export interface AcceptEventDependencies extends ExpandDependencies {
  readonly directory: Pick<EndpointDirectory, "of">;
  readonly settings: ExpandDependencies["settings"] & Pick<Settings, "retentionMs">;
  /** The id of an event without an idempotency key; random unless a simulation has to repeat itself. */
  readonly newEventId?: (now: number) => string;
}

export interface AcceptEventRequest {
  readonly input: AcceptedEventInput;
  readonly correlationId: string;
  /** It goes to this endpoint alone, once whatever state that is in: somebody tries it by hand. */
  readonly trial?: Endpoint;
}

/** Event and messages as they were last read or written. */
export interface EventAcceptance {
  readonly event: Event;
  /** An earlier call with the same idempotency key had stored it already. */
  readonly duplicate: boolean;
  /** In the order of `matched`, those that are there. */
  readonly messages: readonly Message[];
}

/**
 * Accepts each event on its own, all of them within one send budget. Answers, in order, the acceptance or the error to
 * show: IDEMPOTENCY_KEY_REUSED, VALIDATION_ERROR for an endpoint that is not there, or SYSTEM_ERROR, which says whether
 * the event was stored.
 */
export async function acceptEvents(
  deps: AcceptEventDependencies,
  requests: readonly AcceptEventRequest[],
): Promise<Array<EventAcceptance | HomingError>> {
  const stored = await Promise.all(requests.map((request) => store(deps, request)));
  const kept = stored.filter((one): one is Stored => !(one instanceof HomingError));
  const { inline, sliced } = divide(kept);
  const [expansions] = await Promise.all([
    expandAll(deps, inline.map(toExpansion)),
    askForSlices(deps, sliced),
  ]).then(([expanded, asked]) => [[...expanded, ...asked]] as const);
  const byStored = new Map([...inline, ...sliced].map((one, index) => [one, expansions[index]]));
  return Promise.all(
    stored.map((one) => {
      const expansion = one instanceof HomingError ? undefined : byStored.get(one);
      return one instanceof HomingError || !expansion ? (one as HomingError) : conclude(deps, one, expansion);
    }),
  );
}

/** As many messages as one call makes itself. */
const MOST_INLINE = 100;

/** Small events are expanded by the call, as long as it has room for them; the others by workers. */
function divide(stored: readonly Stored[]): { inline: Stored[]; sliced: Stored[] } {
  let room = MOST_INLINE;
  const isInline = ({ event }: Stored) => {
    if (event.status !== "PENDING" || slicesOf(event).length > 0) return event.status !== "PENDING";
    const size = toExpand(event).length;
    if (size > room) return false;
    room -= size;
    return true;
  };
  const inline = stored.filter(isInline);
  const isTaken = new Set(inline);
  return { inline, sliced: stored.filter((one) => !isTaken.has(one)) };
}

/** What cannot be sent is brought forward, so that the reconciler does not wait for the queue's deadline. */
async function askForSlices(deps: AcceptEventDependencies, stored: readonly Stored[]): Promise<Expansion[]> {
  const asked = stored.flatMap((one) =>
    allSlices(one.event, deps.sliceEndpoints).map((slice) => ({ one, event: one.event, slice })),
  );
  const [first] = stored;
  if (first === undefined) return [];
  const errors = await sendSlices(deps, asked, first.request.correlationId);
  return Promise.all(
    stored.map(async (one) => {
      const error = errors.find((found, index) => found !== undefined && asked[index]?.one === one);
      const event = error ? await bringForward(deps, one.event) : one.event;
      return { event, messages: [], results: [], ...(error ? { error } : {}) };
    }),
  );
}

async function bringForward(deps: AcceptEventDependencies, event: Event): Promise<Event> {
  const now = deps.clock.now();
  const occasion = { now, token: deps.newToken() };
  const transition = EventLifecycle.bringForward(event, occasion, now + rollbackBackoffMs(1));
  return deps.events.apply(event.eventId, transition).then(
    (written) => written.event ?? event,
    // It is due at the queue's deadline, and then the reconciler's.
    () => event,
  );
}

interface Stored {
  readonly event: Event;
  readonly duplicate: boolean;
  readonly payload: EventPayload;
  readonly endpoints: ReadonlyMap<string, KnownEndpoint>;
  readonly request: AcceptEventRequest;
}

function toExpansion({ event, payload, endpoints, request }: Stored): ExpandRequest {
  return { event, payload, endpoints, correlationId: request.correlationId, by: "api" };
}

async function store(
  deps: AcceptEventDependencies,
  request: AcceptEventRequest,
): Promise<Stored | HomingError> {
  let inserting = false;
  try {
    return await storeOnce(deps, request, () => {
      inserting = true;
    });
  } catch (error) {
    if (error instanceof HomingError && !(error instanceof StorageError)) return error;
    const { senderId } = request.input;
    deps.observer.log.write(
      "error",
      "accept_event_failed",
      { senderId, correlationId: request.correlationId },
      error,
    );
    // A payload that nobody names is nothing: only the event may not be made twice.
    const isSurelyAbsent = !inserting || (error instanceof StorageError && !error.mayHaveTakenEffect);
    return storageError(request.input.idempotencyKey !== undefined || isSurelyAbsent, error);
  }
}

/** No event without its payload, no message without its event: each is stored before what follows from it. */
async function storeOnce(
  deps: AcceptEventDependencies,
  request: AcceptEventRequest,
  onInsert: () => void,
): Promise<Stored> {
  const { input, correlationId, trial } = request;
  const { senderId, eventType, channels, endpointId, idempotencyKey, deliverBy } = input;
  const now = deps.clock.now();
  const eventId =
    idempotencyKey === undefined
      ? (deps.newEventId ?? newEventId)(now)
      : eventIdForKey(senderId, idempotencyKey);
  const owner = { eventId, requestHash: eventHash(input) };
  const expiresAt = payloadExpiresAt(now, undefined, deps.settings.retentionMs);
  const [known, stored] = await allEnded([
    deps.directory.of(senderId),
    deps.events.putPayload(owner, input.payload, expiresAt),
  ]);
  const matching = trial
    ? { matched: [trial], skipped: [] }
    : matchEndpoints(known.endpoints, {
        eventType,
        ...(channels === undefined ? {} : { channels }),
        ...(endpointId === undefined ? {} : { endpointId }),
      });
  if (endpointId !== undefined && matching.matched.length + matching.skipped.length === 0)
    await refuseUnlessKnown(deps, eventId, idempotencyKey);
  // Left behind by a call that died here long ago: it has to last as long as the event that it is for.
  if (stored.expiresAt < expiresAt - DAY) await deps.events.keepPayload(owner, expiresAt);
  const event = EventLifecycle.accept(
    {
      ...owner,
      senderId,
      eventType,
      ...(channels === undefined ? {} : { channels }),
      ...(endpointId === undefined ? {} : { endpointId }),
      ...(trial ? { forced: true as const } : {}),
      correlationId,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(deliverBy === undefined ? {} : { deliverBy }),
    },
    matching,
    { now, token: deps.newToken() },
    deps.settings,
  );
  onInsert();
  const written = await deps.events.insert(event);
  const current = written.event ?? event;
  if (current.requestHash !== owner.requestHash)
    throw new HomingError(
      "IDEMPOTENCY_KEY_REUSED",
      "This idempotency key was used with another request; use a new key for a new event.",
    );
  return {
    event: current,
    duplicate: !written.applied,
    payload: stored.payload,
    endpoints: new Map(
      known.endpoints.map((endpoint) => [endpoint.endpointId, knownEndpoint(endpoint, known.readAt)]),
    ),
    request,
  };
}

/** A call that is repeated is answered as the first one was, whatever has become of the endpoint since. */
async function refuseUnlessKnown(
  { events }: AcceptEventDependencies,
  eventId: string,
  idempotencyKey: string | undefined,
): Promise<void> {
  if (idempotencyKey !== undefined && (await events.get(eventId))) return;
  throw unknownEndpoint();
}

/** For an event that names an endpoint which its sender does not have. */
export function unknownEndpoint(): HomingError {
  return validationError([{ path: "endpointId", message: "is not an endpoint of this sender" }]);
}

async function conclude(
  deps: AcceptEventDependencies,
  { event: before, duplicate, payload, endpoints, request }: Stored,
  { event, messages: made, results, error }: Expansion,
): Promise<EventAcceptance | HomingError> {
  const { metrics } = deps.observer;
  metrics.add(duplicate ? "EventsDuplicate" : "EventsAccepted");
  if (!duplicate && event.matched.length === 0) metrics.add("EventsUnmatched");
  const { correlationId, input } = request;
  const mayRepeat = input.idempotencyKey !== undefined;
  try {
    // Of a call that stood still: its event was expanded by another, and somebody has brought it to more since.
    const hasGrown = event.matched.length > before.matched.length;
    const messages = duplicate || hasGrown ? await messagesOf(deps, event) : made;
    // What a first call has left unsent, a repeated one sends.
    const waiting = duplicate && before.status === "EXPANDED" ? messages.filter(isResumed) : [];
    const again = await enqueueAll(
      deps,
      waiting.map((message) => ({
        message,
        contents: contentsOf(payload, endpoints.get(message.endpointId ?? "")),
        correlationId,
      })),
    );
    const failed = [...results, ...again].find(
      ({ outcome }) => outcome === "failed" || outcome === "unmarked",
    );
    if (error !== undefined) return notExpandedError(event, mayRepeat, error);
    if (failed?.outcome === "failed" || failed?.outcome === "unmarked")
      return notQueuedError(failed, mayRepeat, { eventId: event.eventId });
    const latest = new Map(again.flatMap(({ message }) => (message ? [[message.messageId, message]] : [])));
    return { event, duplicate, messages: messages.map((one) => latest.get(one.messageId) ?? one) };
  } catch (readError) {
    return notExpandedError(event, mayRepeat, readError);
  }
}

function contentsOf(event: EventPayload, endpoint: KnownEndpoint | undefined) {
  return { event, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** As many as are shown. */
async function messagesOf({ store }: AcceptEventDependencies, event: Event): Promise<Message[]> {
  const ids = event.matched
    .slice(0, EventLifecycle.MOST_EXPANDED_INLINE)
    .map((endpointId) => deliveryIdOf(event.eventId, endpointId));
  const found = new Map((await store.getMany(ids)).map((message) => [message.messageId, message]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Nothing that can be delivered was stored, as far as is known. */
function storageError(retryable: boolean, cause: unknown): HomingError {
  const advice = retryable
    ? "Repeat the call."
    : "It may or may not have been stored: look for it before you repeat the call, and send an idempotency key next time.";
  return new HomingError("SYSTEM_ERROR", `The event could not be stored. ${advice}`, {
    retryable,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

function notExpandedError({ eventId }: Event, mayRepeat: boolean, cause: unknown): HomingError {
  return new HomingError(
    "SYSTEM_ERROR",
    "The event is stored but could not be delivered to all of its endpoints yet. It is kept, and goes on as soon as that is possible, without another call.",
    { retryable: mayRepeat, retryAfterSeconds: RETRY_AFTER_SECONDS, stored: { eventId }, cause },
  );
}
