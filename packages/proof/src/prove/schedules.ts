import fc from "fast-check";
import { messageSchedules } from "./generate.ts";
import { eventSchedules } from "./generate-events.ts";

/** Of all that there is. */
export const schedules = fc.oneof(
  { weight: 2, arbitrary: messageSchedules },
  { weight: 1, arbitrary: eventSchedules },
);
