/**
 * Sheds load: beyond a number of calls in progress a call is refused at once, before it costs anything, so that those
 * in progress are answered in time. For a process that takes many calls at a time; on Lambda each takes one.
 */
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.ts";
import { problemResponse } from "./middleware.ts";
import { OverloadError } from "./overload-error.ts";
import { MAX_BATCH_BYTES } from "./requests.ts";

export function shedLoad(maxCallsInProgress: number): MiddlewareHandler<ApiEnv> {
  let inProgress = 0;
  return async (c, next) => {
    if (inProgress >= maxCallsInProgress) {
      await discardBody(c.req.raw);
      return problemResponse(c, new OverloadError());
    }
    inProgress += 1;
    let isRunning = true;
    const pause = () => {
      if (isRunning) inProgress -= 1;
      isRunning = false;
    };
    const resume = () => {
      if (inProgress >= maxCallsInProgress) throw new OverloadError();
      inProgress += 1;
      isRunning = true;
    };
    c.set("turn", { pause, resume });
    try {
      await next();
    } finally {
      pause();
    }
  };
}

/** A connection whose request was not read to its end is cut, and its caller may never see the answer. */
async function discardBody(request: Request): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BATCH_BYTES) return;
    }
  } catch {
    // The caller has gone.
  }
}
