import { holdReason } from "../endpoint/gate.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { heldSince, LONGEST_HOLD_MS } from "../message/delivery-lifecycle.ts";
import type { Message } from "../message/message.ts";

export type HeldAction =
  | { readonly kind: "release"; readonly endpoint: KnownEndpoint }
  | { readonly kind: "holdOn" }
  | { readonly kind: "failDisabled" }
  | { readonly kind: "cancelDeleted" }
  | { readonly kind: "giveUp"; readonly reason: "EXPIRED" | "HELD_TOO_LONG" };

/** What becomes of a held message, by the state that its endpoint is in. One that is not known is deleted. */
export function heldAction(message: Message, endpoint: KnownEndpoint | undefined, now: number): HeldAction {
  if (endpoint === undefined || endpoint.state === "DELETED") return { kind: "cancelDeleted" };
  if (endpoint.state === "DISABLED") return { kind: "failDisabled" };
  if (message.deliverBy !== undefined && now > message.deliverBy)
    return { kind: "giveUp", reason: "EXPIRED" };
  const attempt = { messageId: message.messageId, attempt: message.attempt + 1 };
  if (holdReason(endpoint, attempt) === undefined) return { kind: "release", endpoint };
  return now >= heldSince(message) + LONGEST_HOLD_MS
    ? { kind: "giveUp", reason: "HELD_TOO_LONG" }
    : { kind: "holdOn" };
}
