/** Cursors: a place in a list, bound to the filter and key it was made for. */
import { createHash } from "node:crypto";
import { type HomingError, validationError } from "@homing/core/error";
import { MESSAGE_ID } from "@homing/core/message/message-id";
import type { Place } from "@homing/core/operate/list";

/** `scope` is everything that decides what the list holds: its filter, and whose key asks. */
export function encodeCursor(place: Place, scope: unknown): string {
  return seal([place.at, place.messageId], scope);
}

/** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
export function decodeCursor(cursor: string, scope: unknown): Place {
  const [at, messageId] = unseal(cursor, scope);
  const valid =
    typeof at === "number" &&
    Number.isSafeInteger(at) &&
    typeof messageId === "string" &&
    MESSAGE_ID.test(messageId);
  if (!valid) throw notMadeHere();
  return { at, messageId };
}

/** The same for the list of keys, whose places are the key store's own. */
export function encodeKeyCursor(place: string, scope: unknown): string {
  return seal([place], scope);
}

/** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
export function decodeKeyCursor(cursor: string, scope: unknown): string {
  const [place] = unseal(cursor, scope);
  if (typeof place !== "string") throw notMadeHere();
  return place;
}

function seal(parts: readonly unknown[], scope: unknown): string {
  return Buffer.from(JSON.stringify([...parts, fingerprint(scope)])).toString("base64url");
}

function unseal(cursor: string, scope: unknown): unknown[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw notMadeHere();
  }
  if (!Array.isArray(parts) || parts.pop() !== fingerprint(scope)) throw notMadeHere();
  return parts;
}

function notMadeHere(): HomingError {
  return validationError([
    { path: "cursor", message: "was not made for this list; leave it out to start from its beginning" },
  ]);
}

function fingerprint(scope: unknown): string {
  return createHash("sha256").update(JSON.stringify(scope)).digest("base64url").slice(0, 12);
}
