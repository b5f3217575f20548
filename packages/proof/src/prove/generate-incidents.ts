/** What goes wrong in a generated schedule, at which call. */

import { HOUR, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import { jump, messageNumber, shortSpan, slowSpan, span } from "./generate-times.ts";
import type { Fault, Incident, Operation, Span } from "./simulate/incident.ts";

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

export const incidents: fc.Arbitrary<Incident[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(incident, { maxLength: 12 }) },
  { weight: 2, arbitrary: amongOthers(slowWrite) },
  { weight: 1, arbitrary: amongOthers(crashLoop) },
  { weight: 1, arbitrary: amongOthers(hostileCopy) },
  { weight: 1, arbitrary: amongOthers(slowWorker) },
  { weight: 1, arbitrary: amongOthers(wrongClock) },
);
