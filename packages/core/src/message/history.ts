import type { HistoryEntry } from "./message.ts";

/** An item that cannot grow cannot get stuck: the beginning and the recent past are kept, the middle counted. */
export const HISTORY_FIRST = 10;
export const HISTORY_LATEST = 40;

/** The history with `entry` added, and how many entries have been left out of it so far. */
export function appendHistory(
  history: readonly HistoryEntry[],
  omitted: number,
  entry: HistoryEntry,
): { readonly history: readonly HistoryEntry[]; readonly omitted: number } {
  const all = [...history, entry];
  const excess = all.length - HISTORY_FIRST - HISTORY_LATEST;
  if (excess <= 0) return { history: all, omitted };
  return {
    history: [...all.slice(0, HISTORY_FIRST), ...all.slice(-HISTORY_LATEST)],
    omitted: omitted + excess,
  };
}
