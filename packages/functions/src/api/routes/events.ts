/** Events: accepted once, delivered to every endpoint of the sender that matches. */

import { explainNotMatched } from "@homing/core/endpoint/explain";
import { matchEndpoints } from "@homing/core/endpoint/match";
import { HomingError, validationError } from "@homing/core/error";
import { acceptEvents, unknownEndpoint } from "@homing/core/event/accept-event";
import { cancelEvent } from "@homing/core/event/cancel-event";
import type { Event } from "@homing/core/event/event";
import { deliveryIdOf, EVENT_ID, eventIdForKey } from "@homing/core/event/event-id";
import { type AcceptedEventInput, eventInputSchema } from "@homing/core/event/event-input";
import { type FoundEvents, listEventsByIdPart } from "@homing/core/event/list-by-id";
import { type EventFilter, listEvents, listedOf } from "@homing/core/event/list-events";
import { FieldErrors } from "@homing/core/field-errors";
import { MAX_BODY_BYTES } from "@homing/core/message/message-input";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { readSummaries } from "@homing/core/operate/read-summaries";
import { retryEvent } from "@homing/core/operate/retry-event";
import { type Context, Hono, type TypedResponse } from "hono";
import type { EventBatchResult } from "../answers/batch.ts";
import type { CancelledEvent, EventDryRun, EventList, EventListItem, EventView } from "../answers/event.ts";
import { asRefusal, type BatchEntryDocument, readBatch, refusedEntry, soundEntry } from "../batch-body.ts";
import { checkEvent, type EventContext } from "../check-event.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { checkIdempotencyKey } from "../idempotency-key.ts";
import { notFound } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import { itemsThatFit } from "../page.ts";
import {
  type EventDetail,
  MAX_SHOWN_MESSAGES,
  presentAcceptedEvent,
  presentEvent,
  presentEventListItem,
} from "../present/event.ts";
import { maySee, type Scope } from "../principal.ts";
import { eventListQuerySchema, eventQuerySchema, sendEventQuerySchema } from "../queries.ts";
import { refuseOwnDelivery } from "../refuse-own-delivery.ts";
import { eventBatchEntrySchema } from "../requests/batch.ts";
import { authorizeToActFor, refuseReserved } from "../reserved-sender.ts";
import { query, readDocument, refuseQuery } from "../validate.ts";

const MAX_DRY_RUN_IDS = 100;

export function eventRoutes(deps: RouteDependencies) {
  const { admission, clock, cursors, directory, endpoints, events, store } = deps;

  const readInput = async (c: Context<ApiEnv>): Promise<AcceptedEventInput> => {
    const errors = new FieldErrors();
    refuseOwnDelivery(c, errors);
    const idempotencyKey = checkIdempotencyKey(c, errors);
    const { document, text } = await readDocument(c, MAX_BODY_BYTES, errors);
    const principal = c.get("principal");
    authorizeToActFor(principal, document);
    const checked = await checkEvent(
      events,
      eventInputSchema,
      { document, text },
      {
        principal,
        now: clock.now(),
        idempotencyKey,
        traceparent: c.req.header("traceparent"),
        tracestate: c.req.header("tracestate"),
      },
    );
    if ("errors" in checked) errors.addAll(checked.errors);
    if (!errors.isEmpty || "errors" in checked) throw validationError(errors);
    return checked.input;
  };

  /** @throws HomingError for what is wrong with this one event. */
  const readEntry = async (entry: BatchEntryDocument, context: EventContext): Promise<AcceptedEventInput> => {
    authorizeToActFor(context.principal, entry.document);
    const { input } = await soundEntry(entry, () =>
      checkEvent(events, eventBatchEntrySchema, entry, context),
    );
    return input;
  };

  const dryRun = async (input: AcceptedEventInput, correlationId: string): Promise<EventDryRun> => {
    const known = await directory.of(input.senderId);
    const { matched, skipped } = matchEndpoints(known.endpoints, input);
    if (input.endpointId !== undefined && matched.length + skipped.length === 0) throw unknownEndpoint();
    const endpointIds = matched.slice(0, MAX_DRY_RUN_IDS).map(({ endpointId }) => endpointId);
    return { matched: matched.length, skipped: skipped.length, endpointIds, correlationId };
  };

  /** The event of the path, if this key may see it. @throws HomingError */
  const visible = async (c: Context<ApiEnv>, ...scopes: readonly Scope[]): Promise<Event> => {
    const eventId = c.req.param("eventId") ?? "";
    if (!EVENT_ID.test(eventId)) throw notFound();
    const event = await admission.admitToFound(c, scopes, async () => {
      const found = await events.get(eventId);
      if (!found || !maySee(c.get("principal"), found.senderId)) throw notFound();
      return found;
    });
    if (!scopes.includes("read")) refuseReserved(c.get("principal"), event.senderId);
    c.set("logFields", { eventId, senderId: event.senderId });
    return event;
  };

  const detailOf = async (event: Event, explain: boolean): Promise<EventDetail> => {
    const ids = event.matched.map((endpointId) => deliveryIdOf(event.eventId, endpointId));
    const [stored, found, others] = await Promise.all([
      events.getPayload(event),
      store.getMany(ids),
      explain ? endpoints.listOf(event.senderId) : undefined,
    ]);
    const byId = new Map(found.map((message) => [message.messageId, message]));
    const messages = ids.flatMap((id) => byId.get(id) ?? []);
    return {
      event,
      payload: stored?.payload,
      messages,
      summaries: await readSummaries(deps, messages.slice(0, MAX_SHOWN_MESSAGES)),
      ...(others ? { notMatched: explainNotMatched(event, others) } : {}),
    };
  };

  return new Hono<ApiEnv>()
    .post(
      "/v1/events",
      describe({
        operationId: "sendEvent",
        tag: "Events",
        summary: "Send an event",
        description:
          "Stores the event and queues a delivery to each endpoint of the sender that is not disabled, wants its type and shares a channel with it (or names none). Beyond 10 endpoints the deliveries are made in the background. With an idempotency key the call can be repeated: it answers the same event with the same endpoints, and resumes what could not be queued yet. Counts as one request and one more for each delivery.",
        query: sendEventQuerySchema,
        headers: ["idempotency-key", "traceparent", "tracestate"],
        body: { schema: "EventInput", example: "eventInput" },
        answers: {
          202: { schema: "AcceptedEvent", description: "Stored." },
          200: {
            schema: "SendEventAnswer",
            description:
              "An earlier call with this key had stored it already, which the header idempotent-replayed says too; or, with `dryRun`, where it would go.",
            example: "duplicateEvent",
          },
        },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED"],
      }),
      admission.requires("send"),
      query(sendEventQuerySchema),
      async (c) => {
        const input = await readInput(c);
        const correlationId = c.get("correlationId");
        c.set("logFields", { senderId: input.senderId });
        if (c.req.valid("query").dryRun) return c.json(await dryRun(input, correlationId), 200);
        const [result] = await acceptEvents(deps, [{ input, correlationId }]);
        if (result === undefined) throw new Error("acceptEvents answers every request");
        if (result instanceof HomingError) throw result;
        const { event, duplicate } = result;
        if (!duplicate) admission.charge(c, event.matched.length);
        const { eventId, senderId, matched } = event;
        c.set("logFields", { senderId, eventId, matched: matched.length, duplicate });
        if (duplicate) c.header("idempotent-replayed", "true");
        return c.json(presentAcceptedEvent(result, correlationId), duplicate ? 200 : 202);
      },
    )
    .post(
      "/v1/events/batch",
      describe({
        operationId: "sendEvents",
        tag: "Events",
        summary: "Send up to 100 events",
        description:
          "Each event is stored, or refused, on its own; `results` has one entry for each, in their order. An idempotency key is given in the event, not as a header. The call makes up to 100 deliveries itself, the others are made in the background.",
        headers: ["traceparent", "tracestate"],
        body: { schema: "EventBatch", example: "eventBatch" },
        answers: { 207: { schema: "EventBatchResult", description: "What became of each event." } },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      admission.requires("send"),
      async (c) => {
        const entries = await readBatch(c, "events");
        admission.charge(c, entries.length - 1);
        const correlationId = c.get("correlationId");
        const context = {
          principal: c.get("principal"),
          now: clock.now(),
          traceparent: c.req.header("traceparent"),
          tracestate: c.req.header("tracestate"),
        };
        const read = await Promise.all(
          entries.map((entry) => readEntry(entry, context).catch((error: unknown) => asRefusal(error))),
        );
        const inputs = read.filter((one): one is AcceptedEventInput => !(one instanceof HomingError));
        const accepted = await acceptEvents(
          deps,
          inputs.map((input) => ({ input, correlationId })),
        );
        const byInput = new Map(inputs.map((input, index) => [input, accepted[index]]));
        let matched = 0;
        const results = read.map((one, index): EventBatchResult["results"][number] => {
          const outcome = one instanceof HomingError ? one : byInput.get(one);
          if (outcome === undefined) throw new Error("acceptEvents answers every request");
          if (outcome instanceof HomingError) return refusedEntry(outcome, index, correlationId, read.length);
          if (!outcome.duplicate) matched += outcome.event.matched.length;
          return {
            index,
            httpStatus: outcome.duplicate ? 200 : 202,
            event: presentAcceptedEvent(outcome, correlationId),
          };
        });
        admission.charge(c, matched);
        const refused = results.filter((result) => "problem" in result).length;
        c.set("logFields", { events: results.length, refused, matched });
        return c.json<EventBatchResult>({ results }, 207);
      },
    )
    .get(
      "/v1/events",
      describe({
        operationId: "listEvents",
        tag: "Events",
        summary: "List events, newest first",
        description:
          "Of one sender, or with a key of all senders those of all. A page may hold fewer events than `limit`, even none, and still have a `nextCursor`; the list ends where there is none.",
        query: eventListQuerySchema,
        answers: { 200: { schema: "EventList", description: "One page." } },
      }),
      admission.requires("read"),
      query(eventListQuerySchema),
      async (c) => {
        const { limit, cursor, idempotencyKey, matched, ...asked } = c.req.valid("query");
        const principal = c.get("principal");
        const senderId = asked.senderId ?? (principal.senderId === "*" ? undefined : principal.senderId);
        const filter: EventFilter = { ...asked, senderId, unmatched: matched === "none" };
        const scope = ["events", principal.keyId, filter, idempotencyKey];
        const after = cursor === undefined ? undefined : cursors.decodeEvent(cursor, scope);
        // In lists, what belongs to another sender does not exist.
        if (senderId !== undefined && !maySee(principal, senderId)) return c.json<EventList>({ items: [] });
        if (idempotencyKey !== undefined) {
          if (senderId === undefined)
            throw validationError([
              { path: "idempotencyKey", message: "needs senderId: keys belong to a sender" },
            ]);
          const event = await events.get(eventIdForKey(senderId, idempotencyKey));
          const listed = await listedOf(events, event ? [event] : [], filter);
          return c.json<EventList>({ items: listed.map(presentEventListItem) });
        }
        const page: FoundEvents =
          filter.idPart === undefined
            ? await listEvents(events, filter, limit, after)
            : await listEventsByIdPart(events, filter, filter.idPart, limit, after);
        const items = itemsThatFit(page.events.map(presentEventListItem));
        const last = items.length < page.events.length ? page.events[items.length - 1] : undefined;
        const next = last ? { eventId: last.eventId, createdAt: last.createdAt } : page.next;
        return c.json<EventList>({
          items,
          ...(next ? { nextCursor: cursors.encodeEvent(next, scope) } : {}),
          // How far it looked is behind what is left out.
          ...(last === undefined && page.searchedSince !== undefined
            ? { searchedSince: formatTimestamp(page.searchedSince) }
            : {}),
        });
      },
    )
    .get(
      "/v1/events/:eventId",
      describe({
        operationId: "getEvent",
        tag: "Events",
        summary: "Show an event, and what became of it at each endpoint",
        description: "Header values that may be secrets are shown as `***`.",
        path: ["eventId"],
        query: eventQuerySchema,
        answers: { 200: { schema: "Event", description: "The event." } },
        problems: ["NOT_FOUND"],
      }),
      async (c, next) => {
        c.set("event", await visible(c, "read"));
        await next();
      },
      query(eventQuerySchema),
      async (c) => {
        const detail = await detailOf(c.get("event") as Event, c.req.valid("query").explain === true);
        return eventResponse(c, detail);
      },
    )
    .post(
      "/v1/events/:eventId/retry",
      describe({
        operationId: "retryEvent",
        tag: "Events",
        summary: "Make the messages of an event that are missing",
        description:
          "Of an event that FAILED before a message was there for each endpoint: for a week more. Of one that is PENDING: now. One that is EXPANDED is a conflict, as its messages are what can be retried; so is one that FAILED too long ago, whose first messages may be forgotten, and would be made again: with the default retention, 23 days after it was sent.",
        path: ["eventId"],
        answers: {
          202: {
            schema: "EventListItem",
            description: "As it is now: EXPANDED, or PENDING if the rest follows in the background.",
          },
        },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const event = await visible(c, "send", "endpoints");
        refuseQuery(c);
        const retried = await retryEvent(deps, event, c.get("correlationId"));
        return c.json<EventListItem, 202>(presentEventListItem(retried), 202);
      },
    )
    .post(
      "/v1/events/:eventId/cancel",
      describe({
        operationId: "cancelEvent",
        tag: "Events",
        summary: "Cancel what is not yet delivered of an event",
        description:
          "Messages that are finished, or are being delivered, stay as they are; so do those that are not made yet, of an event that is PENDING: cancel it again once it is EXPANDED.",
        path: ["eventId"],
        answers: { 200: { schema: "CancelledEvent", description: "What became of its messages." } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const event = await visible(c, "send");
        refuseQuery(c);
        const result = await cancelEvent(deps, event, c.get("correlationId"));
        admission.charge(c, Math.max(0, result.cancelled - 1));
        return c.json<CancelledEvent>(result);
      },
    );
}

/** The body is JSON text already: it is shown as it was written, not as a parser would write it again. */
function eventResponse(c: Context<ApiEnv>, detail: EventDetail): JsonResponse<EventView> {
  const { body } = detail.payload ?? {};
  const view = JSON.stringify(presentEvent(detail));
  const text = body === undefined ? view : `${view.slice(0, -1)},"body":${body}}`;
  const response: Response = c.body(text, 200, { "content-type": "application/json" });
  return response as JsonResponse<EventView>;
}

type JsonResponse<T> = Response & TypedResponse<T, 200, "json">;
