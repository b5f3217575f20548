/** The same done to many messages. */
import type { BulkFilter, BulkResult } from "@homing/core/operate/bulk";
import { bulkCancel } from "@homing/core/operate/bulk-cancel";
import { bulkRetry } from "@homing/core/operate/bulk-retry";
import { bulkResolve } from "@homing/core/operate/resolve";
import { type Context, Hono } from "hono";
import { authorizeSender } from "../check-message.ts";
import type { Cursors } from "../cursor.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { hasScope, ownSender } from "../principal.ts";
import { refuseEventTypeAlone } from "../queries.ts";
import { MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { bulkCancelSchema, bulkResolveSchema, bulkRetrySchema } from "../requests/bulk.ts";
import { refuseReserved } from "../reserved-sender.ts";
import { jsonBody } from "../validate.ts";

const STOPS =
  "Stops at `limit`, after 10 seconds, and where storage or queue fail; then `nextCursor` says where to go on with the same filter. `skipped` counts messages that are as they were: they have moved on meanwhile, cannot be moved, or the storage did not take them. With `dryRun` nothing changes, and `matching` counts what the filter finds.";

export function bulkRoutes(deps: RouteDependencies) {
  const { admission, cursors, endpoints } = deps;
  /** As a batch does: each message counts, whatever became of it. */
  const charge = (c: Context<ApiEnv>, { done, skipped }: BulkResult) =>
    admission.charge(c, Math.max(0, done + skipped - 1));

  /** What goes to an endpoint belongs to its sender, whether the filter names that or not. @throws HomingError */
  const refuseReservedOwner = async (c: Context<ApiEnv>, { senderId, endpointId = "" }: BulkFilter) => {
    const principal = c.get("principal");
    if (hasScope(principal, "operate")) return;
    refuseReserved(principal, senderId ?? (await endpoints.find(endpointId))?.senderId);
  };

  return new Hono<ApiEnv>()
    .post(
      "/v1/messages/retry",
      describe({
        operationId: "retryMessages",
        tag: "Messages",
        summary: "Retry many failed messages",
        description: `Newest first. With \`endpointId\` the scope \`endpoints\` is enough; what goes to a paused or disabled endpoint is held or fails again. ${STOPS}`,
        body: { schema: "BulkRetry", example: "bulkRetry" },
        answers: { 200: { schema: "BulkRetryAnswer", description: "How far this call has come." } },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      admission.requires("operate", "endpoints"),
      jsonBody(bulkRetrySchema, MAX_SMALL_BYTES, (c, document) => {
        // Whoever looks after endpoints may repeat what goes to them, and nothing else.
        if (document.endpointId === undefined) admission.require(c, "operate");
        authorizeSender(c.get("principal"), document);
      }),
      async (c) => {
        const { status: _, limit, cursor, dryRun, ...asked } = c.req.valid("json");
        const filter = ofSender(c, asked);
        await refuseReservedOwner(c, filter);
        const scope = ["retry", c.get("principal").keyId, filter];
        const result = await bulkRetry(deps, filter, {
          limit,
          after: cursor === undefined ? undefined : cursors.decode(cursor, scope),
          dryRun,
          correlationId: c.get("correlationId"),
        });
        charge(c, result);
        const { done, rest } = told(result, cursors, scope);
        if (dryRun) return c.json({ matching: done, ...rest });
        c.set("logFields", { senderId: filter.senderId, retried: done, skipped: rest.skipped });
        return c.json({ retried: done, ...rest });
      },
    )
    .post(
      "/v1/messages/resolve",
      describe({
        operationId: "resolveMessages",
        tag: "Messages",
        summary: "Say of many failures that they have been dealt with",
        description: `Newest first. They stay FAILED, and count as failures no more. What others of an ordering key wait for is skipped. ${STOPS}`,
        body: { schema: "BulkResolve", example: "bulkResolve" },
        answers: { 200: { schema: "BulkResolveAnswer", description: "How far this call has come." } },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      admission.requires("operate"),
      jsonBody(bulkResolveSchema, MAX_SMALL_BYTES, (c, document) =>
        authorizeSender(c.get("principal"), document),
      ),
      async (c) => {
        const { status: _, limit, cursor, dryRun, ...asked } = c.req.valid("json");
        const filter = ofSender(c, asked);
        const scope = ["resolve", c.get("principal").keyId, filter];
        const result = await bulkResolve(deps, filter, {
          limit,
          after: cursor === undefined ? undefined : cursors.decode(cursor, scope),
          dryRun,
          correlationId: c.get("correlationId"),
        });
        charge(c, result);
        const { done, rest } = told(result, cursors, scope);
        if (dryRun) return c.json({ matching: done, ...rest });
        c.set("logFields", { senderId: filter.senderId, resolved: done, skipped: rest.skipped });
        return c.json({ resolved: done, ...rest });
      },
    )
    .post(
      "/v1/messages/cancel",
      describe({
        operationId: "cancelMessages",
        tag: "Messages",
        summary: "Cancel many messages that wait",
        description: `Those that are PENDING or those that are QUEUED, soonest due first; of one endpoint or event newest first. ${STOPS}`,
        body: { schema: "BulkCancel", example: "bulkCancel" },
        answers: { 200: { schema: "BulkCancelAnswer", description: "How far this call has come." } },
        problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      admission.requires("operate"),
      jsonBody(bulkCancelSchema, MAX_SMALL_BYTES, (c, document) =>
        authorizeSender(c.get("principal"), document),
      ),
      async (c) => {
        const { limit, cursor, dryRun, ...asked } = c.req.valid("json");
        const filter = ofSender(c, asked);
        const scope = ["cancel", c.get("principal").keyId, filter];
        const result = await bulkCancel(deps, filter, {
          limit,
          after: cursor === undefined ? undefined : cursors.decode(cursor, scope),
          dryRun,
          correlationId: c.get("correlationId"),
        });
        charge(c, result);
        const { done, rest } = told(result, cursors, scope);
        if (dryRun) return c.json({ matching: done, ...rest });
        c.set("logFields", { senderId: filter.senderId, cancelled: done, skipped: rest.skipped });
        return c.json({ cancelled: done, ...rest });
      },
    );
}

/** A sender's key acts on that sender's messages, whether it says so or not. */
function ofSender<F extends BulkFilter>(c: Context<ApiEnv>, asked: F): F {
  const filter = { ...asked, senderId: asked.senderId ?? ownSender(c.get("principal")) };
  refuseEventTypeAlone(filter);
  return filter;
}

function told({ done, skipped, next }: BulkResult, cursors: Cursors, scope: unknown) {
  return { done, rest: { skipped, ...(next ? { nextCursor: cursors.encode(next, scope) } : {}) } };
}
