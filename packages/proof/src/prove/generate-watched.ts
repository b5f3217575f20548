/** Schedules of endpoints that fail, recover and are disabled, and of operators who are told so. */
import { MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { ofEvents } from "./event-parts.ts";
import { setup } from "./generate.ts";
import { incident } from "./generate-incidents.ts";
import { answer } from "./generate-messages.ts";

import type { Change, ScheduledEndpoint, ScheduledEvent } from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Schedule } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const FAILS: TargetAnswer = { kind: "answers", status: 503, afterMs: 20 };
const SUCCEEDS: TargetAnswer = { kind: "answers", status: 200, afterMs: 20 };
const GONE: TargetAnswer = { kind: "answers", status: 410, afterMs: 20 };

const answers = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(FAILS) },
    { weight: 2, arbitrary: fc.constant(SUCCEEDS) },
    { weight: 1, arbitrary: fc.constant(GONE) },
    { weight: 1, arbitrary: answer },
  ),
  { maxLength: 6 },
);

const endpoint: fc.Arbitrary<ScheduledEndpoint> = answers.map((given) => ({
  created: undefined,
  foreign: false,
  answers: given,
}));

const operators: fc.Arbitrary<ScheduledEndpoint> = fc
  .array(answer, { maxLength: 2 })
  .map((given) => ({ created: undefined, foreign: false, tellsOperators: true as const, answers: given }));

/** From seconds to a quarter of an hour apart. */
const events: fc.Arbitrary<ScheduledEvent[]> = fc
  .array(fc.constantFrom(SECOND, 20 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE), {
    minLength: 1,
    maxLength: 5,
  })
  .map((gaps) =>
    gaps.map((_, index) => ({
      idempotent: true,
      eventType: "order.paid" as const,
      large: false,
      posts: [
        {
          when: { ms: gaps.slice(0, index).reduce((sum, gap) => sum + gap, 40) },
          repeats: 0,
          conflicting: false,
        },
      ],
    })),
  );

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change["kind"]>("configure", "PAUSED", "ACTIVE", "ACTIVE", "DISABLED", "delete"),
  when: fc.record({ ms: fc.integer({ min: 0, max: 30 * MINUTE }) }),
  endpoint: fc.constant(0),
});

const ofHealth: fc.Arbitrary<Incident> = fc.record({
  operation: fc.constantFrom<Operation>(
    "changeEndpoint",
    "changeEndpoint",
    "getEndpoint",
    "list",
    "dueEndpoints",
    "insertEvent",
    "putEventPayload",
    "complete",
    "fail",
  ),
  message: fc.constant(0),
  occurrence: fc.integer({ min: 1, max: 12 }),
  times: fc.constantFrom(1, 1, 2),
  fault: fc.constantFrom<Fault>(
    "diesBefore",
    "diesAfter",
    "stallsBefore",
    "stallsAfter",
    "happensLater",
    "answerLost",
  ),
  span: fc.record({ ms: fc.constantFrom(1, SECOND, 10 * SECOND, MINUTE) }),
});

export const watchedSchedules: fc.Arbitrary<Schedule> = fc.record({
  setup: setup.map((full) => ({
    ...full,
    retryScheduleMs: [5 * SECOND, MINUTE, 5 * MINUTE],
    batched: false,
  })),
  messages: fc.constant([]),
  fanOut: fc
    .record({
      first: endpoint,
      operators,
      events,
      changes: fc.oneof(
        { weight: 2, arbitrary: fc.constant<Change[]>([]) },
        { weight: 1, arbitrary: fc.array(change, { maxLength: 2 }) },
      ),
    })
    .map(({ first, operators: told, ...rest }) => ({
      ...rest,
      endpoints: [first, told],
      watched: true as const,
    })),
  actions: fc.constant([]),
  incidents: fc.oneof(
    { weight: 3, arbitrary: fc.array(ofHealth, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(ofHealth, ofEvents, incident), { maxLength: 6 }) },
  ),
});
