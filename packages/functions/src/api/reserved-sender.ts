import { HomingError } from "@homing/core/error";
import { isJsonObject } from "@homing/core/json";
import { authorizeSender } from "./check-message.ts";
import { hasScope, type Principal } from "./principal.ts";

/** Senders of Homing's own. */
const RESERVED_PREFIX = "homing.";

/** @throws HomingError FORBIDDEN for a sender of Homing's own without the scope operate. */
export function refuseReserved(principal: Principal, named: unknown): void {
  const senderId = named ?? principal.senderId;
  const isReserved = typeof senderId === "string" && senderId.startsWith(RESERVED_PREFIX);
  if (isReserved && !hasScope(principal, "operate"))
    throw new HomingError(
      "FORBIDDEN",
      `Senders named ${RESERVED_PREFIX}* need a key with the scope operate.`,
    );
}

/** @throws HomingError FORBIDDEN for a document in the name of a sender for which this key may not act. */
export function authorizeToActFor(principal: Principal, document: unknown): void {
  if (!isJsonObject(document)) return;
  authorizeSender(principal, document);
  refuseReserved(principal, document.senderId);
}
