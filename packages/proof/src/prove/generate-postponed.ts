/** Schedules in which workers leave copies for later, because of what they know of their targets. */
import fc from "fast-check";
import { schedules } from "./schedules.ts";
import type { Schedule } from "./simulate/schedule.ts";

export const postponing: fc.Arbitrary<Schedule> = fc
  .record({ schedule: schedules, postponements: fc.integer({ min: 1, max: 12 }) })
  .map(({ schedule, postponements }) => ({ ...schedule, setup: { ...schedule.setup, postponements } }));
