/** How many requests an endpoint may be sent in a period, if its owner wants it spared. */
import * as v from "valibot";
import { DAY, parseDuration, SECOND } from "../duration.ts";
import { MS } from "./pace.ts";

/** What an endpoint may ask for. Beyond so many a second a limit spares nobody. */
const MOST_REQUESTS = 10_000;
const SHORTEST_PERIOD_MS = SECOND;
const LONGEST_PERIOD_MS = DAY;

export interface RateLimit {
  readonly count: number;
  /** A duration as people write it. */
  readonly period: string;
}

const count = v.pipe(
  v.number("must be a number of requests"),
  v.integer("must be a whole number of requests"),
  v.minValue(1, "must be at least 1; to send nothing, pause the endpoint"),
  v.maxValue(MOST_REQUESTS, `must be at most ${MOST_REQUESTS.toLocaleString("en")}`),
  v.description("As many requests in each period, at most."),
);

const period = v.pipe(
  v.string("must be a duration from 1s to 1d, such as 1s, 1m or 1h"),
  v.check((text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= SHORTEST_PERIOD_MS && ms <= LONGEST_PERIOD_MS;
  }, "must be a duration from 1s to 1d, such as 1s, 1m or 1h"),
  v.description("From `1s` to `1d`, such as `1s`, `1m` or `1h`."),
);

export const rateLimitSchema = v.pipe(
  v.strictObject({ count, period }, 'must be an object such as { "count": 100, "period": "1m" }'),
  v.description(
    "How many requests it is sent at most: evenly spaced, `period` by `count` apart. Deliveries beyond wait for their time. Absent: no limit.",
  ),
);

/** The time from one request to the next, in whole microseconds: never less than asked for. */
export function spacingUsOf({ count: requests, period: text }: RateLimit): number {
  return Math.ceil(((parseDuration(text) ?? LONGEST_PERIOD_MS) * MS) / requests);
}

export function isSameLimit(a: RateLimit | undefined, b: RateLimit | undefined): boolean {
  return a?.count === b?.count && a?.period === b?.period;
}
