/** RFC 3339 §5.6. Hours up to 23 only: `Date` would take 24:00 for the next day. */
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(?:\.(\d+))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * Milliseconds since the epoch of an RFC 3339 timestamp; undefined for anything else, days that do not exist
 * (`2026-02-30`) included, which `Date` would silently move. A fraction may have any length; what is finer than
 * milliseconds is dropped. A leap second counts as the second after it, as the Unix time has no number for it.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, day, hoursAndMinutes, second, fraction = "", offset] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined || offset === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const isLeapSecond = second === "60";
  const seconds = isLeapSecond ? "59" : second;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const ms = Date.parse(`${day}T${hoursAndMinutes}${seconds}.${milliseconds}${offset.toUpperCase()}`);
  if (!isLeapSecond) return ms;
  const next = ms + 1_000;
  return isStartOfMonth(next) ? next : undefined;
}

/** Leap seconds are only ever put before the first of a month, UTC (ITU-R TF.460-6). */
function isStartOfMonth(ms: number): boolean {
  return new Date(ms).toISOString().slice(7, 19) === "-01T00:00:00";
}

/** As the API writes times. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
