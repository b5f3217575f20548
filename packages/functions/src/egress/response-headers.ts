import type { IncomingHttpHeaders } from "node:http";
import { maskHeaders } from "@homing/core/message/headers";

/** Names and values together; what is kept of a response is stored with every attempt. */
const MAX_KEPT_BYTES = 4_096;

/** Read by the delivery policy or by people looking for a fault: kept before all others. */
const KEPT_FIRST = ["retry-after", "content-type", "content-length", "location", "date"];

/**
 * The headers of a response worth storing: names in lower case, repeated ones joined, secrets masked, in all
 * at most 4 KiB (a header that does not fit any more is left out whole).
 */
export function keepHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined.set(name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value);
  }
  const ordered = new Set([...KEPT_FIRST.filter((name) => joined.has(name)), ...joined.keys()]);
  const kept: [string, string][] = [];
  let room = MAX_KEPT_BYTES;
  for (const name of ordered) {
    const value = joined.get(name) ?? "";
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value);
    if (bytes > room) continue;
    room -= bytes;
    kept.push([name, value]);
  }
  return maskHeaders(Object.fromEntries(kept));
}
