import { HomingError } from "@homing/core/error";
import { RETRY_AFTER_SECONDS } from "@homing/core/send/not-queued-error";
import { StorageError } from "@homing/core/store/message-store";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.ts";

/**
 * For a storage that answers before what it has written is safe: begins a call, and what it answers is waited for
 * before the call is. That rejects with a StorageError if anything was undone meanwhile.
 */
export type BeginCall = () => () => Promise<void>;

const ALWAYS_SAFE: BeginCall = () => async () => undefined;

/** No answer leaves before all that it tells of is safe. */
export function answeredWhenSafe(beginCall: BeginCall = ALWAYS_SAFE): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const whenSafe = beginCall();
    await next();
    try {
      await whenSafe();
    } catch (error) {
      throw undone(c, error);
    }
  };
}

/** Whoever sends no key may repeat the call only if surely nothing of it is stored. */
function undone(c: Context<ApiEnv>, cause: unknown): HomingError {
  const isPartial = !(cause instanceof StorageError) || cause.mayHaveTakenEffect;
  const retryable = !isPartial || c.req.method === "GET" || c.req.header("idempotency-key") !== undefined;
  const advice = retryable
    ? "Repeat the call."
    : "Some of it may have been stored: look for it before you repeat the call, and send an idempotency key next time.";
  return new HomingError("SYSTEM_ERROR", `The storage is unavailable. ${advice}`, {
    retryable,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}
