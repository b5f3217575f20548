/** Schedules of one machine: its process is killed in the middle of everything, and the next one goes on with it. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import { eventSchedules } from "./generate-events.ts";
import { holds } from "./generate-holds.ts";
import { ANYWHERE, spanOf } from "./generate-incidents.ts";
import { answer } from "./generate-messages.ts";
import { orderedSchedules } from "./generate-order.ts";
import { moments } from "./generate-times.ts";
import { messageSchedules } from "./schedules.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Action, Schedule, Setup } from "./simulate/schedule.ts";

/** One machine has one clock: no process takes another time for the right one than the others do. */
const isOfOneClock = (fault: Fault) => fault !== "clockAhead" && fault !== "clockBack";

/** Until it delivers again. */
const pause = fc.constantFrom(0, 1, 10, SECOND, MINUTE);

const restart: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant("restart" as const),
  when: fc.oneof(
    { weight: 1, arbitrary: fc.record({ ms: moments }) },
    {
      weight: 4,
      arbitrary: fc.record({
        ms: moments,
        after: fc.record({
          message: fc.constantFrom(0, 0, 0, 1, 2),
          reason: fc.constantFrom<HistoryReason>(
            ...(["CLAIMED", "CLAIMED", "CLAIMED", "ENQUEUED", "EXPANDED"] as const),
            ...(["RETRY", "LEASE_EXPIRED", "DELIVERED", "ENDPOINT_PAUSED"] as const),
          ),
        }),
      }),
    },
  ),
  ms: pause,
});

/** What the next process does, and what its claims are written over. */
const ofRestarts: fc.Arbitrary<Incident> = fc
  .tuple(
    fc.constantFrom<Operation>(
      ...(["abandonLease", "abandonLease", "abandonLease", "get", "takeOver", "claim"] as const),
      ...(["leaseOver", "complete", "retryLater", "request", "delete", "putAttempt"] as const),
    ),
    fc.constantFrom(...ANYWHERE.filter(isOfOneClock)),
  )
  .chain(([operation, fault]) =>
    fc.record({
      operation: fc.constant(operation),
      message: fc.constantFrom(0, 0, 0, 1),
      occurrence: fc.constantFrom(1, 1, 1, 2, 3),
      times: fc.constantFrom(1, 1, 3, 12),
      fault: fc.constant(fault),
      span: spanOf(fault),
    }),
  );

const restarts = fc.record({
  actions: fc.array(restart, { minLength: 1, maxLength: 3 }),
  incidents: fc.array(ofRestarts, { maxLength: 3 }),
});

/** The same on one machine, whose process is killed up to three times. */
function restarted(from: fc.Arbitrary<Schedule>): fc.Arbitrary<Schedule> {
  return fc.tuple(from, restarts).map(([schedule, { actions, incidents }]) => ({
    ...schedule,
    setup: { ...schedule.setup, skewMs: 0 },
    actions: [...schedule.actions, ...actions],
    incidents: [...schedule.incidents.filter(({ fault }) => isOfOneClock(fault)), ...incidents],
  }));
}

const SETUP: Setup = {
  retryScheduleMs: [5 * SECOND, 5 * MINUTE],
  queueDeadlineMs: MINUTE,
  workers: 4,
  batchSize: 1,
  groups: 1,
  skewMs: 0,
  leaseMs: MINUTE,
  endsWorkers: false,
  freezes: false,
  secondReconcilerMs: 0,
  batched: false,
};

const SLOW = { kind: "answers" as const, status: 200, afterMs: 14 * SECOND };

/** Killed in the middle of a request; several copies of the message come to the next process, which is slow to look at them. */
const midRequest: fc.Arbitrary<Schedule> = fc
  .record({
    schedule: fc.record({
      workers: fc.constantFrom(1, 2, 4),
      leaseMs: fc.constantFrom(17 * SECOND, MINUTE),
      copies: fc.constantFrom(1, 3),
      answers: fc.array(fc.oneof(fc.constant(SLOW), answer), { maxLength: 3 }),
      killed: fc.record({ ms: fc.constantFrom(2, 5, SECOND, 10 * SECOND), pause }),
    }),
    slow: fc.record({
      operation: fc.constantFrom<Operation>("abandonLease", "abandonLease", "get"),
      occurrence: fc.constantFrom(1, 1, 2, 3, 4),
      span: fc.record({
        ms: fc.constant(HOUR),
        until: fc.constantFrom<HistoryReason>("CLAIMED", "CLAIMED", "DELIVERED", "RETRY", "LEASE_EXPIRED"),
      }),
    }),
    others: fc.array(ofRestarts, { maxLength: 2 }),
  })
  .map(
    ({ schedule: { workers, leaseMs, copies, answers, killed }, slow, others }): Schedule => ({
      setup: { ...SETUP, workers, leaseMs },
      messages: [{ idempotent: true, posts: [{ when: { ms: 0 }, repeats: 0, conflicting: false }], answers }],
      actions: [
        {
          kind: "restart",
          when: { ms: killed.ms, after: { message: 0, reason: "CLAIMED" } },
          ms: killed.pause,
        },
      ],
      incidents: [
        {
          operation: "send",
          message: 0,
          occurrence: 1,
          times: copies,
          fault: "copyDoubled",
          span: { ms: 1 },
        },
        { ...slow, message: 0, times: 1, fault: "stallsBefore" },
        ...others,
      ],
    }),
  );

/** A listener delivers what a worker has held, which has not got round to deleting its copy: that comes to the next process. */
const besideListener: fc.Arbitrary<Schedule> = fc
  .record({
    answer: fc.constantFrom(SLOW, { ...SLOW, afterMs: 3 * SECOND }, { ...SLOW, status: 503 }),
    killedAfterMs: fc.constantFrom(1, 2, SECOND, 2 * SECOND, 15 * SECOND),
    pause,
    stalls: fc.constantFrom<Fault>("stallsBefore", "freezesBefore", "diesBefore"),
    others: fc.array(ofRestarts, { maxLength: 2 }),
  })
  .map(({ answer, killedAfterMs, pause: ms, stalls, others }): Schedule => {
    const post = { when: { ms: 0 }, repeats: 0, conflicting: false };
    return {
      setup: SETUP,
      messages: [],
      fanOut: {
        endpoints: [{ created: undefined, foreign: false, answers: [answer] }],
        events: [{ idempotent: true, eventType: "order.paid", large: false, posts: [post] }],
        changes: [{ kind: "PAUSED", when: { ms: SECOND }, endpoint: 0 }],
        listeners: [{ when: { ms: 30 * SECOND }, endpoint: 0, looks: 20 }],
      },
      actions: [
        // For longer than what the copy says of the endpoint counts.
        { kind: "workersRest", when: { ms: 0 }, ms: 30 * SECOND },
        { kind: "restart", when: { ms: killedAfterMs, after: { message: 0, reason: "CLAIMED" } }, ms },
      ],
      incidents: [
        { operation: "delete", message: 0, occurrence: 1, times: 1, fault: stalls, span: { ms: HOUR } },
        ...others,
      ],
    };
  });

/** Those in lanes alone. */
export const restartedInOrder = restarted(orderedSchedules);

export const restartedSchedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 3, arbitrary: restarted(messageSchedules) },
  { weight: 2, arbitrary: restartedInOrder },
  { weight: 2, arbitrary: restarted(eventSchedules) },
  { weight: 2, arbitrary: restarted(holds) },
  { weight: 2, arbitrary: midRequest },
  { weight: 1, arbitrary: besideListener },
);

/** For servers that take their time. */
export const smallRestartedSchedules: fc.Arbitrary<Schedule> = restarted(midRequest);
