/** Schedules of endpoints that are paused while events come, and of what people want of them meanwhile. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { answers, eventSetup, plainEvent, seldom } from "./event-parts.ts";
import type { Change, ScheduledEndpoint, ScheduledEvent, ScheduledListener } from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Action, Schedule } from "./simulate/schedule.ts";

/** Whoever takes a copy then has to look at its endpoint again. */
const LATE_WORKERS: Action = { kind: "workersRest", when: { ms: 0 }, ms: MINUTE };

const oneEndpoint = answers.map((given): ScheduledEndpoint[] => [
  { created: undefined, foreign: false, answers: given },
]);

const eventAt = (ms: number): fc.Arbitrary<ScheduledEvent> =>
  plainEvent.map(({ deliverWithinMs: _, ...rest }) => ({
    ...rest,
    posts: [{ when: { ms }, repeats: 0, conflicting: false }],
  }));

const once = (operation: Operation, occurrence: number, fault: Fault, ms: number): Incident => ({
  operation,
  message: 0,
  occurrence,
  times: 1,
  fault,
  span: { ms },
});

/** An endpoint is paused, events come, and it is activated or ended: at once, and after a look that found nothing. */
export const holds: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
  messages: fc.constant([]),
  fanOut: fc.record({
    endpoints: fc
      .array(answers, { minLength: 1, maxLength: 2 })
      .map((all) =>
        all.map((given): ScheduledEndpoint => ({ created: undefined, foreign: false, answers: given })),
      ),
    events: fc.array(plainEvent, { minLength: 2, maxLength: 3 }).map((all) =>
      all.map((one, index) => ({
        ...one,
        posts: one.posts.map((given) => ({ ...given, when: { ms: index * 50 } })),
      })),
    ),
    listeners: fc
      .record({ ms: fc.constantFrom(SECOND, 5 * SECOND, MINUTE), looks: fc.integer({ min: 1, max: 20 }) })
      .chain(({ ms, looks }) =>
        fc.constantFrom<readonly ScheduledListener[]>([], [{ when: { ms }, endpoint: 0, looks }]),
      ),
    changes: fc
      .record({
        pausedAt: fc.constantFrom(0, 1, 30, 120),
        end: fc.constantFrom<Change["kind"]>("ACTIVE", "ACTIVE", "ACTIVE", "DISABLED", "delete"),
        endedAt: fc.constantFrom(SECOND, 5 * SECOND, MINUTE, HOUR, 9 * 24 * HOUR),
        again: seldom(fc.constantFrom(20 * MINUTE + 30 * SECOND, 21 * MINUTE, 22 * MINUTE)),
      })
      .map(({ pausedAt, end, endedAt, again }): Change[] => [
        { kind: "PAUSED", when: { ms: pausedAt }, endpoint: 0 },
        { kind: end, when: { ms: endedAt }, endpoint: 0 },
        ...(again === undefined
          ? []
          : ([
              { kind: "PAUSED", when: { ms: endedAt + again }, endpoint: 0 },
              { kind: "ACTIVE", when: { ms: endedAt + again + 30 * SECOND }, endpoint: 0 },
            ] as const)),
      ]),
  }),
  actions: fc.boolean().map((late) => (late ? [LATE_WORKERS] : [])),
  incidents: fc.array(
    fc.record({
      operation: fc.constantFrom<Operation>(
        ...(["hold", "hold", "changeEndpoint", "changeEndpoint", "getEndpoint", "enqueue"] as const),
        ...(["list", "send", "delete", "holdOn", "failDisabled", "cancelDeleted"] as const),
      ),
      message: fc.constant(0),
      occurrence: fc.integer({ min: 1, max: 4 }),
      times: fc.constant(1),
      fault: fc.constantFrom<Fault>("stallsBefore", "stallsAfter", "happensLater", "throttled", "diesAfter"),
      span: fc.record({ ms: fc.constantFrom(SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE) }),
    }),
    { maxLength: 3 },
  ),
});

/** A look finds nothing; before its end is written the endpoint is paused, holds an event, and is activated again. */
export const secondThoughts: fc.Arbitrary<Schedule> = fc
  .record({
    setup: eventSetup.map((given) => ({ ...given, skewMs: 0 })),
    endpoints: oneEndpoint,
    event: eventAt(21 * MINUTE + 10 * SECOND),
    occurrence: fc.constantFrom(3, 3, 4),
    stallsForMs: fc.constantFrom(25 * SECOND, 35 * SECOND, MINUTE),
  })
  .map(({ setup, endpoints, event, occurrence, stallsForMs }) => ({
    setup,
    messages: [],
    fanOut: {
      endpoints,
      events: [event],
      changes: (["PAUSED", "ACTIVE", "PAUSED", "ACTIVE"] as const).map((kind, index) => ({
        kind,
        when: { ms: [SECOND, 2 * SECOND, 21 * MINUTE + 5 * SECOND, 21 * MINUTE + 20 * SECOND][index] ?? 0 },
        endpoint: 0,
      })),
    },
    actions: [],
    incidents: [once("changeEndpoint", occurrence, "stallsBefore", stallsForMs)],
  }));

/** A worker that saw the endpoint paused holds a message, and that takes effect when it is long activated. */
export const lateHolds: fc.Arbitrary<Schedule> = fc
  .record({
    setup: eventSetup.map((given) => ({ ...given, skewMs: 0 })),
    endpoints: oneEndpoint,
    event: eventAt(0),
    end: fc.constantFrom("ACTIVE" as const, "DISABLED" as const),
    endedAt: fc.constantFrom(61 * SECOND, 70 * SECOND),
    lateMs: fc.constantFrom(75 * SECOND, 130 * SECOND),
  })
  .map(({ setup, endpoints, event, end, endedAt, lateMs }) => ({
    setup,
    messages: [],
    fanOut: {
      endpoints,
      events: [event],
      changes: [
        { kind: "PAUSED" as const, when: { ms: SECOND }, endpoint: 0 },
        { kind: end, when: { ms: endedAt }, endpoint: 0 },
      ],
    },
    actions: [LATE_WORKERS],
    incidents: [once("hold", 1, "happensLater", lateMs)],
  }));

/** Somebody asks by hand for what was held or has failed, while copies of that attempt are still about. */
export const secondWishes: fc.Arbitrary<Schedule> = fc
  .record({
    setup: eventSetup,
    endpoints: oneEndpoint,
    event: eventAt(0),
    kind: fc.constantFrom("PAUSED" as const, "DISABLED" as const),
    askedAt: fc.constantFrom(2 * MINUTE, 3 * MINUTE + 50 * SECOND),
    lateMs: fc.constantFrom(SECOND, MINUTE, 3 * MINUTE),
  })
  .map(({ setup, endpoints, event, kind, askedAt, lateMs }) => ({
    setup,
    messages: [],
    fanOut: { endpoints, events: [event], changes: [{ kind, when: { ms: SECOND }, endpoint: 0 }] },
    actions: [LATE_WORKERS, { kind: "retry", when: { ms: askedAt }, message: 0 }],
    incidents: [once("delete", 1, "lostBefore", 1), once("send", 2, "copyLate", lateMs)],
  }));
