/**
 * Sheds load: beyond a number of calls in progress a call is refused at once, before it costs anything, so that those
 * in progress are answered in time. For a process that takes many calls at a time; on Lambda each takes one.
 */
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.ts";
import { problemResponse } from "./middleware.ts";
import { OverloadError } from "./overload-error.ts";
import { MAX_BATCH_BYTES, MAX_SMALL_BYTES } from "./requests/body-limits.ts";

/** Of the bodies of all calls together; what is made of them takes several times as much. */
const MAX_HELD_BYTES = 268_435_456;

export interface LoadLimits {
  /** Calls that are worked on, without those that wait for their callers. */
  readonly maxCallsInProgress: number;
  /**
   * Bytes of bodies in memory, of those that wait for their callers too, which may be any number. When so many are
   * held only small bodies are taken: nobody who is slow with large ones keeps everybody else out.
   */
  readonly maxHeldBytes?: number;
}

export function shedLoad({
  maxCallsInProgress,
  maxHeldBytes = MAX_HELD_BYTES,
}: LoadLimits): MiddlewareHandler<ApiEnv> {
  let inProgress = 0;
  let heldBytes = 0;
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
    let ownBytes = 0;
    const letGo = () => {
      heldBytes -= ownBytes;
      ownBytes = 0;
    };
    const hold = (bytes: number) => {
      const isTooMuch = heldBytes + bytes > maxHeldBytes && ownBytes + bytes > MAX_SMALL_BYTES;
      if (isTooMuch) letGo();
      else {
        heldBytes += bytes;
        ownBytes += bytes;
      }
      return !isTooMuch;
    };
    c.set("turn", { pause, resume, hold });
    try {
      await next();
    } finally {
      pause();
      letGo();
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
