/** The HTTP API: each route parses, calls the core and presents the answer. */
import { accept } from "@homing/core/accept/accept";
import { SECOND } from "@homing/core/duration";
import { HomingError, validationError } from "@homing/core/error";
import type { Message } from "@homing/core/message/message";
import { MESSAGE_ID, messageIdForKey } from "@homing/core/message/message-id";
import {
  checkInput,
  DEFAULT_SENDER,
  idempotencyKeySchema,
  MAX_BODY_BYTES,
  messageInputSchema,
} from "@homing/core/message/message-input";
import { listMessages } from "@homing/core/operate/list";
import { cancel, retry } from "@homing/core/operate/operate";
import { stats } from "@homing/core/stats/stats";
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import * as v from "valibot";
import type { Services } from "../services.ts";
import { cached } from "./cached.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { ApiEnv } from "./env.ts";
import {
  authentication,
  correlation,
  forbidden,
  problemHandler,
  requestLog,
  requireScope,
} from "./middleware.ts";
import { presentAccepted, presentListItem, presentMessage, presentMoved, presentStats } from "./present.ts";
import { type Authenticator, hasScope, maySee, type Principal, type Scope } from "./principal.ts";
import { listQuerySchema, statsQuerySchema } from "./queries.ts";
import { jsonBody, query } from "./validate.ts";

export interface AppDependencies extends Services {
  readonly authenticator: Authenticator;
}

/** Readiness and counts are asked for by many at once; the storage need not be. */
const READY_CACHE_MS = SECOND;

export function createApp(deps: AppDependencies) {
  const ready = cached(READY_CACHE_MS, deps.clock, async () => {
    await Promise.all([deps.store.ping(), deps.queue.depth()]);
  });
  const statsOf = cached(READY_CACHE_MS, deps.clock, (senderId?: string) => stats(deps, senderId));

  const app = new Hono<ApiEnv>();
  const routes = app
    .use(correlation)
    .use(requestLog(deps.observer, deps.clock))
    .get("/v1/health", (c) => c.json({ status: "ok" as const }))
    .get("/v1/ready", async (c) => {
      try {
        await ready();
      } catch (cause) {
        throw new HomingError("SYSTEM_ERROR", "Table or queue does not answer.", {
          retryable: true,
          retryAfterSeconds: 1,
          cause,
        });
      }
      return c.json({ status: "ready" as const });
    })
    .use("/v1/*", authentication(deps.authenticator))
    .use("/v1/*", methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }))
    .post("/v1/messages", requireScope("send"), jsonBody(messageInputSchema, MAX_BODY_BYTES), async (c) => {
      refuseOwnDeliveries(c);
      const correlationId = c.get("correlationId");
      const key = c.req.header("idempotency-key");
      const idempotencyKey = key === undefined ? undefined : checkIdempotencyKey(key);
      const traceparent = c.req.header("traceparent");
      const principal = c.get("principal");
      const checked = checkInput(c.req.valid("json"), {
        now: deps.clock.now(),
        defaultSenderId: principal.senderId === "*" ? DEFAULT_SENDER : principal.senderId,
        allowPrivateTargets: deps.settings.allowPrivateTargets,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(traceparent === undefined ? {} : { traceparent }),
      });
      if ("errors" in checked) throw validationError(checked.errors);
      const { input } = checked;
      requireSender(principal, input.senderId);
      c.set("logFields", { senderId: input.senderId });
      const { message, duplicate } = await accept(deps, { input, correlationId });
      c.set("logFields", { senderId: input.senderId, messageId: message.messageId, duplicate });
      if (duplicate) c.header("idempotent-replayed", "true");
      return c.json(presentAccepted(message, duplicate, correlationId), duplicate ? 200 : 202);
    })
    .get("/v1/messages", requireScope("read"), query(listQuerySchema), async (c) => {
      const { limit, cursor, idempotencyKey, ...filter } = c.req.valid("query");
      const principal = c.get("principal");
      const senderId = filter.senderId ?? (principal.senderId === "*" ? undefined : principal.senderId);
      if (senderId !== undefined && !maySee(principal, senderId)) return c.json({ items: [] });
      if (idempotencyKey !== undefined) {
        if (senderId === undefined) {
          throw validationError([
            { path: "idempotencyKey", message: "needs senderId: keys belong to a sender" },
          ]);
        }
        const message = await deps.store.get(messageIdForKey(senderId, idempotencyKey));
        const summaries = message ? await deps.store.getSummaries([message]) : new Map();
        return c.json({ items: message ? [presentListItem(message, summaries.get(message.messageId))] : [] });
      }
      const scope = [principal.keyId, { ...filter, senderId }];
      const after = cursor === undefined ? undefined : decodeCursor(cursor, scope);
      const page = await listMessages(deps.store, { ...filter, senderId }, limit, after);
      return c.json({
        items: page.items.map(({ message, summary }) => presentListItem(message, summary)),
        ...(page.next ? { nextCursor: encodeCursor(page.next, scope) } : {}),
      });
    })
    .get("/v1/messages/:id", async (c) => {
      const principal = c.get("principal");
      const detail = await deps.store.getDetail(checkMessageId(c.req.param("id")));
      if (!detail || !maySee(principal, detail.message.senderId)) throw notFound();
      requireScopeNow(principal, "read");
      c.set("logFields", { messageId: detail.message.messageId, senderId: detail.message.senderId });
      return c.json(presentMessage(detail));
    })
    .post("/v1/messages/:id/retry", async (c) => {
      const message = await visibleMessage(c, c.req.param("id"));
      const correlationId = c.get("correlationId");
      return c.json(presentMoved(await retry(deps, message, correlationId), correlationId), 202);
    })
    .post("/v1/messages/:id/cancel", async (c) => {
      const message = await visibleMessage(c, c.req.param("id"));
      const correlationId = c.get("correlationId");
      return c.json(presentMoved(await cancel(deps, message, correlationId), correlationId));
    })
    .get("/v1/stats", requireScope("read"), query(statsQuerySchema), async (c) => {
      const principal = c.get("principal");
      const { senderId = principal.senderId === "*" ? undefined : principal.senderId } = c.req.valid("query");
      if (senderId !== undefined && !maySee(principal, senderId))
        throw new HomingError("FORBIDDEN", "This key belongs to another sender.");
      return c.json(presentStats(await statsOf(senderId)));
    });

  app.notFound(() => {
    throw notFound();
  });
  app.onError(problemHandler(deps.observer));
  return routes;

  async function visibleMessage(c: Context<ApiEnv>, id: string): Promise<Message> {
    const principal = c.get("principal");
    const message = await deps.store.get(checkMessageId(id));
    if (!message || !maySee(principal, message.senderId)) throw notFound();
    requireScopeNow(principal, "send");
    c.set("logFields", { messageId: message.messageId, senderId: message.senderId });
    return message;
  }
}

/** For the typed clients: `hc<App>`. */
export type App = ReturnType<typeof createApp>;

/** A delivery that comes back to us would be delivered again, and again. */
function refuseOwnDeliveries(c: Context): void {
  if (c.req.header("webhook-id") !== undefined) {
    throw validationError([{ path: "", message: "carries webhook-id: a delivery cannot be a new message" }]);
  }
}

function checkIdempotencyKey(key: string): string {
  const result = v.safeParse(idempotencyKeySchema, key);
  if (!result.success)
    throw validationError([{ path: "idempotency-key", message: result.issues[0].message }]);
  return key;
}

/** A malformed id cannot be a message's: no read is spent on it. */
function checkMessageId(id: string): string {
  if (!MESSAGE_ID.test(id)) throw notFound();
  return id;
}

function requireSender(principal: Principal, senderId: string): void {
  if (!maySee(principal, senderId)) throw new HomingError("FORBIDDEN", "This key belongs to another sender.");
}

function requireScopeNow(principal: Principal, scope: Scope): void {
  if (!hasScope(principal, scope)) throw forbidden(scope);
}

function notFound(): HomingError {
  return new HomingError("NOT_FOUND", "There is nothing here, or nothing that this key may see.");
}

function refuseMethod(c: Context, methods: string[]): never {
  c.header("allow", methods.join(", "));
  throw new HomingError("METHOD_NOT_ALLOWED", `Use ${methods.join(" or ")}.`);
}
