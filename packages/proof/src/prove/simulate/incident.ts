/** Incidents: which call of a schedule meets which fault. Finite in number, so every schedule's faults end. */
import type { HistoryReason } from "@homing/core/message/message";

/** Every call that leaves a process. A transition of a message is named as the lifecycle names it. */
export const OPERATIONS = [
  "insert",
  "putPayload",
  "putPayloadIfAbsent",
  "keepPayload",
  "enqueue",
  "rollback",
  "claim",
  "takeOver",
  "complete",
  "fail",
  "retryLater",
  "leaseOver",
  "awaitLease",
  "abandonLease",
  "orphan",
  "giveUp",
  "deadLetter",
  "returnDeadLettered",
  "sendNow",
  "manualRetry",
  "cancel",
  "hold",
  "throttle",
  "repace",
  "take",
  "holdOn",
  "holdFailed",
  "failDisabled",
  "cancelDeleted",
  "release",
  "awaitTurn",
  "retryInPlace",
  "retryAtEnd",
  "skip",
  "resolve",
  "putAttempt",
  "get",
  "getMany",
  "getPayload",
  "due",
  "list",
  "send",
  "receive",
  "delete",
  "request",
  "secrets",
  "putEventPayload",
  "keepEventPayload",
  "getEventPayload",
  "insertEvent",
  "expandEvent",
  "postponeEvent",
  "bringEventForward",
  "noteSlice",
  "getSlices",
  "appendEvent",
  "giveUpEvent",
  "retryEvent",
  "getEvent",
  "getEvents",
  "insertEndpoint",
  "changeEndpoint",
  "raiseVersion",
  "version",
  "listEndpoints",
  "getEndpoint",
  "dueEndpoints",
  "reserve",
  "getLane",
  "getLanes",
  "joinLane",
  "openOverflow",
  "joinSegment",
  "hintSegment",
  "armLane",
  "passPlace",
  "sealSegment",
  "loadSegment",
  "moveLaneOn",
  "disarmLane",
  "markLane",
  "nudgeLane",
  "dueLanes",
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const FAULTS = [
  /** Refused before anything happened, and the caller can tell. */
  "throttled",
  /** Lost on the way there: nothing happened, but the caller cannot tell. */
  "lostBefore",
  /** It happened; the answer was lost. */
  "answerLost",
  /** The caller is told of an error; it happens later all the same. */
  "happensLater",
  /** It happened, the answer was lost, and the same call was repeated below the caller, as an SDK does. */
  "repeated",
  /** The process stands still before the call takes effect. */
  "stallsBefore",
  /** The process stands still after it took effect. */
  "stallsAfter",
  /** The whole process is frozen before the call: its monotonic clock stands still, the time of day goes on. */
  "freezesBefore",
  /** The same after the call took effect. */
  "freezesAfter",
  /** The time of day of the process is set ahead while it waits for the answer, and stays so. */
  "clockAhead",
  /** It is set back. */
  "clockBack",
  "diesBefore",
  "diesAfter",
  /** The answer takes as long as a client waits for one, its own repetitions included. */
  "slow",
  /** Of a send: with other copies in it the whole request is refused; alone this copy is. */
  "batchRefused",
  /** Of a send: with other copies in it the whole request is refused for its size; alone this copy is taken. */
  "batchTooLong",
  /** Of a send: the whole request is denied, as by a policy. */
  "batchDenied",
  /** Of a send: refused for good, as by a policy. */
  "denied",
  /** Of a send: the contents are refused. */
  "contentRefused",
  /** Of a send: the queue hands the copy out twice. */
  "copyDoubled",
  /** Of a send: the copy becomes visible late, behind others. */
  "copyLate",
  /** Of an index read: rows as they were some time ago. */
  "stale",
] as const;
export type Fault = (typeof FAULTS)[number];

/** How long something lasts: a time, or until the message next makes a certain transition (at most `ms`). */
export interface Span {
  readonly ms: number;
  readonly until?: HistoryReason;
}

export interface Incident {
  readonly operation: Operation;
  /** Which message or event of the schedule; calls that concern none, or an endpoint, count as number 0's. */
  readonly message: number;
  /** The first such call is number 1. */
  readonly occurrence: number;
  /** How many calls in a row meet it. */
  readonly times: number;
  readonly fault: Fault;
  readonly span: Span;
}

/** Hands each call the incident that waits for it. */
export class IncidentPlan {
  readonly #incidents: readonly Incident[];
  readonly #calls = new Map<string, number>();
  readonly injected = new Map<Fault, number>();

  constructor(incidents: readonly Incident[]) {
    this.#incidents = incidents;
  }

  next(operation: Operation, message: number): Incident | undefined {
    const key = `${operation} ${message}`;
    const occurrence = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, occurrence);
    const incident = this.#incidents.find(
      (one) =>
        one.operation === operation &&
        one.message === message &&
        occurrence >= one.occurrence &&
        occurrence < one.occurrence + one.times,
    );
    if (incident) this.injected.set(incident.fault, (this.injected.get(incident.fault) ?? 0) + 1);
    return incident;
  }
}
