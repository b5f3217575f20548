import fc from "fast-check";
import { aFewHours, months } from "./generate.ts";
import { eventSchedules } from "./generate-events.ts";
import { gatedSchedules } from "./generate-gated.ts";
import { orderedSchedules } from "./generate-order.ts";

/** Of messages that name their own target. */
export const messageSchedules = fc.oneof(
  { weight: 30, arbitrary: aFewHours },
  { weight: 10, arbitrary: orderedSchedules },
  { weight: 1, arbitrary: months },
);

/** Of all that there is. */
export const schedules = fc.oneof(
  { weight: 10, arbitrary: messageSchedules },
  { weight: 5, arbitrary: eventSchedules },
  { weight: 1, arbitrary: gatedSchedules },
);
