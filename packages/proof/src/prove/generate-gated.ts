/** Schedules of endpoints that fail and hold what comes, are tried, recover, or are moved by hand meanwhile. */
import { MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { actions, ofEvents, rateLimit, seldom } from "./event-parts.ts";
import { setup } from "./generate.ts";
import { incident } from "./generate-incidents.ts";
import type { Change, ScheduledEndpoint, ScheduledEvent } from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Schedule } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const FAILS: TargetAnswer = { kind: "answers", status: 503, afterMs: 20 };
const SUCCEEDS: TargetAnswer = { kind: "answers", status: 200, afterMs: 20 };

/** Each delivery fails some times, then succeeds: one that has failed less often is the first to find it well. */
const endpoint = (limit: fc.Arbitrary<ScheduledEndpoint["rateLimit"]>): fc.Arbitrary<ScheduledEndpoint> =>
  fc
    .tuple(
      limit,
      fc.array(
        fc.oneof(
          { weight: 10, arbitrary: fc.constant(FAILS) },
          { weight: 1, arbitrary: fc.constant(SUCCEEDS) },
        ),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([rateLimit, answers]) => ({
      created: undefined,
      foreign: false,
      ...(rateLimit ? { rateLimit } : {}),
      answers,
    }));

const events: fc.Arbitrary<ScheduledEvent[]> = fc
  .array(
    fc.record({
      gap: fc.constantFrom(100, SECOND, 2 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE),
      deliverWithinMs: fc.option(fc.constantFrom(MINUTE, 10 * MINUTE), { nil: undefined, freq: 8 }),
    }),
    { minLength: 2, maxLength: 7 },
  )
  .map((all) =>
    all.map(({ deliverWithinMs }, index) => ({
      idempotent: true,
      eventType: "order.paid" as const,
      large: false,
      ...(deliverWithinMs === undefined ? {} : { deliverWithinMs }),
      posts: [
        {
          when: { ms: all.slice(0, index).reduce((sum, { gap }) => sum + gap, 40) },
          repeats: 0,
          conflicting: false,
        },
      ],
    })),
  );

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change["kind"]>(
    "configure",
    "PAUSED",
    "ACTIVE",
    "ACTIVE",
    "DISABLED",
    "delete",
    "tryOut",
    "replay",
    "sendUndelivered",
  ),
  when: fc.record({ ms: fc.integer({ min: 0, max: 15 * MINUTE }) }),
  endpoint: fc.constant(0),
});

const ofGates: fc.Arbitrary<Incident> = fc.record({
  operation: fc.constantFrom<Operation>(
    "changeEndpoint",
    "changeEndpoint",
    "reserve",
    "throttle",
    "getEndpoint",
    "raiseVersion",
    "list",
    "dueEndpoints",
    "getMany",
    "hold",
    "holdFailed",
    "enqueue",
    "claim",
    "complete",
    "request",
    "send",
  ),
  message: fc.nat({ max: 6 }),
  occurrence: fc.integer({ min: 1, max: 8 }),
  times: fc.constantFrom(1, 1, 2),
  fault: fc.constantFrom<Fault>(
    "diesBefore",
    "diesAfter",
    "stallsBefore",
    "stallsAfter",
    "happensLater",
    "answerLost",
  ),
  span: fc.record({ ms: fc.constantFrom(1, SECOND, 10 * SECOND, MINUTE, 20 * MINUTE) }),
});

const gatedWith = (limit: fc.Arbitrary<ScheduledEndpoint["rateLimit"]>): fc.Arbitrary<Schedule> =>
  fc.record({
    setup: fc
      .record({ full: setup, perEndpoint: fc.constantFrom(1, 2, 500) })
      .map(({ full, perEndpoint }) => ({
        ...full,
        perEndpoint,
        retryScheduleMs: [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE],
        batched: false,
      })),
    messages: fc.constant([]),
    fanOut: fc
      .record({
        endpoints: endpoint(limit).map((one) => [one]),
        events,
        changes: fc.oneof(
          { weight: 2, arbitrary: fc.constant<Change[]>([]) },
          { weight: 1, arbitrary: fc.array(change, { maxLength: 3 }) },
        ),
      })
      .map((parts) => ({ ...parts, watched: true as const, gated: true as const })),
    actions: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: actions }),
    incidents: fc.oneof(
      { weight: 1, arbitrary: fc.constant<Incident[]>([]) },
      { weight: 3, arbitrary: fc.array(ofGates, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(fc.oneof(ofGates, ofEvents, incident), { maxLength: 6 }) },
    ),
  });

export const gatedSchedules: fc.Arbitrary<Schedule> = gatedWith(seldom(rateLimit));

/** Of endpoints that are limited besides. */
export const gatedAndPaced: fc.Arbitrary<Schedule> = gatedWith(rateLimit);
