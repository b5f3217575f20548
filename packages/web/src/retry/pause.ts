import { backoffMs } from "../api/api-error.ts";

/** Between a call that failed and the next. @throws what the signal says, once it is aborted. */
export function pause(failures: number, error: unknown, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, backoffMs(failures, error));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
