/** Cursors: a place in a list, bound to the filter and key it was made for. */
import { createHash } from "node:crypto";
import { validationError } from "@homing/core/error";
import { MESSAGE_ID } from "@homing/core/message/message-id";
import type { Place } from "@homing/core/operate/list";

/** `scope` is everything that decides what the list holds: its filter, and whose key asks. */
export function encodeCursor(place: Place, scope: unknown): string {
  return Buffer.from(JSON.stringify([place.at, place.messageId, fingerprint(scope)])).toString("base64url");
}

/** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
export function decodeCursor(cursor: string, scope: unknown): Place {
  const [at, messageId, made] = parse(cursor);
  const valid =
    typeof at === "number" &&
    Number.isSafeInteger(at) &&
    typeof messageId === "string" &&
    MESSAGE_ID.test(messageId);
  if (!valid || made !== fingerprint(scope)) {
    throw validationError([
      { path: "cursor", message: "was not made for this list; leave it out to start from its beginning" },
    ]);
  }
  return { at, messageId };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function fingerprint(scope: unknown): string {
  return createHash("sha256").update(JSON.stringify(scope)).digest("base64url").slice(0, 12);
}
