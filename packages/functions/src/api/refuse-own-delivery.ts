import type { ErrorSink } from "@homing/core/field-errors";
import type { Context } from "hono";
import type { ApiEnv } from "./env.ts";

/** A delivery that comes back to us would be delivered again, and again. */
export function refuseOwnDelivery(c: Context<ApiEnv>, errors: ErrorSink): void {
  if (c.req.header("webhook-id") !== undefined)
    errors.add("webhook-id", "marks a delivery, which cannot be a new message");
}
