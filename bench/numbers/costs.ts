/**
 * What AWS charges for messages: list prices and a model with the assumptions that it makes. Pure, so that every
 * table of docs/performance.md comes from one arithmetic.
 */
import { stages, useOf, writeUnitsOfMessage, writeUnitsOfRepetition } from "./facts.ts";

/** US dollars in us-east-1, November 2026, without free tiers and discounts. */
export const PRICES = {
  millionWriteUnits: 0.625,
  millionReadUnits: 0.125,
  /** A month, $0.20 of it for recovery to any second. */
  gigabyteStored: 0.25 + 0.2,
  millionSqsCalls: 0.4,
  /** Beside the call, for a message with a group on a standard queue. */
  millionGroups: 0.1,
  millionApiCalls: 1,
  millionInvocations: 0.2,
  /** On arm64. */
  millionGigabyteSeconds: 13.3334,
  gigabyteLogged: 0.5,
  gigabyteSent: 0.09,
  /** A month each. */
  metricSeries: 0.3,
  alarmMetric: 0.1,
  hostedZone: 0.5,
} as const;

/** Estimates: nothing here has run on AWS. Sizes are those of the items and log lines that are written. */
export const ASSUMED = {
  apiMs: 25,
  /** For each further message of a batch call. */
  apiFurtherMs: 4,
  /** Of the worker, beside the target's own time. */
  workerMs: 30,
  /** A message's items and index entries without its body. */
  storedKb: 2.3,
  /** The payload's item without the body. */
  payloadKib: 0.4,
  sentKb: 1,
  loggedKb: { call: 0.6, attempt: 0.4, batchedAttempt: 0.4, invocation: 0.7 },
  metricSeries: 26,
  reconcilerMs: 300,
} as const;

export interface Workload {
  readonly bodyKib: number;
  readonly attempts: number;
  /** Messages in one call of the API. */
  readonly perCall: number;
  /** Messages in one invocation of the worker. */
  readonly perBatch: number;
  readonly targetSeconds: number;
  readonly months: number;
}

/** Write units that a body does not change, in a message's whole life. */
export const FIXED_WRITE_UNITS = writeUnitsOfMessage - payloadUnits(1);

function payloadUnits(bodyKib: number): number {
  return Math.ceil(bodyKib + ASSUMED.payloadKib);
}

export interface Line {
  readonly what: string;
  readonly dollars: number;
}

/** Of a million messages. */
export function costOfMillion(work: Workload): Line[] {
  const { bodyKib, attempts, perCall, perBatch, targetSeconds, months } = work;
  const { api, worker } = stages.production.memoryMegabytes;
  const units = FIXED_WRITE_UNITS + payloadUnits(bodyKib) + writeUnitsOfRepetition * (attempts - 1);
  const sqsChunks = Math.ceil((bodyKib + 1) / 64);
  const { call, attempt, batchedAttempt, invocation } = ASSUMED.loggedKb;
  const apiSeconds = (ASSUMED.apiMs + ASSUMED.apiFurtherMs * (perCall - 1)) / 1_000 / perCall;
  const workerSeconds = (attempts * (targetSeconds + ASSUMED.workerMs / 1_000)) / perBatch;
  const loggedKb =
    call / perCall +
    attempts * (attempt + batchedAttempt / perBatch) +
    invocation * (1 / perCall + attempts / perBatch);
  return [
    { what: `DynamoDB, ${units} write units`, dollars: units * PRICES.millionWriteUnits },
    { what: "storage", dollars: (ASSUMED.storedKb + bodyKib) * months * PRICES.gigabyteStored },
    {
      what: "SQS",
      dollars:
        attempts *
        sqsChunks *
        (PRICES.millionSqsCalls + PRICES.millionGroups + (2 * PRICES.millionSqsCalls) / perBatch),
    },
    { what: "API Gateway", dollars: PRICES.millionApiCalls / perCall },
    { what: "API function", dollars: lambda(apiSeconds, api, 1 / perCall) },
    { what: "worker function", dollars: lambda(workerSeconds, worker, attempts / perBatch) },
    { what: "logs", dollars: loggedKb * PRICES.gigabyteLogged },
    {
      what: "traffic to the targets",
      dollars: attempts * (ASSUMED.sentKb + bodyKib) * PRICES.gigabyteSent,
    },
  ];
}

/** Write units of an event without its payload, and of one of its deliveries; each counted by the units' tests. */
const EVENT_UNITS = 6;
const DELIVERY_UNITS = 9;
/** The version of its sender's endpoints. */
const EVENT_READ_UNITS = 1;
/** Items and index entries, without the body. */
const EVENT_STORED_KB = 0.9;
const DELIVERY_STORED_KB = 1.6;
/** Beyond, a copy leaves the payload in the table, and each delivery reads it: a unit for 4 KiB. */
const LARGEST_TRAVELLING_KIB = 62;

/** Of a million events that are each delivered to so many endpoints, each at the first attempt. */
export function costOfMillionEvents(endpoints: number, work: Workload): number {
  const { bodyKib, perCall, perBatch, months } = work;
  const units = EVENT_UNITS + payloadUnits(bodyKib) + DELIVERY_UNITS * endpoints;
  const travels = bodyKib <= LARGEST_TRAVELLING_KIB;
  const reads = EVENT_READ_UNITS + (travels ? 0 : (bodyKib / 4) * endpoints);
  const storedKb = EVENT_STORED_KB + bodyKib + DELIVERY_STORED_KB * endpoints;
  const ofCall = ["API Gateway", "API function"];
  const asMessage = costOfMillion(work);
  const call = sum(asMessage.filter(({ what }) => ofCall.includes(what)));
  // What a delivery costs as a message does, but for what is the event's.
  const copy = costOfMillion({ ...work, bodyKib: travels ? bodyKib : 0 });
  const delivery = sum(copy.filter(({ what }) => ["SQS", "worker function"].includes(what)));
  const traffic = sum(asMessage.filter(({ what }) => what === "traffic to the targets"));
  const { call: callKb, attempt, batchedAttempt, invocation } = ASSUMED.loggedKb;
  const loggedKb =
    (callKb + invocation) / perCall + endpoints * (attempt + (batchedAttempt + invocation) / perBatch);
  return (
    units * PRICES.millionWriteUnits +
    reads * PRICES.millionReadUnits +
    storedKb * months * PRICES.gigabyteStored +
    call +
    endpoints * (delivery + traffic) +
    loggedKb * PRICES.gigabyteLogged
  );
}

/** Of a million times `seconds`, with so many invocations each. */
function lambda(seconds: number, megabytes: number, invocations: number): number {
  return (
    seconds * (megabytes / 1024) * PRICES.millionGigabyteSeconds + invocations * PRICES.millionInvocations
  );
}

const MINUTES_A_MONTH = 43_800;
const IDLE_POLLERS = 2 * 5;
const RECEIVES_A_MINUTE = 3;

/** Metrics that the alarms of a stage look at: each costs. The infrastructure's tests count them. */
export const ALARM_METRICS = 33;

/** Of a month in which nothing is sent. */
export function fixedCosts(): Line[] {
  const polls = (IDLE_POLLERS * RECEIVES_A_MINUTE * MINUTES_A_MONTH) / 1e6;
  const runs = MINUTES_A_MONTH / 1e6;
  const reads = useOf("reconciler finds nothing due").reads / 2;
  const { reconciler } = stages.production.memoryMegabytes;
  return [
    {
      what: `metrics of our own: about ${ASSUMED.metricSeries} series`,
      dollars: ASSUMED.metricSeries * PRICES.metricSeries,
    },
    { what: `alarms, on ${ALARM_METRICS} metrics`, dollars: ALARM_METRICS * PRICES.alarmMetric },
    {
      what: `polling of two idle queues: ${polls.toFixed(1)} million receives`,
      dollars: polls * PRICES.millionSqsCalls,
    },
    {
      what: `reconciler: a run a minute of ${ASSUMED.reconcilerMs} ms, and its reads`,
      dollars: runs * (lambda(ASSUMED.reconcilerMs / 1_000, reconciler, 1) + reads * PRICES.millionReadUnits),
    },
    { what: "hosted zone, if you have a domain", dollars: PRICES.hostedZone },
  ];
}

export const sum = (lines: readonly Line[]): number =>
  lines.reduce((total, { dollars }) => total + dollars, 0);
