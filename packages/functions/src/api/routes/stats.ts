import { cached } from "@homing/core/cached";
import { SECOND } from "@homing/core/duration";
import { readSeries, type SeriesQuery } from "@homing/core/stats/series";
import { stats } from "@homing/core/stats/stats";
import { statsOfEndpoint } from "@homing/core/stats/stats-of-endpoint";
import { statsOfSender } from "@homing/core/stats/stats-of-sender";
import { Hono } from "hono";
import { authorizeSender } from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { presentSeries, presentStats } from "../present/stats.ts";
import { ownSender } from "../principal.ts";
import { seriesQuerySchema, statsQuerySchema } from "../queries.ts";
import { query } from "../validate.ts";

/** Counting reads messages; screens that refresh together share one count. */
const STATS_CACHE = { lifeMs: SECOND, maxEntries: 1_000 };

const SERIES_CACHE = { lifeMs: 10 * SECOND, maxEntries: 1_000 };

export function statsRoutes(deps: RouteDependencies) {
  const { admission, clock } = deps;
  const statsOf = cached(STATS_CACHE, clock, (key) => {
    const [senderId = "", endpointId = ""] = key.split(" ");
    if (endpointId !== "") return statsOfEndpoint(deps, endpointId, senderId === "" ? undefined : senderId);
    return senderId === "" ? stats(deps) : statsOfSender(deps, senderId);
  });
  const seriesOf = cached(SERIES_CACHE, clock, (key) => readSeries(deps, JSON.parse(key) as SeriesQuery));
  return new Hono<ApiEnv>()
    .get(
      "/v1/stats",
      describe({
        operationId: "getStats",
        tag: "Messages",
        summary: "Counts by status, of the queue, and by minute",
        description:
          "Of everything, or of one sender: then of nothing but its own 1,000 newest messages (and as many of its failed ones), without the queue and the dead letters, which all senders share. Or of one endpoint: then of what its events of the last 24 hours have come to, the 1,000 newest of them. A key of one sender sees its own.",
        query: statsQuerySchema,
        answers: { 200: { schema: "Stats", description: "The counts, at most a second old." } },
      }),
      admission.requires("read"),
      query(statsQuerySchema, (c, { senderId }) => authorizeSender(c.get("principal"), { senderId })),
      async (c) => {
        const principal = c.get("principal");
        const { senderId = ownSender(principal), endpointId = "" } = c.req.valid("query");
        return c.json(presentStats(await statsOf(`${senderId ?? ""} ${endpointId}`)));
      },
    )
    .get(
      "/v1/stats/series",
      describe({
        operationId: "getSeries",
        tag: "Messages",
        summary: "What happened over an hour, a day or a week",
        description:
          "Accepted, completed, failed, to be repeated, rolled back, step by step: of everything as it was counted, which costs no write a message. Of one sender, endpoint or target it is counted on reading, among the 1,000 newest messages of the period: `basis` says how many, and since when they are all. A key of one sender sees its own.",
        query: seriesQuerySchema,
        answers: { 200: { schema: "Series", description: "The steps, at most ten seconds old." } },
      }),
      admission.requires("read"),
      query(seriesQuerySchema, (c, { senderId }) => authorizeSender(c.get("principal"), { senderId })),
      async (c) => {
        const { period, senderId = ownSender(c.get("principal")), endpointId, target } = c.req.valid("query");
        const asked: SeriesQuery = { period, senderId, endpointId, target };
        return c.json(presentSeries(await seriesOf(JSON.stringify(asked))));
      },
    );
}
