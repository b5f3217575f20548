import type { ErrorSink } from "@homing/core/field-errors";
import { idempotencyKeySchema } from "@homing/core/message/message-input";
import type { Context } from "hono";
import * as v from "valibot";
import type { ApiEnv } from "./env.ts";

/** The idempotency key of a call, as it was given; what is wrong with it is added to the errors. */
export function checkIdempotencyKey(c: Context<ApiEnv>, errors: ErrorSink): string | undefined {
  const key = c.req.header("idempotency-key");
  const checked = v.safeParse(v.optional(idempotencyKeySchema), key);
  if (!checked.success) errors.add("idempotency-key", checked.issues[0].message);
  if (timesGiven(c, "idempotency-key") > 1) errors.add("idempotency-key", "is given more than once");
  return key;
}

/** By the time they are read, equal names are one header, its value joined: a key that nobody gave. API Gateway joins them unseen. */
function timesGiven(c: Context<ApiEnv>, header: string): number {
  const { rawHeaders = [] } = c.env?.incoming ?? {};
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === header).length;
}
