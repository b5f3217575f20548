/** Schedules of endpoints with a rate limit: more events than it lets through, and workers that rest meanwhile. */
import { MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { answers, eventSetup, plainEvent, rateLimit, seldom } from "./event-parts.ts";
import { ANYWHERE, faultsOf, spanOf } from "./generate-incidents.ts";
import type { Change, ScheduledEndpoint } from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Action, Schedule } from "./simulate/schedule.ts";

const CALLS = [
  ...(["reserve", "reserve", "throttle", "throttle", "repace", "enqueue", "enqueue", "insert"] as const),
  ...(["send", "delete", "claim", "getMany", "hold", "rollback", "orphan", "expandEvent"] as const),
] as const satisfies readonly Operation[];

const incident: fc.Arbitrary<Incident> = fc.constantFrom<Operation>(...CALLS).chain((operation) =>
  (operation === "send" ? faultsOf(operation) : fc.constantFrom<Fault>(...ANYWHERE)).chain((fault) =>
    fc.record({
      operation: fc.constant(operation),
      message: fc.constantFrom(0, 0, 1, 2),
      occurrence: fc.integer({ min: 1, max: 4 }),
      times: fc.constantFrom(1, 1, 1, 3),
      fault: fc.constant(fault),
      span: spanOf(fault),
    }),
  ),
);

const rests: fc.Arbitrary<Action[]> = fc.array(
  fc.record({
    kind: fc.constant("workersRest" as const),
    when: fc.record({ ms: fc.constantFrom(0, SECOND, 5 * MINUTE) }),
    ms: fc.constantFrom(20 * SECOND, 2 * MINUTE, 5 * MINUTE, 12 * MINUTE),
  }),
  { maxLength: 2 },
);

/** The second time, if there is one, most often before the reconciler has come to what the first has left. */
const changes: fc.Arbitrary<Change[]> = fc
  .record({
    stopped: fc.constantFrom<Change["kind"]>("PAUSED", "PAUSED", "PAUSED", "DISABLED"),
    at: fc.constantFrom(0, 50, SECOND, 2 * MINUTE),
    forMs: fc.constantFrom(SECOND, 30 * SECOND, MINUTE),
    again: seldom(fc.constantFrom(SECOND, 10 * SECOND, 5 * MINUTE)),
  })
  .map(({ stopped, at, forMs, again }) =>
    [at, ...(again === undefined ? [] : [at + forMs + again])].flatMap((ms) => [
      { kind: stopped, when: { ms }, endpoint: 0 },
      { kind: "ACTIVE" as const, when: { ms: ms + forMs }, endpoint: 0 },
    ]),
  );

export const paced: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
  messages: fc.constant([]),
  fanOut: fc.record({
    endpoints: fc
      .record({ rateLimit, answers, unlimited: fc.boolean() })
      .map(({ unlimited, ...given }): ScheduledEndpoint[] => [
        { created: undefined, foreign: false, ...given },
        ...(unlimited ? [{ created: undefined, foreign: false, answers: given.answers }] : []),
      ]),
    events: fc.array(plainEvent, { minLength: 2, maxLength: 4 }),
    changes: fc.oneof(fc.constant<Change[]>([]), changes),
  }),
  actions: rests,
  incidents: fc.array(incident, { maxLength: 4 }),
});
