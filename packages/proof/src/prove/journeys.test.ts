/** Long stories of single messages, in simulated time. */
import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import { expect, test } from "vitest";
import { memoryBackend } from "./memory-backend.ts";
import { runSchedule } from "./run-schedule.ts";
import { START_AT } from "./simulate/fixed-times.ts";
import type { Incident } from "./simulate/incident.ts";
import type { Action, Schedule, ScheduledMessage, Setup } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const DESIGN_SCHEDULE = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Two reconcilers that look every five minutes for a week. */
const A_WEEK_OF_STEPS = 500_000;

const REFUSES: TargetAnswer = { kind: "answers", status: 503, afterMs: 5 };

function message(answers: readonly TargetAnswer[]): ScheduledMessage {
  return { idempotent: true, posts: [{ when: { ms: 0 }, repeats: 0, conflicting: false }], answers };
}

function schedule(
  messages: readonly ScheduledMessage[],
  incidents: readonly Incident[] = [],
  actions: readonly Action[] = [],
  setup: Partial<Setup> = {},
): Schedule {
  return {
    setup: {
      retryScheduleMs: DESIGN_SCHEDULE,
      queueDeadlineMs: 15 * MINUTE,
      workers: 2,
      batchSize: 10,
      groups: 4,
      skewMs: 0,
      leaseMs: MINUTE,
      endsWorkers: false,
      freezes: false,
      secondReconcilerMs: 1,
      batched: true,
      ...setup,
    },
    messages,
    actions,
    incidents,
  };
}

test("a target that never recovers gets ten attempts over 75 hours, then the message is FAILED", async () => {
  const { simulation, violation } = await runSchedule(
    schedule([message(Array.from({ length: 20 }, () => REFUSES))]),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const { requests } = simulation.ledger;
  expect(requests).toHaveLength(10);
  const waits = requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
  for (const [index, wait] of waits.entries()) {
    const delay = DESIGN_SCHEDULE[index] ?? 0;
    expect(wait).toBeGreaterThanOrEqual(delay);
    // A tenth of jitter, whole seconds of delay on the queue, and a run of the reconciler for the long ones.
    expect(wait).toBeLessThanOrEqual(delay * 1.1 + 2 * SECOND);
  }
  expect(simulation.ledger.states()).toMatchObject([
    { status: "FAILED", failureReason: "ATTEMPTS_EXHAUSTED" },
  ]);
});

test("a manual retry gives a FAILED message a whole new round, its attempts numbered on", async () => {
  const { simulation, violation } = await runSchedule(
    schedule(
      [message(Array.from({ length: 12 }, () => REFUSES))],
      [],
      [
        {
          kind: "retry",
          message: 0,
          when: { ms: MINUTE, after: { message: 0, reason: "ATTEMPTS_EXHAUSTED" } },
        },
      ],
    ),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  expect(simulation.ledger.requests.map(({ attempt }) => attempt)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  ]);
  expect(simulation.ledger.states()).toMatchObject([{ status: "COMPLETED", attemptLimit: 20 }]);
});

test("a message that cannot be sent for a week is FAILED with SEND_EXHAUSTED, and not before", {
  timeout: 30_000,
}, async () => {
  const { simulation, violation } = await runSchedule(
    schedule([message([])], [], [{ kind: "queueOutage", when: { ms: 0 }, ms: 8 * DAY }]),
    memoryBackend,
    undefined,
    A_WEEK_OF_STEPS,
  );
  expect(violation).toBeUndefined();
  const [failed] = simulation.ledger.states();
  expect(failed).toMatchObject({ status: "FAILED", failureReason: "SEND_EXHAUSTED" });
  const afterMs = (failed?.finishedAt ?? 0) - START_AT;
  expect(afterMs).toBeGreaterThanOrEqual(7 * DAY);
  expect(afterMs).toBeLessThan(7 * DAY + 10 * MINUTE);
});

test("a message that kills its worker each time ends FAILED, and the others of its batch arrive", async () => {
  const poison: Incident = {
    operation: "request",
    message: 0,
    occurrence: 1,
    times: 100,
    fault: "diesBefore",
    span: { ms: 1 },
  };
  const { simulation, violation } = await runSchedule(
    schedule(
      Array.from({ length: 10 }, () => message([])),
      [poison],
    ),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const [killer, ...others] = simulation.ledger.states();
  expect(killer).toMatchObject({ status: "FAILED", failureReason: "ATTEMPTS_EXHAUSTED", attempt: 10 });
  expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => "COMPLETED"));
});

test("a message whose copies kill every worker before they claim it ends FAILED with DEAD_LETTERED", async () => {
  const before = (occurrence: number, times: number): Incident => ({
    operation: "secrets",
    message: 0,
    occurrence,
    times,
    fault: "diesBefore",
    span: { ms: 1 },
  });
  const unknown: Incident = {
    operation: "request",
    message: 0,
    occurrence: 1,
    times: 3,
    fault: "diesBefore",
    span: { ms: 1 },
  };
  const { simulation, violation } = await runSchedule(
    schedule([message([])], [unknown, before(5, 100)]),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  expect(simulation.ledger.states()).toMatchObject([{ status: "FAILED", failureReason: "DEAD_LETTERED" }]);
});

test("records that nobody can read stay in the dead-letter queue, counted, and block nobody", async () => {
  const { simulation, violation } = await runSchedule(
    schedule(
      [message([]), message([])],
      [],
      [
        { kind: "foreignRecord", when: { ms: 0 }, body: "unreadable" },
        { kind: "foreignRecord", when: { ms: 0 }, body: "unknownMessage" },
      ],
    ),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  expect(simulation.ledger.states().map(({ status }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
  expect(simulation.backend.queue.receiveDead().map(({ body }) => body.slice(0, 2))).toEqual(["{", '{"']);
  expect(simulation.metrics.get("DeadLettered")).toBeGreaterThanOrEqual(2);
});

/** The first such call for the first message. */
function once(operation: Incident["operation"], fault: Incident["fault"], span: Incident["span"]): Incident {
  return { operation, message: 0, occurrence: 1, times: 1, fault, span };
}

test("a worker that is frozen behind its claim makes no request under a lease that is over", async () => {
  const { simulation, violation } = await runSchedule(
    schedule([message([])], [once("claim", "freezesAfter", { ms: 10 * SECOND })], [], {
      leaseMs: 17 * SECOND,
    }),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  expect(simulation.ledger.requests.map(({ attempt }) => attempt)).toEqual([2]);
  expect(simulation.ledger.states()).toMatchObject([{ status: "COMPLETED", attempt: 2 }]);
});

test("the outcome of a worker that thaws too late is refused, and recorded in its attempt only", async () => {
  const { simulation, violation } = await runSchedule(
    schedule([message([])], [once("request", "freezesAfter", { ms: HOUR, until: "DELIVERED" })]),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const { ledger } = simulation;
  expect(ledger.requests.map(({ attempt }) => attempt)).toEqual([1, 2]);
  const [completed] = ledger.states();
  expect(completed).toMatchObject({ status: "COMPLETED", attempt: 2 });
  const records = [...(ledger.attempts.get(completed?.messageId ?? "")?.values() ?? [])];
  expect(records.map(({ number, outcome }) => [number, outcome])).toEqual([
    [2, "SUCCEEDED"],
    [1, "SUCCEEDED"],
  ]);
});

test("a lease of a clock that was set back ends early: two requests, both on record", async () => {
  const { simulation, violation } = await runSchedule(
    schedule(
      [message([]), { ...message([]), posts: [{ when: { ms: SECOND }, repeats: 0, conflicting: false }] }],
      [
        once("request", "clockBack", { ms: 5 * MINUTE }),
        { ...once("send", "copyDoubled", { ms: 1 }), message: 1 },
      ],
      [],
      { batched: false, batchSize: 1 },
    ),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const { ledger } = simulation;
  const [first, second] = ledger.states();
  expect(first).toMatchObject({ status: "COMPLETED", attempt: 1 });
  expect(second).toMatchObject({ status: "COMPLETED", attempt: 2 });
  const { messageId = "" } = second ?? {};
  expect(ledger.requestsOf(messageId).map(({ attempt }) => attempt)).toEqual([1, 2]);
  const records = [...(ledger.attempts.get(messageId)?.values() ?? [])];
  expect(records.map(({ number }) => number).sort()).toEqual([1, 2]);
});

test("a message that is retried by hand after weeks, again and again, still has its payload", async () => {
  const rejects: TargetAnswer = { kind: "answers", status: 404, afterMs: 5 };
  const { simulation, violation } = await runSchedule(
    schedule(
      [message([rejects, rejects, rejects, rejects])],
      [],
      [
        {
          kind: "retry",
          message: 0,
          when: { ms: 29 * DAY, after: { message: 0, reason: "TARGET_REJECTED" } },
          again: 3,
        },
      ],
    ),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const [retried] = simulation.ledger.states();
  expect(retried).toMatchObject({ status: "COMPLETED", attempt: 5 });
  expect((retried?.finishedAt ?? 0) - START_AT).toBeGreaterThan(4 * 29 * DAY);
});
