/** The bodies that ask for a key, and for a link to the portal. */
import { DAY, formatDuration, MINUTE, parseDuration } from "@homing/core/duration";
import { senderIdSchema } from "@homing/core/message/message-input";
import * as v from "valibot";
import { SCOPES } from "../principal.ts";

const MAX_KEY_NAME_LENGTH = 100;
const nameMessage = `must be 1 to ${MAX_KEY_NAME_LENGTH} characters`;

/** A duration within bounds; what comes out is milliseconds. */
const durationSchema = (shortestMs: number, longestMs: number, description: string) => {
  const message = `must be a duration from ${formatDuration(shortestMs)} to ${formatDuration(longestMs)}, such as 12h`;
  return v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,9}(?:ms|s|m|h|d)$/, message),
    v.description(description),
    v.transform((text) => parseDuration(text) ?? 0),
    v.minValue(shortestMs, message),
    v.maxValue(longestMs, message),
  );
};

export const createKeySchema = v.strictObject({
  senderId: v.pipe(
    v.union([v.literal("*"), senderIdSchema], "must be a sender's id, or * for all senders"),
    v.description("The one sender that the key speaks for, or `*` for all of them."),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be an array of scopes"),
    v.minLength(1, "must hold at least one scope"),
    v.check((scopes) => new Set(scopes).size === scopes.length, "must not repeat a scope"),
    v.metadata({ uniqueItems: true }),
    v.description(
      "send: send, and retry or cancel what it may see. read: see messages, endpoints and counts. endpoints: manage endpoints, see their secrets, and retry and replay what goes to them. operate: all of them, bulk retry and cancel, resolving failures, and keys.",
    ),
  ),
  name: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1, nameMessage),
      v.maxLength(MAX_KEY_NAME_LENGTH, nameMessage),
      v.description("For you, to tell keys apart."),
    ),
  ),
  expiresIn: v.optional(
    durationSchema(
      MINUTE,
      90 * DAY,
      "How long it is valid, such as `12h`: 1 minute to 90 days. Absent: until it is revoked.",
    ),
  ),
});

/** Long enough for a visit; the page that embeds the portal asks for another with each. */
export const PORTAL_EXPIRES_IN = "1h";
const LONGEST_PORTAL_MS = 7 * DAY;

export const portalSchema = v.strictObject({
  senderId: v.pipe(senderIdSchema, v.description("The one sender whose portal it opens.")),
  expiresIn: v.optional(
    durationSchema(
      MINUTE,
      LONGEST_PORTAL_MS,
      `How long the link works, such as \`12h\`: 1 minute to 7 days. Absent: ${PORTAL_EXPIRES_IN}.`,
    ),
    PORTAL_EXPIRES_IN,
  ),
});
