/** Times as people read them. All take and give plain values, `now` included. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 800 ms, 12 s, 3 min, 2 h 5 min, 4 d: never negative, two units where the second one matters. */
export function spellDuration(ms: number): string {
  const t = Math.max(0, ms);
  if (t < SECOND) return `${Math.round(t)} ms`;
  if (t < 10 * SECOND) return `${trim(t / SECOND)} s`;
  if (t < MINUTE) return `${Math.floor(t / SECOND)} s`;
  if (t < HOUR) return `${Math.floor(t / MINUTE)} min`;
  if (t < DAY) return join(Math.floor(t / HOUR), "h", Math.floor((t % HOUR) / MINUTE), "min");
  return join(Math.floor(t / DAY), "d", Math.floor((t % DAY) / HOUR), "h");
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function join(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first} ${firstUnit}` : `${first} ${firstUnit} ${second} ${secondUnit}`;
}

/** "now", "12 s ago", "in 4 min". */
export function relativeTime(at: number, now: number): string {
  const difference = at - now;
  if (Math.abs(difference) < SECOND) return "now";
  const text = spellWhole(Math.abs(difference));
  return difference < 0 ? `${text} ago` : `in ${text}`;
}

function spellWhole(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** 0:07, 4:12, 1:02:03: what is left, rounded up so that it reaches zero when the time has come. */
export function countdown(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / SECOND));
  const hours = Math.floor(total / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

const EXACT = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
});

/** Date, time to the millisecond and zone, in the reader's language. */
export function exactTime(at: number): string {
  return EXACT.format(at);
}

const SHORT = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Short enough for a row of a list. */
export function shortTime(at: number): string {
  return SHORT.format(at);
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** The time of day, to the millisecond. */
export function clockTime(at: number): string {
  return CLOCK.format(at);
}
