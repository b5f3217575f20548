/** Schedules of messages with ordering keys: several lanes, lines that overflow, retries by hand, steps that are slow. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import { action, setup } from "./generate.ts";
import { ANYWHERE, amongOthers, incident, spanOf } from "./generate-incidents.ts";
import { answer, REJECTS, scheduledMessage } from "./generate-messages.ts";
import { moments, when } from "./generate-times.ts";
import type { Fault, Incident, Operation, Span } from "./simulate/incident.ts";
import type { Action, Schedule, ScheduledMessage, Setup } from "./simulate/schedule.ts";

/** Of which message, and of which overflow, most calls of a lane do not say: those count as the first message's. */
const OF_A_LANE = [
  "openOverflow",
  "hintSegment",
  "armLane",
  "sealSegment",
  "loadSegment",
  "moveLaneOn",
  "disarmLane",
  "getLane",
  "getLanes",
  "dueLanes",
] as const satisfies readonly Operation[];

const OF_A_PLACE = [
  "joinLane",
  "joinSegment",
  "passPlace",
  "markLane",
  "nudgeLane",
  "release",
  "awaitTurn",
  "retryInPlace",
  "retryAtEnd",
  "skip",
] as const satisfies readonly Operation[];

const MOST_MESSAGES = 6;
const messageNumber = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat({ max: MOST_MESSAGES - 1 }) },
);

/** Short lines: then three messages are enough for an overflow. */
const orderedSetup: fc.Arbitrary<Setup> = fc
  .tuple(setup, fc.constantFrom(1, 1, 2, 3, undefined))
  .map(([other, linePlaces]) => (linePlaces === undefined ? other : { ...other, linePlaces }));

function callOf(of: fc.Arbitrary<Operation>, message: fc.Arbitrary<number>, faults: fc.Arbitrary<Fault>) {
  return fc.tuple(of, faults).chain(([operation, fault]) =>
    fc.record({
      operation: fc.constant(operation),
      message,
      occurrence: fc.integer({ min: 1, max: 4 }),
      times: fc.constantFrom(1, 1, 1, 3),
      fault: fc.constant(fault),
      span: spanOf(fault),
    }),
  );
}

function laneIncident(faults: fc.Arbitrary<Fault>): fc.Arbitrary<Incident> {
  const places = fc.constantFrom<Operation>(...OF_A_PLACE, "joinLane", "passPlace", "release");
  return fc.oneof(
    callOf(fc.constantFrom<Operation>(...OF_A_LANE), fc.constant(0), faults),
    callOf(places, messageNumber, faults),
  );
}

/** Who is slow goes on with what it knew; who dies leaves the next step to others. */
const slowOrDead = fc.constantFrom<Fault>(
  "stallsBefore",
  "stallsBefore",
  "stallsAfter",
  "diesBefore",
  "diesAfter",
  "answerLost",
);

const orderedMessage: fc.Arbitrary<ScheduledMessage> = fc
  .record({
    message: scheduledMessage,
    lane: fc.constantFrom(0, 0, 0, 1, undefined),
    blocks: fc.constantFrom(true, false, false),
  })
  .map(({ message, lane, blocks }) => {
    if (lane === undefined) return message;
    const { deliverAfterMs: _, ...whenever } = message;
    return { ...whenever, lane, ...(blocks ? { blocks: true as const } : {}) };
  });

const orderedAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: action },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("skip" as const), when, message: messageNumber }),
  },
);

/** Messages of one or two ordering keys, some that block, beside others. */
const anyOrdered: fc.Arbitrary<Schedule> = fc.record({
  setup: orderedSetup,
  messages: fc.oneof(
    { weight: 6, arbitrary: fc.array(orderedMessage, { minLength: 2, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(orderedMessage, { minLength: 8, maxLength: 8 }) },
  ),
  actions: fc.array(orderedAction, { maxLength: 4 }),
  incidents: fc.array(fc.oneof(incident, laneIncident(fc.constantFrom<Fault>(...ANYWHERE))), {
    maxLength: 10,
  }),
});

function ofLane(lane: number, message: fc.Arbitrary<Partial<ScheduledMessage>>) {
  return fc.tuple(message, fc.boolean(), moments, fc.nat({ max: 2 })).map(
    ([over, idempotent, ms, repeats]): ScheduledMessage => ({
      idempotent,
      lane,
      posts: [{ when: { ms }, repeats, conflicting: false }],
      answers: [],
      ...over,
    }),
  );
}

/** Many of one key that nearly all succeed at once: what is hard is who joins where, and what is loaded when. */
const overflowing: fc.Arbitrary<Schedule> = fc.record({
  setup: fc.tuple(setup, fc.constantFrom(1, 2)).map(([other, linePlaces]) => ({ ...other, linePlaces })),
  messages: fc.array(
    ofLane(
      0,
      fc.record({
        answers: fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(answer, { maxLength: 2 }) },
        ),
      }),
    ),
    { minLength: 3, maxLength: MOST_MESSAGES },
  ),
  actions: fc.array(action, { maxLength: 1 }),
  incidents: fc.array(laneIncident(slowOrDead), { minLength: 1, maxLength: 5 }),
});

const FINISHED = ["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "EXPIRED"] as const satisfies HistoryReason[];

/** The first message fails and is tried again by hand while somebody still acts upon what was before. */
const laterRounds: fc.Arbitrary<Schedule> = fc.record({
  setup: orderedSetup,
  messages: fc
    .tuple(
      ofLane(
        0,
        fc.constantFrom<Partial<ScheduledMessage>>(
          { answers: [REJECTS] },
          { answers: [REJECTS, REJECTS] },
          { answers: [REJECTS], blocks: true },
          { deliverWithinMs: SECOND },
          { deliverWithinMs: MINUTE },
        ),
      ),
      fc.array(ofLane(0, fc.record({ answers: fc.array(answer, { maxLength: 3 }) })), {
        minLength: 1,
        maxLength: 2,
      }),
    )
    .map(([first, others]) => [first, ...others]),
  actions: fc
    .tuple(
      fc.constantFrom(...FINISHED),
      fc.integer({ min: 0, max: 12 }),
      fc.array(orderedAction, { maxLength: 1 }),
      fc.constantFrom(0, 2 * MINUTE, 20 * MINUTE),
    )
    .map(([reason, ms, others, restMs]): Action[] => [
      { kind: "retry", when: { ms, after: { message: 0, reason } }, message: 0 },
      ...(restMs === 0 ? [] : [{ kind: "workersRest" as const, when: { ms: 0 }, ms: restMs }]),
      ...others,
    ]),
  incidents: amongOthers(
    fc
      .record({
        operation: fc.constantFrom<Operation>(
          "release",
          "awaitTurn",
          "passPlace",
          "send",
          "claim",
          "complete",
        ),
        fault: fc.constantFrom<Fault>("stallsBefore", "diesBefore", "answerLost"),
        occurrence: fc.constantFrom(1, 1, 2),
        until: fc.constantFrom<HistoryReason>("MANUAL_RETRY", "MANUAL_RETRY", "CLAIMED"),
      })
      .map(({ operation, fault, occurrence, until }) => [
        {
          operation,
          message: 0,
          occurrence,
          times: operation === "send" ? 3 : 1,
          fault,
          span: { ms: HOUR, until },
        },
      ]),
  ),
});

const UNANSWERED = { ...REJECTS, status: 503 };

function struck(
  operation: Operation,
  fault: Fault,
  ms: number | "untilClaimed",
  { message = 0, occurrence = 1, times = 1 } = {},
): Incident {
  const span: Span = ms === "untilClaimed" ? { ms: HOUR, until: "CLAIMED" } : { ms };
  return { operation, message, occurrence, times, fault, span };
}

/** Less than is left of a lease, and more. */
const within = fc.constantFrom(5 * SECOND, 16 * SECOND, 40 * SECOND);
const beyond = fc.constantFrom(2 * MINUTE, 5 * MINUTE, 16 * MINUTE);

/** Whoever holds the first message stands still while it is taken from him, and goes on. */
const stalls: fc.Arbitrary<Pick<Schedule, "actions" | "incidents"> & { setup?: Partial<Setup> }> = fc.oneof(
  within.map((ms) => ({
    actions: [
      {
        kind: "cancel" as const,
        message: 0,
        when: { ms: SECOND, after: { message: 0, reason: "CLAIMED" as const } },
      },
    ],
    incidents: [struck("claim", "stallsAfter", ms)],
  })),
  beyond.map((ms) => ({ actions: [], incidents: [struck("claim", "stallsAfter", ms)] })),
  within.map((ms) => ({
    actions: [],
    incidents: [
      struck("request", "stallsAfter", "untilClaimed"),
      struck("claim", "stallsAfter", ms, { occurrence: 2 }),
    ],
  })),
  // Who ends a lease leaves the lane to the next reconciler, which comes while the new claim still holds.
  fc.constant({
    setup: { retryScheduleMs: [], leaseMs: MINUTE, queueDeadlineMs: MINUTE, secondReconcilerMs: 30 * SECOND },
    actions: [
      {
        kind: "retry" as const,
        message: 0,
        when: { ms: SECOND, after: { message: 0, reason: "ATTEMPTS_EXHAUSTED" as const } },
      },
    ],
    incidents: [
      struck("request", "diesBefore", 1),
      struck("leaseOver", "stallsBefore", "untilClaimed"),
      struck("claim", "stallsAfter", 40 * SECOND, { occurrence: 2, times: 2 }),
    ],
  }),
);

const stalledHolder: fc.Arbitrary<Schedule> = fc
  .record({
    setup: orderedSetup.map((other) => ({ ...other, endsWorkers: false, workers: 3, batchSize: 1 })),
    messages: fc.tuple(
      ofLane(0, fc.constantFrom<Partial<ScheduledMessage>>({}, { answers: [UNANSWERED] })),
      ofLane(
        0,
        fc.record({ ms: fc.integer({ min: 0, max: 12 }), late: fc.boolean() }).map(({ ms, late }) => {
          const after = { message: 0, reason: "MANUAL_RETRY" as const };
          return late ? { posts: [{ when: { ms, after }, repeats: 0, conflicting: false }] } : {};
        }),
      ),
    ),
    stalls,
    others: fc.record({
      actions: fc.array(orderedAction, { maxLength: 1 }),
      incidents: fc.array(laneIncident(slowOrDead), { maxLength: 1 }),
    }),
  })
  .map(({ setup, messages, stalls, others }) => ({
    setup: { ...setup, ...stalls.setup },
    messages,
    actions: [...stalls.actions, ...others.actions],
    incidents: [...stalls.incidents, ...others.incidents],
  }));

/** A reconciler saw the last one at work, and means to leave the lane alone, when another has joined and waits. */
const oneIsLeft: fc.Arbitrary<Schedule> = fc
  .record({
    setup: orderedSetup.map((other) => ({
      ...other,
      retryScheduleMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE],
      queueDeadlineMs: MINUTE,
      batched: false,
    })),
    failures: fc.constantFrom(1, 2, 3),
    joinsAt: fc.constantFrom(61 * SECOND, 2 * MINUTE, 3 * MINUTE),
    slow: fc.constantFrom<Operation>("disarmLane", "disarmLane", "moveLaneOn", "awaitTurn"),
    ms: fc.constantFrom(MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE, 6 * MINUTE, 16 * MINUTE),
    deaths: fc.constantFrom(1, 12),
    others: fc.array(laneIncident(slowOrDead), { maxLength: 1 }),
  })
  .map(({ setup, failures, joinsAt, slow, ms, deaths, others }) => ({
    setup,
    messages: [0, 1, joinsAt].map((at, index) => ({
      idempotent: true,
      lane: 0,
      posts: [{ when: { ms: at }, repeats: 0, conflicting: false }],
      answers: index === 1 ? Array.from({ length: failures }, () => UNANSWERED) : [],
    })),
    actions: [],
    incidents: [
      struck(slow, "stallsBefore", ms),
      struck("passPlace", "diesAfter", 1, { message: 1, times: deaths }),
      ...others,
    ],
  }));

/** Whoever loads a segment has read it, and stands still while others join, load and go on. */
const slowLoader: fc.Arbitrary<Schedule> = fc
  .record({
    setup: orderedSetup.map((other) => ({ ...other, queueDeadlineMs: MINUTE, batched: false })),
    linePlaces: fc.constantFrom(1, 2),
    first: fc.constantFrom(2, 3),
    at: fc.constantFrom(2 * SECOND, 20 * SECOND, 2 * MINUTE, 3 * MINUTE),
    longer: fc.constantFrom(-SECOND, SECOND, 30 * SECOND),
    occurrence: fc.constantFrom(1, 2, 3),
    deaths: fc.constantFrom(0, 12),
    others: fc.array(laneIncident(slowOrDead), { maxLength: 1 }),
  })
  .map(({ setup, linePlaces, first, at, longer, occurrence, deaths, others }) => ({
    setup: { ...setup, linePlaces },
    messages: [...[0, 1, 2].slice(0, first), at, at + 1, at + 2].map((ms) => ({
      idempotent: true,
      lane: 0,
      posts: [{ when: { ms }, repeats: 0, conflicting: false }],
      answers: [],
    })),
    actions: [],
    incidents: [
      struck("loadSegment", "stallsBefore", at + longer, { occurrence }),
      ...(deaths === 0 ? [] : [struck("passPlace", "diesAfter", 1, { message: first, times: deaths })]),
      ...others,
    ],
  }));

/** Who finishes a message dies before the next one begins, and so does whoever is handed its copy again. */
const finisherDies: fc.Arbitrary<Schedule> = fc.record({
  setup: orderedSetup,
  messages: fc.array(ofLane(0, fc.record({ answers: fc.array(answer, { maxLength: 2 }) })), {
    minLength: 2,
    maxLength: 4,
  }),
  actions: fc.array(orderedAction, { maxLength: 1 }),
  incidents: amongOthers(
    fc
      .record({
        operation: fc.constantFrom<Operation>("passPlace", "passPlace", "complete", "fail"),
        message: fc.nat({ max: 2 }),
        times: fc.constantFrom(1, 12),
        slow: fc.constantFrom<Operation>("disarmLane", "moveLaneOn", "armLane", "awaitTurn"),
        ms: fc.constantFrom(10 * SECOND, 61 * SECOND, 2 * MINUTE, 5 * MINUTE, 16 * MINUTE),
      })
      .map(({ operation, message, times, slow, ms }): Incident[] => [
        { operation, message, occurrence: 1, times, fault: "diesAfter", span: { ms: 1 } },
        { operation: slow, message: 0, occurrence: 1, times: 1, fault: "stallsBefore", span: { ms } },
      ]),
  ),
});

export const orderedSchedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 4, arbitrary: anyOrdered },
  { weight: 2, arbitrary: overflowing },
  { weight: 1, arbitrary: laterRounds },
  { weight: 1, arbitrary: stalledHolder },
  { weight: 1, arbitrary: finisherDies },
  { weight: 1, arbitrary: oneIsLeft },
  { weight: 1, arbitrary: slowLoader },
);

/** Short schedules of retries and no long outages: for servers that take their time. */
export const smallOrderedSchedules: fc.Arbitrary<Schedule> = fc
  .oneof(anyOrdered, overflowing, laterRounds, stalledHolder, finisherDies, oneIsLeft, slowLoader)
  .map((full) => ({
    ...full,
    setup: { ...full.setup, retryScheduleMs: full.setup.retryScheduleMs.slice(0, 2) },
    messages: full.messages.slice(0, 4),
    actions: full.actions.filter(({ kind }) => !kind.endsWith("Outage")),
  }));
