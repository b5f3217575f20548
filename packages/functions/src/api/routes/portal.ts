/** Links to the portal: the dashboard of one sender, for that sender's own people. */
import { HomingError } from "@homing/core/error";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { type Context, Hono } from "hono";
import type { PortalLink } from "../answers/key.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { issueKey } from "../issue-key.ts";
import { describe } from "../openapi/describe.ts";
import { hasScope, type Scope } from "../principal.ts";
import { MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { portalSchema } from "../requests/key.ts";
import { authorizeToActFor } from "../reserved-sender.ts";
import { jsonBody } from "../validate.ts";

/** What the key in a link may do, for its sender alone. */
const PORTAL_SCOPES = ["read", "endpoints"] as const satisfies readonly Scope[];
/** By which its keys are told apart in the list. */
const PORTAL_KEY_NAME = "portal";

export function portalRoutes(deps: RouteDependencies) {
  const { admission, publicUrl } = deps;

  return new Hono<ApiEnv>().post(
    "/v1/portal",
    describe({
      operationId: "createPortalLink",
      tag: "Keys",
      summary: "Make a link to the portal of a sender",
      description:
        "For the sender's own people: whoever opens it sees this sender's endpoints, events and messages, manages its endpoints, and retries what failed there, until the link expires. The link holds a key named `portal` with the scopes read and endpoints, which counts among the sender's keys and can be revoked like them. Needs the scope operate, or a key of all senders with read and endpoints.",
      body: { schema: "PortalInput", example: "portalInput" },
      answers: { 201: { schema: "PortalLink", description: "The link." } },
      problems: ["CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
    }),
    async (c, next) => {
      refuseUnlessMayInvite(c);
      admission.admit(c);
      await next();
    },
    jsonBody(portalSchema, MAX_SMALL_BYTES, (c, document) => authorizeToActFor(c.get("principal"), document)),
    async (c) => {
      const { senderId, expiresIn } = c.req.valid("json");
      c.set("logFields", { senderId });
      const { record, text } = await issueKey(deps, c.get("principal"), {
        senderId,
        scopes: PORTAL_SCOPES,
        name: PORTAL_KEY_NAME,
        expiresIn,
      });
      c.set("logFields", { senderId, createdKeyId: record.keyId });
      // In the fragment, which browsers send to nobody.
      const url = `${publicUrl ?? new URL(c.req.url).origin}/portal#key=${text}`;
      return c.json<PortalLink>({ url, expiresAt: formatTimestamp(record.createdAt + expiresIn) }, 201);
    },
  );
}

/**
 * Nobody hands out what they do not have, and nobody who came by a link hands it on: that takes a key of all senders.
 *
 * @throws HomingError FORBIDDEN
 */
function refuseUnlessMayInvite(c: Context<ApiEnv>): void {
  const principal = c.get("principal");
  const hasAll = PORTAL_SCOPES.every((scope) => hasScope(principal, scope));
  if (hasScope(principal, "operate") || (principal.senderId === "*" && hasAll)) return;
  throw new HomingError(
    "FORBIDDEN",
    "This needs a key with the scope operate, or one of all senders with the scopes read and endpoints.",
  );
}
