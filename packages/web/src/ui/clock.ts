/** The time, as the server sees it, once a second: what relative times and countdowns are made of. */
import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;
/** The date header has whole seconds and travels for a while: smaller differences mean nothing. */
const SKEW_WORTH_CORRECTING_MS = 3_000;

let skewMs = 0;
let tick = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Corrects for a browser whose clock is wrong, from a response's date header. */
export function noteServerTime(date: string | null): void {
  const serverTime = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(serverTime)) return;
  const difference = serverTime - Date.now();
  skewMs = Math.abs(difference) > SKEW_WORTH_CORRECTING_MS ? difference : 0;
}

export function now(): number {
  return Date.now() + skewMs;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    tick = now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function snapshot(): number {
  // While nobody is subscribed nothing ticks: the first reader must not see an old time.
  if (timer === undefined) tick = now();
  return tick;
}

/** Epoch milliseconds, at most a second old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}
