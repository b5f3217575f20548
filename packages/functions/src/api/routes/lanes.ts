/** Lanes: the messages of one sender with one ordering key, and what holds them up. */
import { validationError } from "@homing/core/error";
import { listLanes, lookAtLane } from "@homing/core/lane/look";
import { orderingKeySchema } from "@homing/core/message/message-input";
import { Hono } from "hono";
import * as v from "valibot";
import type { LaneList } from "../answers/lane.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { notFound } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import { presentLane } from "../present/lane.ts";
import { maySee } from "../principal.ts";
import { laneListQuerySchema, laneQuerySchema } from "../queries.ts";
import { query } from "../validate.ts";

export function laneRoutes(deps: RouteDependencies) {
  const { admission, cursors } = deps;
  return new Hono<ApiEnv>()
    .get(
      "/v1/lanes",
      describe({
        operationId: "listLanes",
        tag: "Order",
        summary: "List the lanes that stand still",
        description:
          "Held up or blocked ones, the longest first. A page may hold fewer than `limit`, even none, and still have a `nextCursor`; the list ends where there is none. A key of one sender sees its own.",
        query: laneListQuerySchema,
        answers: { 200: { schema: "LaneList", description: "One page." } },
      }),
      admission.requires("read"),
      query(laneListQuerySchema),
      async (c) => {
        const { limit, cursor, ...asked } = c.req.valid("query");
        const principal = c.get("principal");
        const senderId = asked.senderId ?? (principal.senderId === "*" ? undefined : principal.senderId);
        const scope = ["lanes", principal.keyId, senderId];
        const after = cursor === undefined ? undefined : cursors.decodeLane(cursor, scope);
        // In lists, what belongs to another sender does not exist.
        if (senderId !== undefined && !maySee(principal, senderId)) return c.json<LaneList>({ items: [] });
        const { lanes, next } = await listLanes(deps, { senderId, limit, after });
        return c.json<LaneList>({
          items: lanes.map(presentLane),
          ...(next ? { nextCursor: cursors.encodeLane(next, scope) } : {}),
        });
      },
    )
    .get(
      // With slashes: they may be part of a key, and not everything in between leaves them encoded.
      "/v1/lanes/:orderingKey{.+}",
      describe({
        operationId: "getLane",
        tag: "Order",
        summary: "Show a lane",
        description: "What is first in line, since when, and how many wait behind it.",
        path: ["orderingKey"],
        query: laneQuerySchema,
        answers: { 200: { schema: "Lane", description: "The lane." } },
        problems: ["NOT_FOUND"],
      }),
      admission.requires("read"),
      query(laneQuerySchema),
      async (c) => {
        const orderingKey = c.req.param("orderingKey");
        const principal = c.get("principal");
        const { senderId = principal.senderId } = c.req.valid("query");
        if (senderId === "*")
          throw validationError([{ path: "senderId", message: "must be given: keys belong to a sender" }]);
        if (!maySee(principal, senderId) || !v.is(orderingKeySchema, orderingKey)) throw notFound();
        const lane = await lookAtLane(deps, { senderId, orderingKey });
        if (!lane) throw notFound();
        return c.json(presentLane(lane));
      },
    );
}
