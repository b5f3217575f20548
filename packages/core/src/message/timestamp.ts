/** Hours up to 23 only: `Date` would take 24:00 for the next day. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * Milliseconds since the epoch of an RFC 3339 timestamp; undefined for anything else, days that do not exist
 * (`2026-02-30`) included, which `Date` would silently move.
 */
export function parseTimestamp(text: string): number | undefined {
  const day = TIMESTAMP.exec(text)?.[1];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : ms;
}

/** As the API writes times. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
