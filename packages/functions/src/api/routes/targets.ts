/** How targets fare: hosts, and endpoints. */
import { cached } from "@homing/core/cached";
import { SECOND } from "@homing/core/duration";
import { readTargets } from "@homing/core/stats/targets";
import { Hono } from "hono";
import { authorizeSender } from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { presentTargets } from "../present/target.ts";
import { ownSender } from "../principal.ts";
import { targetsQuerySchema } from "../queries.ts";
import { query } from "../validate.ts";

/** It reads more than a thousand messages: screens that look at the same time share one look. */
const CACHE = { lifeMs: 10 * SECOND, maxEntries: 100 };

export function targetRoutes(deps: RouteDependencies) {
  const { admission, clock } = deps;
  const targetsOf = cached(CACHE, clock, (senderId) =>
    readTargets(deps, senderId === "" ? undefined : senderId),
  );
  return new Hono<ApiEnv>().get(
    "/v1/targets",
    describe({
      operationId: "listTargets",
      tag: "Messages",
      summary: "How each target fares, the failing ones first",
      description:
        "By host, and by endpoint what brings events: since when it fails, the share of attempts that succeed, what was answered last, and how long first attempts take. It is told of the 1,000 newest messages of the last 24 hours, of up to 200 that have failed and 200 that wait for another attempt, and says so in `basis`; no message is ever written for it. Of everything, or of one sender: then of nothing but its own. A key of one sender sees its own.",
      query: targetsQuerySchema,
      answers: { 200: { schema: "TargetList", description: "The targets, at most ten seconds old." } },
    }),
    admission.requires("read"),
    query(targetsQuerySchema, (c, { senderId }) => authorizeSender(c.get("principal"), { senderId })),
    async (c) => {
      const { senderId = ownSender(c.get("principal")) } = c.req.valid("query");
      return c.json(presentTargets(await targetsOf(senderId ?? "")));
    },
  );
}
