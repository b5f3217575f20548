import { cached } from "@homing/core/cached";
import { SECOND } from "@homing/core/duration";
import { HomingError } from "@homing/core/error";
import { Hono } from "hono";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { getOnly } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import { refuseQuery } from "../validate.ts";

/** Readiness is asked for by many at once; the storage need not be. */
const READY_CACHE_MS = SECOND;

export function healthRoutes({ store, queue, clock }: RouteDependencies) {
  const ready = cached({ lifeMs: READY_CACHE_MS, maxEntries: 1 }, clock, async () => {
    await Promise.all([store.ping(), queue.depth()]);
  });
  return new Hono<ApiEnv>()
    .get(
      "/v1/health",
      describe({
        operationId: "health",
        tag: "Service",
        summary: "Whether the process answers",
        open: true,
        answers: { 200: { schema: "Health", description: "It does." } },
      }),
      (c) => {
        refuseQuery(c);
        return c.json({ status: "ok" as const });
      },
    )
    .all("/v1/health", getOnly)
    .get(
      "/v1/ready",
      describe({
        operationId: "ready",
        tag: "Service",
        summary: "Whether table and queue answer",
        description: "Asked at most once a second, whoever calls.",
        open: true,
        answers: { 200: { schema: "Ready", description: "Both do." } },
        problems: ["UNAVAILABLE"],
      }),
      async (c) => {
        refuseQuery(c);
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
      },
    )
    .all("/v1/ready", getOnly);
}
