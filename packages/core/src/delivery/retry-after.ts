import { DAY, SECOND } from "../duration.ts";

/** No receiver may put a message off for longer than this at a time. */
export const MAX_RETRY_AFTER_MS = DAY;

const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The three forms of RFC 9110 §5.6.7. */
const IMF_FIXDATE =
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850 =
  /^[A-Z][a-z]+day, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME =
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/**
 * Milliseconds to wait by a `Retry-After` header (RFC 9110 §10.2.3): seconds, decimals rounded up, or an HTTP
 * date; of several, joined by commas, the largest. Between 0 (also for dates past) and 24 hours. Undefined for
 * no header or one in which nothing can be read.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const delaysMs = members(value ?? "")
    .map((text) => parseDelay(text, now))
    .filter((delayMs) => delayMs !== undefined);
  if (delaysMs.length === 0) return undefined;
  return Math.min(Math.max(0, ...delaysMs), MAX_RETRY_AFTER_MS);
}

/** Nobody sends more; a header may hold thousands. */
const MAX_MEMBERS = 16;

/** The members of a joined header: a comma ends one, except the comma behind a date's weekday. */
function members(value: string): string[] {
  const parts = value.split(",", 2 * MAX_MEMBERS).map((part) => part.trim());
  return parts.flatMap((part, i) => {
    if (WEEKDAY.test(part)) return [`${part}, ${parts[i + 1] ?? ""}`];
    return WEEKDAY.test(parts[i - 1] ?? "") ? [] : [part];
  });
}

function parseDelay(text: string, now: number): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text)) * SECOND;
  const at = parseHttpDate(text, now);
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
