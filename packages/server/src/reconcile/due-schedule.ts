/**
 * Runs when something is due, and sleeps until then: the reconciler of a process that knows of every write. A run that
 * fails, or leaves overdue what it found so, is followed by a pause.
 */
import { setTimeout as wait } from "node:timers/promises";

export interface DueScheduleOptions {
  /** When the next is due, in milliseconds since the epoch; undefined if nothing is. */
  readonly nextDueAt: () => number | undefined;
  readonly run: () => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  readonly now: () => number;
  /** The pause, and the longest sleep: a machine's clock may be set. */
  readonly intervalMs: number;
  /** Rejects when `signal` aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface DueSchedule {
  /** Something will be due then. */
  notice(dueAt: number): void;
  /** Starts no further run; resolves when the running one has ended. */
  stop(): Promise<void>;
}

export function startDueSchedule(options: DueScheduleOptions): DueSchedule {
  const { nextDueAt, run, onError, now, intervalMs } = options;
  const sleep = options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const stopping = new AbortController();
  let sleepsUntil = 0;
  let waking = new AbortController();

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      const dueAt = read();
      if (dueAt === undefined || dueAt > now()) {
        await rest(Math.min((dueAt ?? Infinity) - now(), intervalMs), false);
        continue;
      }
      const ran = await run().then(
        () => true,
        (error: unknown) => {
          onError(error);
          return false;
        },
      );
      const isStuck = (read() ?? Infinity) <= dueAt;
      if (!ran || isStuck) await rest(intervalMs, true);
    }
  }

  function read(): number | undefined {
    try {
      return nextDueAt();
    } catch (error) {
      onError(error);
      return now() + intervalMs;
    }
  }

  async function rest(ms: number, isPause: boolean): Promise<void> {
    waking = new AbortController();
    sleepsUntil = isPause ? 0 : now() + ms;
    await sleep(ms, AbortSignal.any([waking.signal, stopping.signal])).catch(() => undefined);
    sleepsUntil = 0;
  }

  const ended = repeat();
  return {
    notice(dueAt) {
      if (dueAt < sleepsUntil) waking.abort();
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
