import type { Clock } from "@homing/core/clock";

/** Remembers answers for a short time, by argument; callers at once share one call. Failures are not remembered. */
export function cached<T>(
  lifeMs: number,
  clock: Pick<Clock, "monotonic">,
  load: (key?: string) => Promise<T>,
): (key?: string) => Promise<T> {
  const entries = new Map<string, { readonly until: number; readonly value: Promise<T> }>();
  return (key) => {
    const now = clock.monotonic();
    for (const [name, entry] of entries) if (entry.until <= now) entries.delete(name);
    const name = key ?? "";
    const known = entries.get(name);
    if (known) return known.value;
    const value = load(key);
    entries.set(name, { until: now + lifeMs, value });
    value.catch(() => entries.delete(name));
    return value;
  };
}
