import type { IncomingHttpHeaders } from "node:http";
import { maskHeaders } from "@homing/core/message/headers";

/** Names and values together; what is kept of a response is stored with every attempt. */
const MAX_KEPT_BYTES = 4_096;

/** Read by the delivery policy or by people looking for a fault: kept before all others. */
const KEPT_FIRST = ["retry-after", "content-type", "content-length", "location", "date"];

/** One value for each name, as RFC 9110 §5.3 joins repeated ones: a receiver may repeat any, whatever the types say. */
export function joinHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}

/**
 * The headers of a response worth storing: secrets masked, in all at most 4 KiB. One that does not fit any
 * more is left out whole.
 */
export function keepHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const first = KEPT_FIRST.filter((name) => Object.hasOwn(headers, name));
  const kept: [string, string][] = [];
  let room = MAX_KEPT_BYTES;
  for (const name of new Set([...first, ...Object.keys(headers)])) {
    const value = headers[name] ?? "";
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value);
    if (bytes > room) continue;
    room -= bytes;
    kept.push([name, value]);
  }
  return maskHeaders(Object.fromEntries(kept));
}
