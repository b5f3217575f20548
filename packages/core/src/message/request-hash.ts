import { hash } from "node:crypto";
import { canonicalJson, parseLosslessJson } from "../json.ts";
import type { AcceptedInput } from "./message-input.ts";

/**
 * Equal for two requests that mean the same after defaults: the order of headers (RFC 9110 §5.3) and of a JSON
 * object's names, the spelling of header names, URL and times, and how a JSON string is escaped do not matter;
 * anything else does. Part of the payload's key, so that a call with the same idempotency key and another
 * payload can never replace it.
 */
export function requestHash(input: AcceptedInput): string {
  const { senderId, payload, deliverAt, deliverBy, orderingKey, afterFailure } = input;
  const canonical = JSON.stringify([
    senderId,
    payload.method,
    payload.targetUrl,
    headersByName(payload.headers),
    deliverAt ?? null,
    deliverBy ?? null,
    // Nested as text: "no body" and a null body stay different.
    payload.body === undefined ? null : canonicalJson(parseLosslessJson(payload.body)),
    canonicalJson(payload.metadata ?? {}),
    // Only where given: messages without it keep their hash.
    ...(orderingKey === undefined ? [] : [orderingKey, afterFailure ?? null]),
  ]);
  return hash("sha256", canonical, "base64url");
}

/** As a hash is made of them: their order and the case of their names do not matter. */
export function headersByName(
  headers: Readonly<Record<string, string>>,
): ReadonlyArray<readonly [string, string]> {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
