import { randomUUID } from "node:crypto";
import type { Clock } from "@homing/core/clock";
import { HomingError } from "@homing/core/error";
import type { Observer } from "@homing/core/observe/observe";
import type { ErrorHandler, MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.ts";
import { type Authenticator, hasScope, type Scope } from "./principal.ts";
import { problemHeaders, problemStatus, toHomingError, toProblem } from "./problem.ts";

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's correlation id if it is one, else a new one; on every answer. */
export const correlation: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header("x-correlation-id");
  const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : randomUUID();
  c.set("correlationId", correlationId);
  c.set("logFields", {});
  c.header("x-correlation-id", correlationId);
  await next();
};

/** One line a request: never the query, which may hold what somebody searched for. */
export function requestLog(observer: Observer, clock: Clock): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAt = clock.monotonic();
    await next();
    observer.log.write("info", "request", {
      correlationId: c.get("correlationId"),
      method: c.req.method,
      path: c.req.path,
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
    const key = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const principal = key === undefined ? undefined : await authenticator.authenticate(key);
    if (!principal) throw new HomingError("UNAUTHORIZED", "Send a valid key: authorization: Bearer <key>.");
    c.set("principal", principal);
    await next();
  };
}

/** @throws HomingError FORBIDDEN */
export function requireScope(scope: Scope): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (!hasScope(c.get("principal"), scope)) throw forbidden(scope);
    await next();
  };
}

export function forbidden(scope: Scope): HomingError {
  return new HomingError("FORBIDDEN", `This key lacks the scope ${scope}.`);
}

/** Turns whatever was thrown into a problem document; what was not foreseen is logged with its cause. */
export function problemHandler(observer: Observer): ErrorHandler<ApiEnv> {
  return (thrown, c) => {
    const error = toHomingError(thrown);
    const correlationId = c.get("correlationId");
    c.set("logFields", {
      ...c.get("logFields"),
      code: error.code,
      messageId: error.stored?.messageId ?? c.get("logFields").messageId,
    });
    if (error.code === "SYSTEM_ERROR") {
      observer.log.write("error", "system_error", { correlationId, path: c.req.path }, error.cause ?? error);
    }
    return c.body(
      JSON.stringify(toProblem(error, correlationId)),
      problemStatus(error),
      problemHeaders(error),
    );
  };
}
