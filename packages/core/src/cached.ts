import { type Clock, elapsedMs, type Moment, momentOf } from "./clock.ts";

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

/**
 * Remembers answers for a short time, by argument; callers at once share one call. Failures are not remembered.
 * An answer is old by whichever clock says so first: a process that was frozen must not believe what it knew before.
 */
export function cached<T>(
  { lifeMs, maxEntries }: CacheLimits,
  clock: Clock,
  load: (key: string) => Promise<T>,
): Cached<T> {
  const entries = new Map<string, { readonly since: Moment; readonly value: Promise<T> }>();
  const isOld = ({ since }: { readonly since: Moment }) => elapsedMs(clock, since) >= lifeMs;

  /** All live equally long, so they stand in the order of their end; but for a clock that was set, which `isOld` sees. */
  const dropOver = () => {
    for (const [key, entry] of entries) {
      if (!isOld(entry) && entries.size <= maxEntries) return;
      entries.delete(key);
    }
  };

  const lookUp = (key = "") => {
    dropOver();
    const known = entries.get(key);
    if (known && !isOld(known)) return known.value;
    entries.delete(key);
    const entry = { since: momentOf(clock), value: load(key) };
    entries.set(key, entry);
    entry.value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry.value;
  };
  return Object.assign(lookUp, { forget: (key = "") => void entries.delete(key) });
}
