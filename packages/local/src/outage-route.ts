import { SECOND } from "@homing/core/duration";
import { bearerKey } from "@homing/functions/api/bearer";
import { type Authenticator, hasScope } from "@homing/functions/api/principal";
import { Hono } from "hono";
import type { QueueOutage } from "./queue-outage.ts";

export const OUTAGE_PATH = "/local/queue-outage";
const LONGEST_OUTAGE_SECONDS = 60;

/**
 * `POST /local/queue-outage?seconds=20`; on the local stack only, for the demo. With a key that operates for all
 * senders: the outage is everybody's.
 */
export function outageRoute(authenticator: Authenticator, outage: QueueOutage): Hono {
  return new Hono().post(OUTAGE_PATH, async (c) => {
    const key = bearerKey(c.req.header("authorization")) ?? "";
    const principal = await authenticator.authenticate(key);
    const mayOperateForAll = principal?.senderId === "*" && hasScope(principal, "operate");
    if (!mayOperateForAll) return c.text("Needs an operator's key.\n", 403);
    const seconds = Number(c.req.query("seconds"));
    if (!(seconds > 0 && seconds <= LONGEST_OUTAGE_SECONDS)) {
      return c.text(`seconds: must be a number up to ${LONGEST_OUTAGE_SECONDS}.\n`, 400);
    }
    outage.begin(seconds * SECOND);
    return c.body(null, 204);
  });
}
