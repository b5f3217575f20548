import { HomingError } from "@homing/core/error";
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
