/** Durations and times, as every option takes them. */
import { UsageError } from "./usage-error.ts";

const DURATION = /^(\d{1,15})(ms|s|m|h|d)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** RFC 3339; whether there is such a day, Homing says itself. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,30})?(?:Z|[+-]\d{2}:\d{2})$/i;
/** Of `Date`. */
const LATEST_MS = 8_640_000_000_000_000;

/** Milliseconds of a text such as `500ms` or `2h`. @throws UsageError */
export function durationOf(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError(`${option}: "${text}" is not a duration such as 500ms, 10s or 2h.`);
  return ms;
}

/** A time as it is written, or a duration before now. @throws UsageError */
export function timeBefore(now: number, text: string | undefined, option: `--${string}`): string | undefined {
  return timeFrom(now, text, option, -1, "ago");
}

/** A time as it is written, or a duration after now. @throws UsageError */
export function timeAfter(now: number, text: string | undefined, option: `--${string}`): string | undefined {
  return timeFrom(now, text, option, 1, "from now");
}

function timeFrom(
  now: number,
  text: string | undefined,
  option: string,
  direction: 1 | -1,
  word: string,
): string | undefined {
  if (text === undefined || TIME.test(text)) return text;
  const ms = parseDuration(text);
  const time = now + direction * (ms ?? Number.NaN);
  if (Math.abs(time) <= LATEST_MS) return new Date(time).toISOString();
  throw new UsageError(
    `${option}: "${text}" is neither a time such as 2026-12-24T08:00:00Z nor a duration such as 2h, for two hours ${word}.`,
  );
}

function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined) return undefined;
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return Number.isSafeInteger(ms) ? ms : undefined;
}
