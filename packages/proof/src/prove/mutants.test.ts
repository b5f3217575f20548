import { describe, expect, test } from "vitest";
import { EVENT_MUTANTS } from "./event-mutants.ts";
import { GATE_MUTANTS, PACED_GATE_MUTANTS } from "./gate-mutants.ts";
import { HEALTH_MUTANTS } from "./health-mutants.ts";
import { HOLD_MUTANTS } from "./hold-mutants.ts";
import { memoryBackend } from "./memory-backend.ts";
import known from "./mutant-schedules.json" with { type: "json" };
import { MUTANTS } from "./mutants.ts";
import { ORDER_MUTANTS } from "./order-mutants.ts";
import { OVERFLOW_MUTANTS } from "./overflow-mutants.ts";
import { PACE_MUTANTS } from "./pace-mutants.ts";
import { RESTART_MUTANTS } from "./restart-mutants.ts";
import { runSchedule } from "./run-schedule.ts";
import type { Schedule } from "./simulate/schedule.ts";

/** Found and shrunk by `npm run prove -- --mutants --keep`; to be found anew if the core's calls change. */
const schedules = known as unknown as Readonly<Record<string, Schedule>>;

describe.each([
  ...MUTANTS,
  ...EVENT_MUTANTS,
  ...HOLD_MUTANTS,
  ...PACE_MUTANTS,
  ...HEALTH_MUTANTS,
  ...GATE_MUTANTS,
  ...PACED_GATE_MUTANTS,
  ...ORDER_MUTANTS,
  ...OVERFLOW_MUTANTS,
  ...RESTART_MUTANTS,
])("$name: $removes", (mutant) => {
  const schedule = schedules[mutant.name] ?? expect.fail("no schedule is kept for this mutant");

  test("breaks a promise in a schedule", async () => {
    const { violation } = await runSchedule(schedule, memoryBackend, mutant);
    expect(violation?.text).toBeTypeOf("string");
  });

  test("in which the whole system keeps all of them", async () => {
    const { violation } = await runSchedule(schedule, memoryBackend);
    expect(violation).toBeUndefined();
  });
});
