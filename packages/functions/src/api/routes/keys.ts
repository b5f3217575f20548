/** Keys and signing secrets. A key of one sender manages the keys of that sender only. */
import { deriveSigningSecret } from "@homing/core/delivery/sign";
import { HomingError } from "@homing/core/error";
import { senderIdSchema } from "@homing/core/message/message-input";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { listMessages } from "@homing/core/operate/list";
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { isKeyId } from "../../keys/api-key.ts";
import { MAX_KEYS_IN_FORCE, MAX_KEYS_LISTED } from "../../keys/key-store.ts";
import { ROTATION_OVERLAP_MS } from "../../signing-secrets.ts";
import type { KeyList } from "../answers/key.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { issueKey } from "../issue-key.ts";
import { notFound } from "../middleware.ts";
import { onceOnly } from "../once-only.ts";
import { describe } from "../openapi/describe.ts";
import { presentKey, presentOwnKey } from "../present/key.ts";
import { maySee, ownSender } from "../principal.ts";
import { keyListQuerySchema } from "../queries.ts";
import { MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { createKeySchema } from "../requests/key.ts";
import { jsonBody, query, refuseQuery } from "../validate.ts";

export function keyRoutes(deps: RouteDependencies) {
  const { keyStore, signingMaster, clock, admission, cursors, authenticator, onRotation } = deps;

  /**
   * Senders are not registered: one exists by being named. What tells a name in use from a slip of the hand is a key
   * (its first one wrote the sender down), or a message. The keys themselves are counted last: a process may have died
   * between writing a key and its sender.
   */
  const isKnown = async (senderId: string): Promise<boolean> =>
    (await keyStore.getSender(senderId)) !== undefined ||
    (await listMessages(deps, { senderId }, 1)).items.length > 0 ||
    (await keyStore.count(senderId, clock.now())).listed > 0;

  return new Hono<ApiEnv>()
    .get(
      "/v1/keys",
      describe({
        operationId: "listKeys",
        tag: "Keys",
        summary: "List keys, newest first",
        description:
          "Without their secrets, which are stored nowhere. Revoked keys are shown for 30 days, expired ones for a day. A page may hold fewer keys than `limit` and still have a `nextCursor`; the list ends where there is none.",
        query: keyListQuerySchema,
        answers: { 200: { schema: "KeyList", description: "The keys this key may manage." } },
      }),
      admission.requires("operate"),
      query(keyListQuerySchema, refuseForeignSender),
      async (c) => {
        const { limit, cursor, senderId = ownSender(c.get("principal")) } = c.req.valid("query");
        const scope = ["keys", c.get("principal").keyId, senderId ?? ""];
        const { keys, next } = await keyStore.list({
          limit,
          ...(senderId === undefined ? {} : { senderId }),
          ...(cursor === undefined ? {} : { after: cursors.decodeKey(cursor, scope) }),
        });
        return c.json<KeyList>({
          items: keys.map(presentKey),
          ...(next === undefined ? {} : { nextCursor: cursors.encodeKey(next, scope) }),
        });
      },
    )
    .get(
      "/v1/keys/self",
      describe({
        operationId: "showOwnKey",
        tag: "Keys",
        summary: "Show the key that is asking",
        description: "Whose it is and what it may do. Every key may ask.",
        anyKey: true,
        answers: { 200: { schema: "OwnKey", description: "The key of this call." } },
      }),
      admission.requires(),
      (c) => {
        refuseQuery(c);
        return c.json(presentOwnKey(c.get("principal")));
      },
    )
    .post(
      "/v1/keys",
      describe({
        operationId: "createKey",
        tag: "Keys",
        summary: "Create a key",
        description: `The key is in this answer and never shown again. The first key of a sender comes with its signing secret, which its receivers verify deliveries with. A sender has at most ${MAX_KEYS_IN_FORCE} keys in force, and ${MAX_KEYS_LISTED.toLocaleString("en")} with those revoked in the last 30 days or expired in the last day; so have the keys of all senders, \`*\`.`,
        body: { schema: "CreateKey", example: "createKey" },
        answers: { 201: { schema: "CreatedKey", description: "The key." } },
        problems: ["CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      admission.requires("operate"),
      jsonBody(createKeySchema, MAX_SMALL_BYTES, refuseForeignSender),
      async (c) => {
        const wanted = c.req.valid("json");
        const { senderId } = wanted;
        c.set("logFields", { senderId });
        const { record, text } = await issueKey(deps, c.get("principal"), wanted);
        c.set("logFields", { senderId, createdKeyId: record.keyId });
        const isFirst = senderId !== "*" && (await onceOnly(() => keyStore.introduceSender(senderId)));
        // Nobody has rotated it, or it would not be new.
        const secret = isFirst ? deriveSigningSecret(signingMaster, senderId, 1) : undefined;
        return c.json(
          { ...presentKey(record), key: text, ...(secret === undefined ? {} : { signingSecret: secret }) },
          201,
        );
      },
    )
    .delete(
      "/v1/keys/:keyId",
      describe({
        operationId: "revokeKey",
        tag: "Keys",
        summary: "Revoke a key",
        description: "Within 60 seconds no process accepts it any more. Revoking it again changes nothing.",
        path: ["keyId"],
        answers: { 200: { schema: "Key", description: "The revoked key.", example: "revokedKey" } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const keyId = c.req.param("keyId");
        if (!isKeyId(keyId)) throw notFound();
        const key = await admission.admitToFound(c, "operate", async () => {
          const found = await keyStore.get(keyId);
          if (!found || !maySee(c.get("principal"), found.senderId)) throw notFound();
          return found;
        });
        refuseQuery(c);
        c.set("logFields", { senderId: key.senderId, revokedKeyId: keyId });
        const revoked = await keyStore.revoke(keyId, clock.now()).finally(() => authenticator.forget(keyId));
        if (!revoked) throw notFound();
        return c.json(presentKey(revoked));
      },
    )
    .post(
      "/v1/senders/:senderId/rotate",
      describe({
        operationId: "rotateSender",
        tag: "Keys",
        summary: "Replace the signing secret of a sender",
        description:
          "The new secret is in this answer and never shown again. A sender is known once it has had a key, or has a message that is still kept. Within 60 seconds deliveries carry its signature, and for 24 hours that of the old one too.",
        path: ["senderId"],
        answers: { 200: { schema: "RotatedSender", description: "The new secret." } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const senderId = c.req.param("senderId");
        if (!v.is(senderIdSchema, senderId) || !maySee(c.get("principal"), senderId)) throw notFound();
        admission.admit(c, "operate");
        refuseQuery(c);
        if (!(await isKnown(senderId))) throw notFound();
        const now = clock.now();
        c.set("logFields", { senderId });
        const { generation } = await onceOnly(() =>
          keyStore.rotateSender(senderId, now).finally(() => onRotation?.(senderId)),
        );
        return c.json({
          senderId,
          signingSecret: deriveSigningSecret(signingMaster, senderId, generation),
          previousValidUntil: formatTimestamp(now + ROTATION_OVERLAP_MS),
        });
      },
    );
}

/** A key of one sender neither sees nor makes one of another, nor of all of them. */
function refuseForeignSender(c: Context<ApiEnv>, { senderId }: Readonly<Record<string, unknown>>): void {
  if (typeof senderId === "string" && !maySee(c.get("principal"), senderId))
    throw new HomingError("FORBIDDEN", "This key belongs to another sender.");
}
