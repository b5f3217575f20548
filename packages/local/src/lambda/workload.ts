import { type EventLoopUtilization, performance } from "node:perf_hooks";

/** Of a second of this process's one thread. */
const BUSY_SHARE = 0.5;
/** A shorter look says little. */
const WINDOW_MS = 500;

/** Whether this process has work enough of its own: asked again within half a second, the answer is the same. */
export function createWorkload(
  measure: () => EventLoopUtilization = () => performance.eventLoopUtilization(),
): () => boolean {
  let seen = measure();
  let isBusy = false;
  return () => {
    const now = measure();
    const activeMs = now.active - seen.active;
    const passedMs = activeMs + now.idle - seen.idle;
    if (passedMs < WINDOW_MS) return isBusy;
    isBusy = activeMs / passedMs > BUSY_SHARE;
    seen = now;
    return isBusy;
  };
}
