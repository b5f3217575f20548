import { DAY } from "../duration.ts";

/** No receiver may put a message off for longer than this at a time. */
export const MAX_RETRY_AFTER_MS = DAY;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The three forms of RFC 9110 §5.6.7. */
const IMF_FIXDATE =
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850 =
  /^[A-Z][a-z]+day, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME =
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/**
 * Milliseconds to wait by a `Retry-After` header (RFC 9110 §10.2.3): whole seconds or an HTTP date, between
 * 0 (also for dates past) and 24 hours. Undefined for no header or one that cannot be read.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim();
  if (text === undefined) return undefined;
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1_000 : delayUntil(parseHttpDate(text, now), now);
  return delayMs === undefined ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS);
}

function delayUntil(at: number | undefined, now: number): number | undefined {
  return at === undefined ? undefined : at - now;
}

function parseHttpDate(text: string, now: number): number | undefined {
  const groups = (IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (groups === undefined) return undefined;
  const { day = "", month = "", year = "", time = "" } = groups;
  const monthIndex = MONTHS.indexOf(month);
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  if (monthIndex < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const fullYear = year.length === 2 ? expandYear(Number(year), now) : Number(year);
  const at = new Date(0);
  at.setUTCFullYear(fullYear, monthIndex, Number(day));
  // A day that the month does not have rolls over into the next one.
  if (at.getUTCMonth() !== monthIndex || at.getUTCDate() !== Number(day)) return undefined;
  return at.setUTCHours(hour, minute, second);
}

/** RFC 9110: a two-digit year that seems more than 50 years ahead is the latest past one with those digits. */
function expandYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
