/** One message at a time: accept, list, show, retry, cancel. */
import { accept } from "@homing/core/accept/accept";
import { type HomingError, validationError } from "@homing/core/error";
import { type WaitsFor, waitsFor } from "@homing/core/lane/look";
import { isDelivery, type Message } from "@homing/core/message/message";
import { MESSAGE_ID, messageIdForKey } from "@homing/core/message/message-id";
import {
  type AcceptedInput,
  MAX_BODY_BYTES,
  type MessageInput,
  messageInputSchema,
} from "@homing/core/message/message-input";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { isListed, type ListFilter, listMessages } from "@homing/core/operate/list";
import { type FoundPage, listByIdPart } from "@homing/core/operate/list-by-id";
import { cancel, retry, skip } from "@homing/core/operate/operate";
import { type Detail, readDetail } from "@homing/core/operate/read-detail";
import { readSummaries } from "@homing/core/operate/read-summaries";
import { resolve } from "@homing/core/operate/resolve";
import { type Context, Hono, type MiddlewareHandler, type TypedResponse } from "hono";
import type { MessageList, MessageView } from "../answers/message.ts";
import { checkMessage } from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { checkIdempotencyKey } from "../idempotency-key.ts";
import { notFound } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import { itemsThatFit } from "../page.ts";
import {
  presentAccepted,
  presentListItem,
  presentMessage,
  presentMoved,
  presentRetried,
} from "../present/message.ts";
import { maySee, ownSender, type Scope } from "../principal.ts";
import { listQuerySchema, refuseEventTypeAlone } from "../queries.ts";
import { refuseOwnDelivery } from "../refuse-own-delivery.ts";
import { authorizeToActFor, refuseReserved } from "../reserved-sender.ts";
import { query, queryErrors, readDocument, refuseQuery } from "../validate.ts";

export function messageRoutes(deps: RouteDependencies) {
  const { store, admission, cursors } = deps;

  /** The message of the path, if this key may see it and act on it. @throws HomingError */
  const messageToMove = async (c: Context<ApiEnv>, ...scopes: readonly Scope[]): Promise<Message> => {
    const messageId = messageIdOf(c);
    const message = await admission.admitToFound(c, scopes, async () => {
      const found = await store.get(messageId);
      if (!found || !maySee(c.get("principal"), found.senderId)) throw notFound();
      return found;
    });
    refuseReserved(c.get("principal"), message.senderId);
    refuseQuery(c);
    c.set("logFields", { messageId: message.messageId, senderId: message.senderId });
    return message;
  };

  return new Hono<ApiEnv>()
    .post(
      "/v1/messages",
      describe({
        operationId: "sendMessage",
        tag: "Messages",
        summary: "Send a message",
        description:
          "Stores the message and queues its delivery. With an idempotency key the call can be repeated: it answers the same message, and resumes one that could not be queued yet.",
        headers: ["idempotency-key", "traceparent", "tracestate"],
        body: { schema: "MessageInput", example: "messageInput" },
        answers: {
          202: { schema: "Accepted", description: "Stored; queued unless `deliverAt` lies ahead." },
          200: {
            schema: "Accepted",
            description: "An earlier call with this key had stored it already.",
            example: "duplicate",
            headers: ["idempotent-replayed"],
          },
        },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED"],
      }),
      admission.requires("send"),
      messageBody(deps),
      async (c) => {
        const input = c.req.valid("json");
        const correlationId = c.get("correlationId");
        c.set("logFields", { senderId: input.senderId });
        const { message, duplicate } = await accept(deps, { input, correlationId });
        c.set("logFields", { senderId: input.senderId, messageId: message.messageId, duplicate });
        if (duplicate) c.header("idempotent-replayed", "true");
        return c.json(presentAccepted(message, duplicate, correlationId), duplicate ? 200 : 202);
      },
    )
    .get(
      "/v1/messages",
      describe({
        operationId: "listMessages",
        tag: "Messages",
        summary: "List messages",
        description:
          "Newest first; with `status` PENDING, QUEUED or PROCESSING soonest due first: what waits or is stuck comes before what will be done in its time. Of one endpoint or event always newest first. A page is at most 1 MiB. It may hold fewer messages than `limit`, even none, and still have a `nextCursor`; the list ends where there is none. A key of one sender sees its own messages.",
        query: listQuerySchema,
        answers: { 200: { schema: "MessageList", description: "One page." } },
      }),
      admission.requires("read"),
      query(listQuerySchema),
      async (c) => {
        const { limit, cursor, idempotencyKey, ...asked } = c.req.valid("query");
        const principal = c.get("principal");
        const senderId = asked.senderId ?? ownSender(principal);
        const filter: ListFilter = { ...asked, senderId };
        refuseEventTypeAlone(filter);
        const scope = [principal.keyId, filter, idempotencyKey];
        const after = cursor === undefined ? undefined : cursors.decode(cursor, scope);
        if (senderId === undefined && asked.orderingKey !== undefined) throw needsSender("orderingKey");
        // In lists, what belongs to another sender does not exist.
        if (senderId !== undefined && !maySee(principal, senderId)) return c.json<MessageList>({ items: [] });
        if (idempotencyKey !== undefined) {
          const found = await findByKey(senderId, idempotencyKey, filter);
          return c.json<MessageList>({ items: found });
        }
        const page: FoundPage =
          filter.idPart === undefined
            ? await listMessages(deps, filter, limit, after)
            : await listByIdPart(deps, filter, filter.idPart, limit, after);
        const items = itemsThatFit(
          page.items.map(({ message, summary }) => presentListItem(message, summary)),
        );
        const isCut = items.length < page.items.length;
        const next = isCut ? page.items[items.length - 1]?.place : page.next;
        // How far it looked is behind what is left out.
        const searchedSince = isCut ? undefined : page.searchedSince;
        return c.json<MessageList>({
          items,
          ...(next ? { nextCursor: cursors.encode(next, scope) } : {}),
          ...(searchedSince === undefined ? {} : { searchedSince: formatTimestamp(searchedSince) }),
        });
      },
    )
    .get(
      "/v1/messages/:id",
      describe({
        operationId: "getMessage",
        tag: "Messages",
        summary: "Show a message, its history and its attempts",
        description: "Header values that may be secrets are shown as `***`.",
        path: ["id"],
        answers: { 200: { schema: "Message", description: "The message." } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const messageId = messageIdOf(c);
        const detail = await admission.admitToFound(c, "read", async () => {
          const found = await readDetail(deps, messageId);
          if (!found || !maySee(c.get("principal"), found.message.senderId)) throw notFound();
          return found;
        });
        refuseQuery(c);
        c.set("logFields", { messageId: detail.message.messageId, senderId: detail.message.senderId });
        return messageResponse(c, detail, await waitsFor(deps, detail.message));
      },
    )
    .post(
      "/v1/messages/:id/retry",
      describe({
        operationId: "retryMessage",
        tag: "Messages",
        summary: "Retry a failed message, or send a waiting one now",
        description:
          "One that brings an event goes out whatever the state of its endpoint, and may be retried with the scope `endpoints` too. One with an ordering key that others have passed goes to the end of its line, and waits for its turn like a new one; while it waits for its turn, the answer is a conflict.",
        path: ["id"],
        answers: { 202: { schema: "Moved", description: "On its way, or in line." } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const message = await messageToMove(c, "send", "endpoints");
        // Whoever looks after endpoints may repeat what goes to them, and nothing else.
        if (!isDelivery(message)) admission.require(c, "send");
        const correlationId = c.get("correlationId");
        const retried = await retry(deps, message, correlationId);
        return c.json(presentRetried(message, retried, correlationId), 202);
      },
    )
    .post(
      "/v1/messages/:id/skip",
      describe({
        operationId: "skipMessage",
        tag: "Order",
        summary: "Let the messages behind a failed one go on",
        description:
          "Of a message with `afterFailure: block` that has FAILED. It stays so; retried later, it goes to the end of the line.",
        path: ["id"],
        answers: { 200: { schema: "Moved", description: "They go on.", example: "skippedMessage" } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const message = await messageToMove(c, "send");
        const correlationId = c.get("correlationId");
        return c.json(presentMoved(await skip(deps, message, correlationId), correlationId));
      },
    )
    .post(
      "/v1/messages/:id/resolve",
      describe({
        operationId: "resolveMessage",
        tag: "Messages",
        summary: "Say that a failure has been dealt with",
        description:
          "The message stays FAILED and is still found, with `resolvedAt`; it counts as a failure no more, and no bulk retry takes it along unless it is asked to. A retry takes that back. What others of its ordering key wait for has to be retried or skipped instead.",
        path: ["id"],
        answers: { 200: { schema: "Moved", description: "Resolved.", example: "resolvedMessage" } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const message = await messageToMove(c, "operate");
        const correlationId = c.get("correlationId");
        return c.json(presentMoved(await resolve(deps, message, correlationId), correlationId));
      },
    )
    .post(
      "/v1/messages/:id/cancel",
      describe({
        operationId: "cancelMessage",
        tag: "Messages",
        summary: "Cancel a message that is not being delivered",
        description: "While an attempt is running the answer is a conflict that may be retried.",
        path: ["id"],
        answers: { 200: { schema: "Moved", description: "Cancelled.", example: "cancelled" } },
        problems: ["NOT_FOUND", "CONFLICT"],
      }),
      async (c) => {
        const message = await messageToMove(c, "send");
        const correlationId = c.get("correlationId");
        return c.json(presentMoved(await cancel(deps, message, correlationId), correlationId));
      },
    );

  async function findByKey(senderId: string | undefined, idempotencyKey: string, filter: ListFilter) {
    if (senderId === undefined) {
      throw needsSender("idempotencyKey");
    }
    const message = await store.get(messageIdForKey(senderId, idempotencyKey));
    if (!message) return [];
    const summary = (await readSummaries(deps, [message])).get(message.messageId);
    return isListed({ message, summary }, filter) ? [presentListItem(message, summary)] : [];
  }
}

/** The body is JSON text already: it is shown as it was written, not as a parser would write it again. */
function messageResponse(
  c: Context<ApiEnv>,
  detail: Detail,
  waitsFor: WaitsFor | undefined,
): JsonResponse<MessageView> {
  const { body } = detail.payload ?? {};
  const view = JSON.stringify(presentMessage(detail, waitsFor));
  const text = body === undefined ? view : `${view.slice(0, -1)},"body":${body}}`;
  const response: Response = c.body(text, 200, { "content-type": "application/json" });
  return response as JsonResponse<MessageView>;
}

type JsonResponse<T> = Response & TypedResponse<T, 200, "json">;

/** Idempotency keys and ordering keys are a sender's own. */
function needsSender(path: string): HomingError {
  return validationError([{ path, message: "needs senderId: keys belong to a sender" }]);
}

/** A malformed id cannot be a message's: no read is spent on it. */
function messageIdOf(c: Context<ApiEnv>): string {
  const id = c.req.param("id") ?? "";
  if (!MESSAGE_ID.test(id)) throw notFound();
  return id;
}

type MessageBody = { in: { json: MessageInput }; out: { json: AcceptedInput } };

/** The body of a message and the headers that belong to it; what is wrong with any of it is told at once. */
function messageBody({
  store,
  clock,
  settings,
}: RouteDependencies): MiddlewareHandler<ApiEnv, string, MessageBody> {
  return async (c, next) => {
    const errors = queryErrors(c);
    refuseOwnDelivery(c, errors);
    const key = checkIdempotencyKey(c, errors);
    const { document, text } = await readDocument(c, MAX_BODY_BYTES, errors);
    const principal = c.get("principal");
    authorizeToActFor(principal, document);
    const checked = await checkMessage(
      store,
      messageInputSchema,
      { document, text },
      {
        principal,
        now: clock.now(),
        allowPrivateTargets: settings.allowPrivateTargets,
        idempotencyKey: key,
        traceparent: c.req.header("traceparent"),
        tracestate: c.req.header("tracestate"),
      },
    );
    if ("errors" in checked) errors.addAll(checked.errors);
    if (!errors.isEmpty || "errors" in checked) throw validationError(errors);
    c.req.addValidatedData("json", checked.input as unknown as object);
    await next();
  };
}
