/** Schedules from fast-check: small worlds, many faults, and times close enough to each other to race. */

import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { incident, incidents } from "./generate-incidents.ts";
import { answer, REJECTS, scheduledMessage } from "./generate-messages.ts";
import { MAX_MESSAGES, messageNumber, when } from "./generate-times.ts";
import type { Action, Schedule, Setup } from "./simulate/schedule.ts";

export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("retry" as const, "cancel" as const, "resolve" as const),
      when,
      message: messageNumber,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("workersRest" as const, "storageOutage" as const, "queueOutage" as const),
      when,
      ms: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(10, 10 * SECOND, 2 * MINUTE, 20 * MINUTE) },
        { weight: 1, arbitrary: fc.constant(3 * HOUR) },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("retryAllFailed" as const, "resolveAllFailed" as const),
      when,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("rotate" as const), when, message: messageNumber }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("foreignRecord" as const),
      when,
      body: fc.constantFrom("unreadable" as const, "unknownMessage" as const),
    }),
  },
);

const SCHEDULES = [
  [5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  [5 * SECOND],
  [],
  [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];

export const setup: fc.Arbitrary<Setup> = fc.record({
  retryScheduleMs: fc.constantFrom(...SCHEDULES),
  queueDeadlineMs: fc.constantFrom(MINUTE, 15 * MINUTE),
  workers: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.constantFrom(1, 10),
  groups: fc.constantFrom(1, 4),
  skewMs: fc.oneof(
    // Together less than the second by which a request ends before its lease.
    { weight: 9, arbitrary: fc.constantFrom(0, 0, 400) },
    { weight: 1, arbitrary: fc.constantFrom(5 * SECOND, 10 * MINUTE, 3 * HOUR) },
  ),
  // The shortest that the delivery timeout allows, and the default.
  leaseMs: fc.constantFrom(17 * SECOND, MINUTE, MINUTE),
  endsWorkers: fc.boolean(),
  freezes: fc.boolean(),
  secondReconcilerMs: fc.constantFrom(0, 1, 4, 30 * SECOND),
  batched: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

export const aFewHours: fc.Arbitrary<Schedule> = fc.record({
  setup,
  messages: fc.oneof(
    { weight: 12, arbitrary: fc.array(scheduledMessage, { minLength: 1, maxLength: MAX_MESSAGES }) },
    { weight: 1, arbitrary: fc.array(scheduledMessage, { minLength: 10, maxLength: 10 }) },
  ),
  actions: fc.array(action, { maxLength: 4 }),
  incidents,
});

/** One message that fails again and again, and is retried by hand each time, shortly before it would be forgotten. */
export const months: fc.Arbitrary<Schedule> = fc
  .record({
    setup,
    message: scheduledMessage,
    rejections: fc.integer({ min: 1, max: 4 }),
    later: fc.array(answer, { maxLength: 3 }),
    incidents: fc.array(incident, { maxLength: 4 }),
  })
  .map(({ setup, message, rejections, later, incidents }) => ({
    setup,
    messages: [{ ...message, answers: [...Array.from({ length: rejections }, () => REJECTS), ...later] }],
    actions: [
      {
        kind: "retry" as const,
        when: { ms: 29 * DAY, after: { message: 0, reason: "TARGET_REJECTED" as const } },
        message: 0,
        again: 4,
      },
    ],
    incidents,
  }));

/** Fewer messages, short schedules of retries and no long outages: for servers that take their time. */
export const smallSchedules: fc.Arbitrary<Schedule> = fc.record({
  setup: setup.map((full) => ({ ...full, retryScheduleMs: full.retryScheduleMs.slice(0, 2) })),
  messages: fc.array(scheduledMessage, { minLength: 1, maxLength: 2 }),
  actions: fc
    .array(action, { maxLength: 2 })
    .map((actions) => actions.filter(({ kind }) => !kind.endsWith("Outage"))),
  incidents: fc.array(incident, { maxLength: 8 }),
});
