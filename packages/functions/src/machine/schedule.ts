import { setTimeout as setTimeoutPromise } from "node:timers/promises";

export interface ScheduleOptions {
  readonly intervalMs: number;
  readonly run: () => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  /** Monotonic clock in milliseconds, and a wait that rejects when `signal` aborts. Replaced in tests. */
  readonly nowMs?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Schedule {
  /** Starts no further run; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/**
 * Runs at once and then every `intervalMs`, counted from start to start, as a Lambda schedule does; but never
 * two at once: a run that takes longer is followed by the next without a pause. A run that fails is reported
 * and the next one comes as usual.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { intervalMs, run, onError } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const sleep = options.sleep ?? ((ms, signal) => setTimeoutPromise(ms, undefined, { signal }));
  const stopping = new AbortController();

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedMs = nowMs();
      try {
        await run();
      } catch (error) {
        onError(error);
      }
      const restMs = Math.max(0, startedMs + intervalMs - nowMs());
      await sleep(restMs, stopping.signal).catch(() => undefined);
    }
  }

  const ended = repeat();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
