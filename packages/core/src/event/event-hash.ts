import { createHash } from "node:crypto";
import { canonicalJson, parseLosslessJson } from "../json.ts";
import { headersByName } from "../message/request-hash.ts";
import type { AcceptedEventInput } from "./event-input.ts";

/** Equal for two events that mean the same after defaults, by the rules of a message's `requestHash`. */
export function eventHash(input: AcceptedEventInput): string {
  const { senderId, eventType, channels = [], endpointId, deliverBy, payload } = input;
  const canonical = JSON.stringify([
    senderId,
    eventType,
    [...new Set(channels)].sort(),
    endpointId ?? null,
    headersByName(payload.headers),
    deliverBy ?? null,
    canonicalJson(parseLosslessJson(payload.body)),
    canonicalJson(payload.metadata ?? {}),
  ]);
  return createHash("sha256").update(canonical).digest("base64url");
}
