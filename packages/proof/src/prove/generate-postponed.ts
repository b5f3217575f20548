/** Schedules in which workers leave copies for later, because of what they know of their targets. */
import fc from "fast-check";
import { messageSchedules } from "./generate.ts";
import { eventSchedules } from "./generate-events.ts";
import type { Schedule } from "./simulate/schedule.ts";

const any: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 2, arbitrary: messageSchedules },
  { weight: 1, arbitrary: eventSchedules },
);

export const postponing: fc.Arbitrary<Schedule> = fc
  .record({ schedule: any, postponements: fc.integer({ min: 1, max: 12 }) })
  .map(({ schedule, postponements }) => ({ ...schedule, setup: { ...schedule.setup, postponements } }));
