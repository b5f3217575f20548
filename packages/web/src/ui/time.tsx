import { useNow } from "./clock.ts";
import { useExactTimes } from "./preferences.ts";
import { countdown, exactTime, relativeTime, shortTime } from "./times.ts";

/** A moment, relative to now, with the exact one on hover; the exact one if the reader prefers that. */
export function Time({ at }: { readonly at: string }) {
  const exact = useExactTimes();
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={exactTime(time)}>
      {exact ? shortTime(time) : relativeTime(time, now)}
    </time>
  );
}

/** What is left until a moment, second by second; `after` once it has come. */
export function Countdown({ to, after }: { readonly to: string; readonly after: string }) {
  const now = useNow();
  const time = Date.parse(to);
  return (
    // role="timer" is silent: a screen reader reads it when asked, not every second.
    <time role="timer" dateTime={to} title={exactTime(time)}>
      {time > now ? countdown(time - now) : after}
    </time>
  );
}
