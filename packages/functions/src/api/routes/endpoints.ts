/** Registered targets of a sender. A key of one sender sees and manages the endpoints of that sender only. */
import type { Endpoint, EndpointState } from "@homing/core/endpoint/endpoint";
import {
  type EndpointListQuery,
  type EndpointPage,
  newestEndpointFirst,
  placeOf,
} from "@homing/core/endpoint/endpoint-store";
import { type Held, readHeld } from "@homing/core/endpoint/held";
import { listEndpointsByIdPart } from "@homing/core/endpoint/list-by-id";
import { changeState, configureEndpoint, createEndpoint, deleteEndpoint } from "@homing/core/endpoint/manage";
import { validationError } from "@homing/core/error";
import { hasPart } from "@homing/core/id-part";
import { DEFAULT_SENDER } from "@homing/core/message/message-input";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { type Context, Hono } from "hono";
import type { DeletedEndpoint, EndpointList, EndpointView } from "../answers/endpoint.ts";
import { checkEndpoint, checkPatch } from "../check-endpoint.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { checkIdempotencyKey } from "../idempotency-key.ts";
import { notFound } from "../middleware.ts";
import { onceOnly } from "../once-only.ts";
import { describe } from "../openapi/describe.ts";
import { itemsThatFit } from "../page.ts";
import { presentEndpoint } from "../present/endpoint.ts";
import { maySee, type Principal } from "../principal.ts";
import { endpointListQuerySchema } from "../queries.ts";
import { MAX_ENDPOINT_BYTES } from "../requests/body-limits.ts";
import { authorizeToActFor } from "../reserved-sender.ts";
import { query, queryErrors, readDocument, refuseQuery } from "../validate.ts";
import { visibleEndpoint } from "../visible-endpoint.ts";

const NOTHING_HELD: Held = { count: 0, capped: false };

export function endpointRoutes(deps: RouteDependencies) {
  const { endpoints, store, admission, cursors, clock, settings } = deps;
  const { allowPrivateTargets } = settings;

  const { known, existing } = visibleEndpoint(deps);

  const shown = async (endpoint: Endpoint): Promise<EndpointView> =>
    presentEndpoint(endpoint, clock.now(), await readHeld(store, endpoint.endpointId));

  /** Newest first, of one sender: read consistently, all at once. */
  const listOfSender = async (
    senderId: string,
    { limit, after }: EndpointListQuery,
    wanted: (endpoint: Endpoint) => boolean,
  ): Promise<EndpointPage> => {
    const all = (await endpoints.listOf(senderId))
      .filter((endpoint) => endpoint.state !== "DELETED" && wanted(endpoint))
      .filter((endpoint) => after === undefined || newestEndpointFirst(after, endpoint) < 0)
      .sort(newestEndpointFirst);
    const page = all.slice(0, limit);
    const last = page.at(-1);
    return { endpoints: page, ...(last && all.length > limit ? { next: placeOf(last) } : {}) };
  };

  const moveTo = async (c: Context<ApiEnv>, state: EndpointState): Promise<Endpoint> => {
    const endpoint = await existing(c, "endpoints");
    refuseQuery(c);
    return changeState(deps, endpoint, state);
  };

  return new Hono<ApiEnv>()
    .post(
      "/v1/endpoints",
      describe({
        operationId: "createEndpoint",
        tag: "Endpoints",
        summary: "Register an endpoint",
        description:
          "With an idempotency key the call can be repeated: it answers the same endpoint, as it is now. A sender has at most 1,000 endpoints.",
        headers: ["idempotency-key"],
        body: { schema: "EndpointInput", example: "endpointInput" },
        answers: {
          201: { schema: "Endpoint", description: "The endpoint." },
          200: {
            schema: "Endpoint",
            description: "An earlier call with this key had created it already.",
            headers: ["idempotent-replayed"],
          },
        },
        problems: ["CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED"],
      }),
      admission.requires("endpoints"),
      async (c) => {
        const errors = queryErrors(c);
        const idempotencyKey = checkIdempotencyKey(c, errors);
        const { document } = await readDocument(c, MAX_ENDPOINT_BYTES, errors);
        const principal = c.get("principal");
        authorizeToActFor(principal, document);
        const { output, configuration } = checkEndpoint(document, allowPrivateTargets, errors);
        const { senderId = defaultSender(principal), secret, state = "ACTIVE" } = output;
        const create = () =>
          createEndpoint(deps, {
            senderId,
            configuration,
            state,
            ...(secret === undefined ? {} : { secret }),
            ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
          });
        const { endpoint, duplicate } = await (idempotencyKey === undefined ? onceOnly(create) : create());
        c.set("logFields", { senderId, endpointId: endpoint.endpointId, duplicate });
        if (duplicate) c.header("idempotent-replayed", "true");
        if (duplicate) return c.json(await shown(endpoint), 200);
        // Nothing is read any more: that it failed would not mean that the endpoint is not there.
        return c.json(presentEndpoint(endpoint, clock.now(), NOTHING_HELD), 201);
      },
    )
    .get(
      "/v1/endpoints",
      describe({
        operationId: "listEndpoints",
        tag: "Endpoints",
        summary: "List endpoints, newest first",
        description:
          "Of one sender, or with a key of all senders those of all. A page may hold fewer endpoints than `limit`, even none, and still have a `nextCursor`; the list ends where there is none.",
        query: endpointListQuerySchema,
        answers: { 200: { schema: "EndpointList", description: "One page." } },
      }),
      admission.requires("read"),
      query(endpointListQuerySchema),
      async (c) => {
        const { limit, cursor, state, health, idPart, ...asked } = c.req.valid("query");
        const principal = c.get("principal");
        const senderId = asked.senderId ?? (principal.senderId === "*" ? undefined : principal.senderId);
        const scope = ["endpoints", principal.keyId, senderId, state, health, idPart];
        const after = cursor === undefined ? undefined : cursors.decodeEndpoint(cursor, scope);
        // In lists, what belongs to another sender does not exist.
        if (senderId !== undefined && !maySee(principal, senderId))
          return c.json<EndpointList>({ items: [] });
        const wanted = (endpoint: Endpoint) =>
          (idPart === undefined || hasPart(endpoint.endpointId, idPart)) &&
          (state === undefined || endpoint.state === state) &&
          (health === undefined || (endpoint.failingSince !== undefined) === (health === "FAILING"));
        const attention = health === "FAILING" || (state !== undefined && state !== "ACTIVE");
        const asking = { attention, limit, ...(after === undefined ? {} : { after }) };
        const listOfAll = () =>
          idPart === undefined ? endpoints.list(asking) : listEndpointsByIdPart(endpoints, asking, wanted);
        const page = await (senderId === undefined ? listOfAll() : listOfSender(senderId, asking, wanted));
        const found = page.endpoints.filter(wanted);
        const items = itemsThatFit(found.map((endpoint) => presentEndpoint(endpoint, clock.now())));
        const last = items.length < found.length ? found[items.length - 1] : undefined;
        const next = last ? placeOf(last) : page.next;
        return c.json<EndpointList>({
          items,
          ...(next ? { nextCursor: cursors.encodeEndpoint(next, scope) } : {}),
          ...(next && idPart ? { searchedSince: formatTimestamp(next.createdAt + 1) } : {}),
        });
      },
    )
    .get(
      "/v1/endpoints/:endpointId",
      describe({
        operationId: "getEndpoint",
        tag: "Endpoints",
        summary: "Show an endpoint",
        path: ["endpointId"],
        answers: { 200: { schema: "Endpoint", description: "The endpoint." } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const endpoint = await existing(c, "read");
        refuseQuery(c);
        return c.json(await shown(endpoint));
      },
    )
    .patch(
      "/v1/endpoints/:endpointId",
      describe({
        operationId: "changeEndpoint",
        tag: "Endpoints",
        summary: "Change an endpoint",
        description:
          "JSON Merge Patch (RFC 7396): what is not given stays, null takes away, the members of headers and metadata are merged.",
        path: ["endpointId"],
        body: { schema: "EndpointPatch", example: "endpointPatch" },
        answers: { 200: { schema: "Endpoint", description: "The endpoint as it is now." } },
        problems: ["NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      async (c) => {
        const endpoint = await existing(c, "endpoints");
        const errors = queryErrors(c);
        const { document } = await readDocument(c, MAX_ENDPOINT_BYTES, errors);
        if (!errors.isEmpty) throw validationError(errors);
        const changed = await configureEndpoint(deps, endpoint, (current) =>
          checkPatch(current, document, allowPrivateTargets),
        );
        return c.json(await shown(changed));
      },
    )
    .delete(
      "/v1/endpoints/:endpointId",
      describe({
        operationId: "deleteEndpoint",
        tag: "Endpoints",
        summary: "Delete an endpoint",
        description: "What waits for it or is under way to it is cancelled.",
        path: ["endpointId"],
        answers: { 200: { schema: "DeletedEndpoint", description: "It is deleted." } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const endpoint = await known(c, "endpoints");
        refuseQuery(c);
        const { endpointId } = await deleteEndpoint(deps, endpoint);
        if (endpoint.state === "DELETED") throw notFound();
        return c.json<DeletedEndpoint>({ endpointId, state: "DELETED" });
      },
    )
    .post(
      "/v1/endpoints/:endpointId/pause",
      describe({
        operationId: "pauseEndpoint",
        tag: "Endpoints",
        summary: "Hold the deliveries to an endpoint",
        description:
          "Events still match it; their deliveries, and those under way within 20 seconds, are held until it is activated, for at most 30 days. No attempt is counted. Pausing it again changes nothing.",
        path: ["endpointId"],
        answers: {
          200: { schema: "Endpoint", description: "The endpoint as it is now.", example: "pausedEndpoint" },
        },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => c.json(await shown(await moveTo(c, "PAUSED"))),
    )
    .post(
      "/v1/endpoints/:endpointId/disable",
      describe({
        operationId: "disableEndpoint",
        tag: "Endpoints",
        summary: "Let an endpoint get no more events",
        description:
          "What waits for it or is under way to it fails with ENDPOINT_DISABLED. Disabling it again changes nothing.",
        path: ["endpointId"],
        answers: {
          200: { schema: "Endpoint", description: "The endpoint as it is now.", example: "disabledEndpoint" },
        },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => c.json(await shown(await moveTo(c, "DISABLED"))),
    )
    .post(
      "/v1/endpoints/:endpointId/activate",
      describe({
        operationId: "activateEndpoint",
        tag: "Endpoints",
        summary: "Let an endpoint get events again",
        description:
          "What was held is released, oldest first, up to 100 a second. Events that it missed while it was disabled are not repeated. Activating it again changes nothing.",
        path: ["endpointId"],
        answers: { 200: { schema: "Endpoint", description: "The endpoint as it is now." } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => c.json(await shown(await moveTo(c, "ACTIVE"))),
    );
}

function defaultSender({ senderId }: Principal): string {
  return senderId === "*" ? DEFAULT_SENDER : senderId;
}
