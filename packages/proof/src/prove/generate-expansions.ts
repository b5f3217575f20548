/** Schedules of events that are expanded in slices, and of events that a replay adds an endpoint to. */
import { HOUR, MINUTE } from "@homing/core/duration";
import fc from "fast-check";
import { answers, change, eventSetup, plainEvent, seldom, withinEndpoints } from "./event-parts.ts";
import { amongOthers } from "./generate-incidents.ts";
import { moments, span } from "./generate-times.ts";
import type { Change, ScheduledEndpoint } from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Schedule } from "./simulate/schedule.ts";

/** Of the calls that an expansion by workers is made of; so many that copies end as dead letters, too. */
const sliceIncidents: fc.Arbitrary<Incident[]> = fc.array(
  fc.record({
    operation: fc.constantFrom<Operation>(
      ...(["getEvent", "getEvent", "getEventPayload", "insert", "noteSlice", "noteSlice"] as const),
      ...(["expandEvent", "postponeEvent", "bringEventForward", "getSlices", "send"] as const),
    ),
    message: fc.constant(0),
    occurrence: fc.integer({ min: 1, max: 12 }),
    times: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.constantFrom(10, 40) },
    ),
    fault: fc.constantFrom<Fault>(
      "throttled",
      "diesBefore",
      "diesAfter",
      "stallsAfter",
      "answerLost",
      "happensLater",
    ),
    span,
  }),
  { maxLength: 3 },
);

/** An event to more endpoints than a call makes messages for, in several slices. */
export const sliced: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
  messages: fc.constant([]),
  fanOut: fc
    .record({
      endpoints: fc
        .integer({ min: 11, max: 13 })
        .map((count) =>
          Array.from(
            { length: count },
            (): ScheduledEndpoint => ({ created: undefined, foreign: false, answers: [] }),
          ),
        ),
      events: fc.array(plainEvent, { minLength: 1, maxLength: 1 }),
      changes: fc.array(change, { maxLength: 2 }),
    })
    .map(withinEndpoints),
  actions: seldom(
    fc.record({
      kind: fc.constantFrom("queueOutage" as const, "storageOutage" as const),
      when: fc.record({ ms: moments }),
      ms: fc.constantFrom(HOUR, 2 * HOUR),
    }),
  ).map((outage) => (outage ? [outage] : [])),
  incidents: sliceIncidents,
});

/** An endpoint that comes too late for an event is brought it, soon or when its other deliveries are forgotten. */
export const replays: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
  messages: fc.constant([]),
  fanOut: fc.record({
    endpoints: fc
      .record({ answers, late: fc.constantFrom(MINUTE, HOUR) })
      .map(({ answers: given, late }): ScheduledEndpoint[] => [
        { created: undefined, foreign: false, answers: given },
        { created: { ms: late }, foreign: false, answers: [] },
      ]),
    events: fc.array(plainEvent, { minLength: 1, maxLength: 2 }),
    changes: fc
      .record({ again: fc.boolean(), ms: fc.constantFrom(2 * HOUR, 2 * HOUR, 33 * 24 * HOUR) })
      .map(({ again, ms }): Change[] => [
        { kind: "replay", when: { ms }, endpoint: 1 },
        ...(again ? [{ kind: "replay" as const, when: { ms: ms + 1 }, endpoint: 1 }] : []),
      ]),
  }),
  actions: fc.constant([]),
  incidents: amongOthers(
    fc
      .record({
        operation: fc.constantFrom<Operation>(
          "appendEvent",
          "appendEvent",
          "insert",
          "expandEvent",
          "keepEventPayload",
        ),
        message: fc.constant(0),
        occurrence: fc.integer({ min: 1, max: 4 }),
        fault: fc.constantFrom<Fault>("diesAfter", "stallsAfter", "answerLost", "throttled", "happensLater"),
        span,
      })
      .map((one) => [{ ...one, times: 1 }]),
  ),
});
