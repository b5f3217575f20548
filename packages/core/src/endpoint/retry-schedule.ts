/** When attempts at an endpoint are repeated, if it is not to be as at every other. */
import * as v from "valibot";
import { DAY, parseDuration, SECOND } from "../duration.ts";
import type { Endpoint } from "./endpoint.ts";

/** With a day between each and the next their payload is kept for as long as it takes. */
const MOST_DELAYS = 12;
const SHORTEST_MS = SECOND;
const LONGEST_MS = DAY;

const delay = v.pipe(
  v.string(),
  v.check((text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= SHORTEST_MS && ms <= LONGEST_MS;
  }, "must be a duration from 1s to 1d, such as 30s, 5m or 2h"),
);

export const retryScheduleSchema = v.pipe(
  v.array(delay, "must be an array of durations"),
  v.maxLength(MOST_DELAYS, `must hold at most ${MOST_DELAYS} delays`),
  v.description(
    "How long after an attempt that failed the next is made, such as `5s`, `5m`, `2h`: one attempt more than there are delays. Absent: as everywhere.",
  ),
);

/** In milliseconds; `otherwise` if the endpoint has none of its own, or is not known. */
export function scheduleMsOf(
  endpoint: Pick<Endpoint, "retrySchedule"> | undefined,
  otherwise: readonly number[],
): readonly number[] {
  return endpoint?.retrySchedule?.map((text) => parseDuration(text) ?? SHORTEST_MS) ?? otherwise;
}
