/** What the API answers of keys: of those that call it, and of those that deliveries are signed with. */
import * as v from "valibot";
import { SCOPES } from "../principal.ts";
import { nextCursor, timestamp, told } from "./fields.ts";

const expiresAt = v.optional(told(timestamp, "From then on it is refused."));

const keyEntries = {
  keyId: v.string(),
  senderId: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  name: v.optional(v.string()),
  createdAt: timestamp,
  expiresAt,
};

export const keySchema = v.object({ ...keyEntries, revokedAt: v.optional(timestamp) });
export type KeyView = v.InferOutput<typeof keySchema>;

/** What a key is told about itself. */
export const ownKeySchema = v.object({
  keyId: told(v.string(), "Not secret; `operator` for the operator key."),
  senderId: told(v.string(), "The one sender it speaks for, or `*` for all."),
  scopes: told(v.array(v.picklist(SCOPES)), "What it may do; `operate` implies the others."),
  name: v.optional(v.string()),
  expiresAt,
});
export type OwnKey = v.InferOutput<typeof ownKeySchema>;

export const keyListSchema = v.object({ items: v.array(keySchema), nextCursor });
export type KeyList = v.InferOutput<typeof keyListSchema>;

export const createdKeySchema = v.object({
  ...keyEntries,
  key: told(v.string(), "Shown here and never again."),
  signingSecret: v.optional(
    told(v.string(), "With the first key of a sender: what its receivers verify with."),
  ),
});
export type CreatedKey = v.InferOutput<typeof createdKeySchema>;

export const portalLinkSchema = v.object({
  url: told(v.string(), "Opens the portal of the sender, for whoever has it. Shown here and never again."),
  expiresAt: told(timestamp, "From then on it opens nothing."),
});
export type PortalLink = v.InferOutput<typeof portalLinkSchema>;

export const rotatedSenderSchema = v.object({
  senderId: v.string(),
  signingSecret: told(v.string(), "Shown here and never again."),
  previousValidUntil: told(timestamp, "Until then deliveries carry the old signature too."),
});
export type RotatedSender = v.InferOutput<typeof rotatedSenderSchema>;
