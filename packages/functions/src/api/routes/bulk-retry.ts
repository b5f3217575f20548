import { type BulkRetryFilter, bulkRetry } from "@homing/core/operate/bulk-retry";
import { Hono } from "hono";
import { authorizeSender } from "../check-message.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { bulkRetrySchema, MAX_SMALL_BYTES } from "../requests.ts";
import { jsonBody } from "../validate.ts";

export function bulkRetryRoutes(deps: RouteDependencies) {
  return new Hono<ApiEnv>().post(
    "/v1/messages/retry",
    describe({
      operationId: "retryMessages",
      tag: "Messages",
      summary: "Retry many failed messages",
      description:
        "Newest first. Stops at `limit`, after 10 seconds, and when sends fail; then `nextCursor` says where to go on with the same filter. `skipped` counts messages that have moved on or cannot be sent again.",
      body: { schema: "BulkRetry", example: "bulkRetry" },
      answers: { 200: { schema: "BulkRetryResult", description: "How far this call has come." } },
      problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
    }),
    deps.admission.requires("operate"),
    jsonBody(bulkRetrySchema, MAX_SMALL_BYTES, (c, document) =>
      authorizeSender(c.get("principal"), document),
    ),
    async (c) => {
      const { status: _, limit, cursor, ...asked } = c.req.valid("json");
      const principal = c.get("principal");
      const senderId = asked.senderId ?? (principal.senderId === "*" ? undefined : principal.senderId);
      const filter: BulkRetryFilter = { ...asked, senderId };
      const scope = ["retry", principal.keyId, filter];
      const { retried, skipped, next } = await bulkRetry(deps, filter, {
        limit,
        after: cursor === undefined ? undefined : decodeCursor(cursor, scope),
        correlationId: c.get("correlationId"),
      });
      c.set("logFields", { senderId, retried, skipped });
      return c.json({ retried, skipped, ...(next ? { nextCursor: encodeCursor(next, scope) } : {}) });
    },
  );
}
