/** What an endpoint has missed, once more. */
import type { BulkResult } from "@homing/core/operate/bulk";
import { replayFailed, replayMissing, replayUndelivered } from "@homing/core/operate/replay";
import { Hono } from "hono";
import type { ReplayResult } from "../answers/bulk.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { replaySchema } from "../requests/bulk.ts";
import { jsonBody } from "../validate.ts";
import { visibleEndpoint } from "../visible-endpoint.ts";

export function replayRoutes(deps: RouteDependencies) {
  const { admission, cursors } = deps;
  const { existing } = visibleEndpoint(deps);
  return new Hono<ApiEnv>().post(
    "/v1/endpoints/:endpointId/replay",
    describe({
      operationId: "replayEndpoint",
      tag: "Endpoints",
      summary: "Bring an endpoint what it has missed",
      description:
        "What failed there, what waits there for another attempt as well, or events that never went there; oldest first. Stops at `limit`, after 10 seconds, and where storage or queue fail; then `nextCursor` says where to go on with the same request. `skipped` counts what is as it was: moved on meanwhile, without its payload, or not taken by the storage. With `dryRun` nothing changes, and `replayed` counts what would be. Repeating a call brings nothing twice. What goes to a paused endpoint is held; a disabled one is a conflict.",
      path: ["endpointId"],
      body: { schema: "Replay", example: "replay" },
      answers: { 200: { schema: "ReplayResult", description: "How far this call has come." } },
      problems: ["NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
    }),
    async (c, next) => {
      c.set("endpoint", await existing(c, "endpoints"));
      await next();
    },
    jsonBody(replaySchema, MAX_SMALL_BYTES),
    async (c) => {
      const endpoint = c.get("endpoint");
      if (endpoint === undefined) throw new Error("The endpoint of the path was found before.");
      const { limit, cursor, dryRun, ...asked } = c.req.valid("json");
      const scope = ["replay", c.get("principal").keyId, endpoint.endpointId, asked];
      const run = { limit, dryRun, correlationId: c.get("correlationId") };
      const { include, ...filter } = asked;
      const tell = ({ done, skipped }: BulkResult<unknown>, nextCursor: string | undefined) => {
        // As a batch does: each counts, whatever became of it.
        admission.charge(c, Math.max(0, done + skipped - 1));
        if (!dryRun) c.set("logFields", { ...c.get("logFields"), replayed: done, skipped });
        return c.json<ReplayResult>({
          replayed: done,
          skipped,
          ...(nextCursor === undefined ? {} : { nextCursor }),
        });
      };
      if (include !== "missing") {
        const after = cursor === undefined ? undefined : cursors.decode(cursor, scope);
        const replayMessages = include === "failed" ? replayFailed : replayUndelivered;
        const result = await replayMessages(deps, endpoint, filter, { ...run, after });
        return tell(result, result.next && cursors.encode(result.next, scope));
      }
      const after = cursor === undefined ? undefined : cursors.decodeEvent(cursor, scope);
      const result = await replayMissing(deps, endpoint, filter, { ...run, after });
      return tell(result, result.next && cursors.encodeEvent(result.next, scope));
    },
  );
}
