/** Schedules from fast-check: small worlds, many faults, and times close enough to each other to race. */
import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import type { Fault, Incident, Operation, Span } from "./simulate/incident.ts";
import type { Post, When } from "./simulate/post.ts";
import type { Action, Schedule, ScheduledMessage, Setup } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const MAX_MESSAGES = 3;

/** A few milliseconds decide who comes first; the rest lie on either side of a lease, a deadline, a delay. */
export const moments = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      SECOND,
      5 * SECOND,
      16 * SECOND,
      59 * SECOND,
      61 * SECOND,
      2 * MINUTE,
      181 * SECOND,
      5 * MINUTE,
      16 * MINUTE,
      HOUR,
    ),
  },
);

const reasons = fc.constantFrom<HistoryReason>(
  "ENQUEUED",
  "CLAIMED",
  "RETRY",
  "SEND_FAILED",
  "LEASE_EXPIRED",
  "ORPHANED",
  "ATTEMPTS_EXHAUSTED",
  "TARGET_REJECTED",
  "DELIVERED",
  "MANUAL_RETRY",
  "CANCELLED",
);

const messageNumber = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat({ max: MAX_MESSAGES - 1 }) },
);

export const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ ms: moments }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ms: moments,
      after: fc.record({ message: messageNumber, reason: reasons }),
    }),
  },
);

/** Long spans outlast a lease, a visibility timeout or a queue deadline; some end with a transition. */
export const span: fc.Arbitrary<Span> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ms: moments }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constant(HOUR), until: reasons }) },
);

const shortSpan: fc.Arbitrary<Span> = fc.record({ ms: fc.constantFrom(1, 3, 20, SECOND, 5 * SECOND) });

/** Up to what a client of the table takes for one call, with all of its own repetitions. */
const slowSpan: fc.Arbitrary<Span> = fc.record({ ms: fc.constantFrom(500, 1_200, 3 * SECOND, 9 * SECOND) });

/** A correction of NTP's, a second to hours. */
const jump: fc.Arbitrary<Span> = fc.record({
  ms: fc.constantFrom(SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR),
});

/** Faults that any call can meet. */
export const ANYWHERE = [
  "throttled",
  "lostBefore",
  "answerLost",
  "happensLater",
  "repeated",
  "slow",
  "stallsBefore",
  "stallsAfter",
  "freezesBefore",
  "freezesAfter",
  "clockAhead",
  "clockBack",
  "diesBefore",
  "diesAfter",
] as const satisfies readonly Fault[];

const TRANSITIONS = [
  "enqueue",
  "claim",
  "complete",
  "retryLater",
  "rollback",
  "leaseOver",
  "takeOver",
  "orphan",
  "fail",
  "giveUp",
  "awaitLease",
  "manualRetry",
  "sendNow",
  "cancel",
  "deadLetter",
  "returnDeadLettered",
] as const satisfies readonly Operation[];

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Operation>(...TRANSITIONS.slice(0, 8)) },
  { weight: 2, arbitrary: fc.constantFrom<Operation>(...TRANSITIONS) },
  { weight: 3, arbitrary: fc.constant<Operation>("send") },
  { weight: 3, arbitrary: fc.constant<Operation>("request") },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Operation>(
      "insert",
      "putPayload",
      "putPayloadIfAbsent",
      "putPayloadIfAbsent",
      "keepPayload",
      "putAttempt",
      "get",
      "getMany",
      "getPayload",
      "due",
      "list",
      "receive",
      "delete",
      "secrets",
    ),
  },
);

export function faultsOf(of: Operation): fc.Arbitrary<Fault> {
  const anywhere = fc.constantFrom<Fault>(...ANYWHERE);
  if (of === "send") {
    const ofSends = fc.constantFrom<Fault>(
      "copyDoubled",
      "copyLate",
      "denied",
      "contentRefused",
      "batchRefused",
      "batchTooLong",
      "batchDenied",
      "answerLost",
      "lostBefore",
    );
    return fc.oneof(anywhere, ofSends);
  }
  if (of === "due" || of === "list") return fc.oneof(anywhere, fc.constant<Fault>("stale"));
  return anywhere;
}

/** A call is repeated within seconds; most else may take for ever. */
export function spanOf(fault: Fault): fc.Arbitrary<Span> {
  switch (fault) {
    case "repeated":
      return shortSpan;
    case "slow":
      return slowSpan;
    case "clockAhead":
    case "clockBack":
      return jump;
    default:
      return span;
  }
}

export const incident: fc.Arbitrary<Incident> = operation.chain((of) =>
  faultsOf(of).chain((fault) =>
    fc.record({
      operation: fc.constant(of),
      message: messageNumber,
      occurrence: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
      times: fc.oneof(
        { weight: 4, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.constantFrom(3, 12) },
      ),
      fault: fc.constant(fault),
      span: spanOf(fault),
    }),
  ),
);

export const REJECTS: TargetAnswer = { kind: "answers", status: 404, afterMs: 20 };

export const answer: fc.Arbitrary<TargetAnswer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("answers" as const),
      status: fc.constantFrom(200, 503, 503, 429, 404, 301),
      afterMs: fc.constantFrom(1, 20, 3 * SECOND, 14 * SECOND, 16 * SECOND),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("refusesConnection" as const, "resets" as const, "neverAnswers" as const),
      status: fc.constant(0),
      afterMs: fc.constantFrom(1, 3 * SECOND),
    }),
  },
);

const post: fc.Arbitrary<Post> = fc.record({
  when: fc.record({ ms: moments }),
  repeats: fc.nat({ max: 2 }),
  conflicting: fc.constant(false),
});

const laterPost: fc.Arbitrary<Post> = fc.record({
  when,
  repeats: fc.nat({ max: 1 }),
  conflicting: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

export const scheduledMessage: fc.Arbitrary<ScheduledMessage> = fc
  .record(
    {
      idempotent: fc.boolean(),
      deliverAfterMs: fc.constantFrom(SECOND, 50 * SECOND, 5 * MINUTE, 20 * MINUTE),
      deliverWithinMs: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(SECOND, MINUTE, HOUR) },
      ),
      first: post,
      more: fc.array(laterPost, { maxLength: 2 }),
      answers: fc.array(answer, { maxLength: 6 }),
    },
    { requiredKeys: ["idempotent", "first", "more", "answers"] },
  )
  .map(({ first, more, deliverWithinMs, ...rest }) => ({
    ...rest,
    ...(deliverWithinMs === undefined ? {} : { deliverWithinMs }),
    posts: [first, ...(rest.idempotent ? more : [])],
  }));

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

/** A message that kills its workers, before or after they claim it, until its copy is a dead letter. */
const crashLoop: fc.Arbitrary<Incident[]> = fc
  .record({
    message: messageNumber,
    deaths: fc.constantFrom(0, 2, 3, 4),
    spared: fc.integer({ min: 0, max: 7 }),
    times: fc.constantFrom(3, 12, 40),
    operation: fc.constantFrom<Operation>("claim", "secrets"),
  })
  .map(({ message, deaths, spared, times, operation }) => [
    { operation: "request", message, occurrence: 1, times: deaths, fault: "diesBefore", span: { ms: 1 } },
    { operation, message, occurrence: 1 + spared, times, fault: "diesBefore", span: { ms: 1 } },
  ]);

/** A write that is decided now and arrives when its message has moved on, often after a worker has died. */
const slowWrite: fc.Arbitrary<Incident[]> = fc
  .record({
    message: messageNumber,
    dies: fc.boolean(),
    operation: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom<Operation>(...TRANSITIONS) },
      { weight: 1, arbitrary: fc.constant<Operation>("putPayloadIfAbsent") },
    ),
    occurrence: fc.constantFrom(1, 1, 2),
    until: fc.constantFrom<HistoryReason>("CLAIMED", "ENQUEUED", "LEASE_EXPIRED", "RETRY"),
  })
  .map(({ message, dies, operation, occurrence, until }) => [
    {
      operation: "request",
      message,
      occurrence: 1,
      times: dies ? 1 : 0,
      fault: "diesBefore",
      span: { ms: 1 },
    },
    { operation, message, occurrence, times: 1, fault: "stallsBefore", span: { ms: HOUR, until } },
  ]);

export function amongOthers(ordeal: fc.Arbitrary<Incident[]>): fc.Arbitrary<Incident[]> {
  return fc
    .tuple(ordeal, fc.array(incident, { maxLength: 4 }))
    .map(([special, others]) => [...special, ...others]);
}

/** A copy that has every request refused that it is in, with whoever else is in it. */
const hostileCopy: fc.Arbitrary<Incident[]> = fc
  .record({
    message: messageNumber,
    fault: fc.constantFrom<Fault>("batchRefused", "batchTooLong"),
    times: fc.constantFrom(3, 40),
  })
  .map(({ message, fault, times }) => [
    { operation: "send", message, occurrence: 1, times, fault, span: { ms: 1 } },
  ]);

/** Everything around a request takes its longest, and the request as well. */
const slowWorker: fc.Arbitrary<Incident[]> = fc.array(
  fc.record({
    operation: fc.constantFrom<Operation>(
      "secrets",
      "claim",
      "putAttempt",
      "complete",
      "retryLater",
      "enqueue",
      "rollback",
    ),
    message: messageNumber,
    occurrence: fc.constant(1),
    times: fc.constant(3),
    fault: fc.constant<Fault>("slow"),
    span: slowSpan,
  }),
  { minLength: 2, maxLength: 5 },
);

/** A worker whose clocks go wrong while it holds a claim, too shortly for it to run out of its own time. */
const wrongClock: fc.Arbitrary<Incident[]> = fc.array(
  fc.record({
    message: messageNumber,
    operation: fc.constantFrom<Operation>("claim", "claim", "takeOver", "secrets"),
    occurrence: fc.constantFrom(1, 1, 2),
    times: fc.constant(1),
    fault: fc.constantFrom<Fault>("freezesBefore", "freezesAfter", "clockBack", "clockAhead"),
    span: fc.record({ ms: fc.constantFrom(2 * SECOND, 5 * SECOND, 10 * SECOND) }),
  }),
  { minLength: 1, maxLength: 3 },
);

const incidents: fc.Arbitrary<Incident[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(incident, { maxLength: 12 }) },
  { weight: 2, arbitrary: amongOthers(slowWrite) },
  { weight: 1, arbitrary: amongOthers(crashLoop) },
  { weight: 1, arbitrary: amongOthers(hostileCopy) },
  { weight: 1, arbitrary: amongOthers(slowWorker) },
  { weight: 1, arbitrary: amongOthers(wrongClock) },
);

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
