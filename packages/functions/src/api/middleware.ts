import { randomUUID } from "node:crypto";
import type { Clock } from "@homing/core/clock";
import { HomingError } from "@homing/core/error";
import type { Observer } from "@homing/core/observe/observe";
import type { Context, ErrorHandler, Handler, MiddlewareHandler } from "hono";
import { bearerKey } from "./bearer.ts";
import type { ApiEnv } from "./env.ts";
import { OverloadError } from "./overload-error.ts";
import type { Authenticator } from "./principal.ts";
import { problemHeaders, problemStatus, toHomingError, toProblem } from "./problem.ts";

export const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's correlation id if it is one, else a new one; on every answer. */
export const correlation: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header("x-correlation-id");
  const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : randomUUID();
  c.set("correlationId", correlationId);
  c.set("logFields", {});
  c.header("x-correlation-id", correlationId);
  await next();
};

/** Longer than whatever an id of ours is, in a path: a key, say, that somebody has put where its id belongs. */
const NO_ID = /[^/]{33,}/g;
const MAX_PATH_LOGGED = 200;

/** A path as it may stand in the log. */
function loggedPath(path: string): string {
  return path.replace(NO_ID, "…").slice(0, MAX_PATH_LOGGED);
}

/** One line a request: never the query, which may hold what somebody searched for. */
export function requestLog(observer: Observer, clock: Clock): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAt = clock.monotonic();
    await next();
    observer.log.write("info", "request", {
      correlationId: c.get("correlationId"),
      method: c.req.method,
      path: loggedPath(c.req.path),
      status: c.res.status,
      durationMs: Math.round(clock.monotonic() - startedAt),
      keyId: c.get("principal")?.keyId,
      ...c.get("logFields"),
    });
  };
}

/** @throws HomingError UNAUTHORIZED */
export function authentication(authenticator: Authenticator): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = bearerKey(c.req.header("authorization"));
    const principal = key === undefined ? undefined : await authenticator.authenticate(key);
    if (!principal) throw new HomingError("UNAUTHORIZED", "Send a valid key: authorization: Bearer <key>.");
    c.set("principal", principal);
    // What a key may see is for its holder alone.
    c.header("cache-control", "no-store");
    await next();
  };
}

/** Turns whatever was thrown into a problem document; what was not foreseen is logged with its cause. */
export function problemHandler(observer: Observer): ErrorHandler<ApiEnv> {
  return (thrown, c) => {
    const error = toHomingError(thrown);
    const correlationId = c.get("correlationId");
    const fields = c.get("logFields");
    c.set("logFields", {
      ...fields,
      code: error.code,
      messageId: error.stored?.messageId ?? fields.messageId,
      eventId: error.stored?.eventId ?? fields.eventId,
    });
    if (error.code === "SYSTEM_ERROR" && !(error instanceof OverloadError)) {
      observer.log.write(
        "error",
        "system_error",
        { correlationId, path: loggedPath(c.req.path) },
        error.cause ?? error,
      );
    }
    return problemResponse(c, error);
  };
}

/** An error as its answer; headers that were set before stay. */
export function problemResponse(c: Context<ApiEnv>, error: HomingError): Response {
  return c.body(
    JSON.stringify(toProblem(error, c.get("correlationId"))),
    problemStatus(error),
    problemHeaders(error),
  );
}

export function notFound(): HomingError {
  return new HomingError("NOT_FOUND", "There is nothing here, or nothing that this key may see.");
}

/** For a path that exists under other methods. */
export function methodRefused(c: Context<ApiEnv>, methods: readonly string[]): Response {
  c.set("logFields", { ...c.get("logFields"), code: "METHOD_NOT_ALLOWED" });
  const error = new HomingError("METHOD_NOT_ALLOWED", `Use ${methods.join(" or ")}.`);
  const response = problemResponse(c, error);
  response.headers.set("allow", methods.join(", "));
  return response;
}

/** Stands behind the only route of a path that everybody may ask: other methods are refused without asking for a key. */
export const getOnly: Handler<ApiEnv> = (c) => methodRefused(c, ["GET", "HEAD"]);
