import type { Clock } from "@homing/core/clock";

export interface CacheLimits {
  readonly lifeMs: number;
  /** The oldest answers are dropped beyond this many. */
  readonly maxEntries: number;
}

export interface Cached<T> {
  (key?: string): Promise<T>;
  /** The next call loads anew. */
  forget(key?: string): void;
}

/** Remembers answers for a short time, by argument; callers at once share one call. Failures are not remembered. */
export function cached<T>(
  { lifeMs, maxEntries }: CacheLimits,
  clock: Pick<Clock, "monotonic">,
  load: (key: string) => Promise<T>,
): Cached<T> {
  const entries = new Map<string, { readonly until: number; readonly value: Promise<T> }>();

  /** All live equally long, so they stand in the order of their end. */
  const dropOver = (now: number) => {
    for (const [key, { until }] of entries) {
      if (until > now && entries.size <= maxEntries) return;
      entries.delete(key);
    }
  };

  const lookUp = (key = "") => {
    const now = clock.monotonic();
    dropOver(now);
    const known = entries.get(key);
    if (known) return known.value;
    const entry = { until: now + lifeMs, value: load(key) };
    entries.set(key, entry);
    entry.value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry.value;
  };
  return Object.assign(lookUp, { forget: (key = "") => void entries.delete(key) });
}
