/**
 * Expansion: a message for each endpoint that an event goes to. It may be begun by any number at once, and again after
 * every crash: each message is made once, by a conditional write under an id that follows from event and endpoint, and
 * whoever made it sends it.
 */
import { holdReason } from "../endpoint/gate.ts";
import { isFresh, type KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { scheduleMsOf } from "../endpoint/retry-schedule.ts";
import { spawn } from "../message/delivery-lifecycle.ts";
import { isHeld, type Message } from "../message/message.ts";
import { type EnqueueDependencies, type EnqueueResult, type Marked, sendMarked } from "../send/enqueue.ts";
import { type Reserving, reserveAll, type Wanted } from "../send/reserve-slots.ts";
import type { Settings } from "../settings.ts";
import { type Event, toExpand } from "./event.ts";
import type { EventPayload } from "./event-input.ts";
import * as EventLifecycle from "./event-lifecycle.ts";
import type { EventStore } from "./event-store.ts";

export interface ExpandDependencies extends EnqueueDependencies {
  readonly events: EventStore;
  readonly settings: EnqueueDependencies["settings"] & Pick<Settings, "retryScheduleMs">;
  /** Of one slice of a large event; fewer where a simulation is to have several. */
  readonly sliceEndpoints?: number;
}

export interface ExpandRequest {
  readonly event: Event;
  readonly payload: EventPayload;
  /** What is known of the endpoints that it goes to, by id. One that is missing here is read by whoever delivers to it. */
  readonly endpoints: ReadonlyMap<string, KnownEndpoint>;
  readonly correlationId: string;
  readonly by: "api" | "worker" | "reconciler";
}

/** What became of the messages of one event, as they were written or found, and of the event. */
export interface Expansion {
  readonly event: Event;
  readonly messages: readonly Message[];
  /** Of the sends of those that this call made. */
  readonly results: readonly EnqueueResult[];
  /** Why a message could not be made: the event is PENDING then, and the reconciler's. */
  readonly error?: unknown;
}

/** Expands events, each on its own, all of their copies within one send budget. Never rejects because of storage or queue. */
export async function expandAll(
  deps: ExpandDependencies,
  requests: readonly ExpandRequest[],
): Promise<Expansion[]> {
  const spawned = await spawnAll(
    deps,
    requests.map((request) => ({
      request,
      endpointIds: request.event.status === "PENDING" ? toExpand(request.event) : [],
    })),
  );
  const marked = spawned.flatMap((one) => one.marked);
  const [sent, events] = await Promise.all([
    sendMarked(deps, marked),
    Promise.all(requests.map((request, index) => markExpanded(deps, request, spawned[index]))),
  ]);
  const byMarked = new Map(marked.map((one, index) => [one, sent[index]]));
  return requests.map(({ event }, index) => {
    const { messages = [], marked: own = [], error } = spawned[index] ?? {};
    const results = own.flatMap((one) => byMarked.get(one) ?? []);
    const latest = new Map(results.flatMap(({ message }) => (message ? [[message.messageId, message]] : [])));
    return {
      event: events[index] ?? event,
      messages: messages.map((message) => latest.get(message.messageId) ?? message),
      results,
      ...(error === undefined ? {} : { error }),
    };
  });
}

interface Spawned {
  readonly messages: readonly Message[];
  /** Those that this call made, and has to send. */
  readonly marked: readonly Marked[];
  readonly error?: unknown;
}

/** Makes and sends the messages of some of an event's endpoints, and leaves the event itself as it is. */
export async function expandPart(
  deps: ExpandDependencies,
  request: ExpandRequest,
  endpointIds: readonly string[],
): Promise<Omit<Expansion, "event">> {
  const [spawned] = await spawnAll(deps, [{ request, endpointIds }]);
  const { messages = [], marked = [], error } = spawned ?? {};
  const results = await sendMarked(deps, marked);
  return { messages, results, ...(error === undefined ? {} : { error }) };
}

interface Part {
  readonly request: ExpandRequest;
  readonly endpointIds: readonly string[];
}

/** One write to the pace of each limited endpoint, for all of the events that go there. */
function spawnAll(deps: ExpandDependencies, parts: readonly Part[]): Promise<Spawned[]> {
  const now = deps.clock.now();
  const wanted = parts.map(({ request, endpointIds }) =>
    endpointIds.map((endpointId) => slotWanted(request, endpointId, now)),
  );
  const reserved = reserveAll(deps, wanted.flat()).values();
  const slots = wanted.map((own) => own.map(() => reserved.next().value));
  return Promise.all(parts.map((part, index) => spawnMissing(deps, part, slots[index] ?? [])));
}

/** Not by what somebody asked for by hand, nor for what is held: that is paced when it is released. */
function slotWanted(
  { event, endpoints }: ExpandRequest,
  endpointId: string,
  now: number,
): Wanted | undefined {
  const endpoint = endpoints.get(endpointId);
  if (endpoint?.rateLimit === undefined || event.forced) return undefined;
  if (isFresh(endpoint, now) && holdReason(endpoint) !== undefined) return undefined;
  return { owner: { senderId: event.senderId, endpointId }, endpoint };
}

async function spawnMissing(
  deps: ExpandDependencies,
  { request, endpointIds }: Part,
  slots: readonly (Reserving | undefined)[],
): Promise<Spawned> {
  const { event, payload, endpoints, correlationId } = request;
  const { queueDeadlineMs, retryScheduleMs } = deps.settings;
  const writes = await Promise.allSettled(
    endpointIds.map(async (endpointId, index) => {
      const endpoint = endpoints.get(endpointId);
      const attempts = scheduleMsOf(endpoint, retryScheduleMs).length + 1;
      const reserving = slots[index];
      const given = reserving && { slotAt: await reserving, round: endpoint?.paceRound };
      const sendId = deps.newToken();
      const now = deps.clock.now();
      // A process that stood still may have missed that the endpoint went on: whoever delivers looks again.
      const holds = endpoint && isFresh(endpoint, now) ? holdReason(endpoint) : undefined;
      const settings = { queueDeadlineMs, attempts };
      const born = spawn(event, endpointId, holds, { now, token: sendId }, settings, given);
      const { applied, message = born } = await deps.store.insert(born);
      if (applied && isHeld(message)) deps.observer.metrics.add("MessagesHeld");
      if (applied && message.pendingReason === "THROTTLED") deps.observer.metrics.add("MessagesThrottled");
      // Somebody else's message: it has been sent, or will be, by them.
      if (!applied || message.status !== "QUEUED" || message.sendId !== sendId) return { message };
      const contents = { event: payload, ...(endpoint === undefined ? {} : { endpoint }) };
      return { message, marked: { message, sendId, contents, correlationId } };
    }),
  );
  const made = writes.flatMap((write) => (write.status === "fulfilled" ? [write.value] : []));
  const failed = writes.find((write) => write.status === "rejected");
  return {
    messages: made.map(({ message }) => message),
    marked: made.flatMap(({ marked }) => marked ?? []),
    ...(failed ? { error: failed.reason } : {}),
  };
}

/** The event as it is then. One that could not be marked is found by the reconciler, which has nothing to insert then. */
async function markExpanded(
  deps: ExpandDependencies,
  { event, correlationId, by }: ExpandRequest,
  spawned: Spawned | undefined,
): Promise<Event> {
  const { eventId, senderId } = event;
  const fields = { eventId, senderId, correlationId, by };
  if (spawned === undefined || spawned.error !== undefined) {
    deps.observer.log.write("error", "expansion_failed", fields, spawned?.error);
    return event;
  }
  if (event.status !== "PENDING") return event;
  try {
    const occasion = { now: deps.clock.now(), token: deps.newToken() };
    const written = await deps.events.apply(eventId, EventLifecycle.expanded(event, occasion));
    if (written.applied) deps.observer.metrics.add("EventsExpanded", 1, { by });
    return written.event ?? event;
  } catch (error) {
    deps.observer.log.write("warn", "event_not_marked", fields, error);
    return event;
  }
}
