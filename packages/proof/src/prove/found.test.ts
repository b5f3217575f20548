/** What the model has found in the core: each as the schedule that showed it, shrunk and told. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import { HomingError } from "@homing/core/error";
import { expect, test } from "vitest";
import { memoryBackend } from "./memory-backend.ts";
import { runSchedule } from "./run-schedule.ts";
import type { Incident } from "./simulate/incident.ts";
import type { Schedule } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

function oneMessage(incidents: readonly Incident[]): Schedule {
  return {
    setup: {
      retryScheduleMs: [],
      queueDeadlineMs: MINUTE,
      workers: 1,
      batchSize: 1,
      groups: 1,
      skewMs: 0,
      leaseMs: MINUTE,
      endsWorkers: false,
      freezes: false,
      secondReconcilerMs: 0,
      batched: false,
    },
    messages: [
      { idempotent: false, posts: [{ when: { ms: 0 }, repeats: 0, conflicting: false }], answers: [] },
    ],
    actions: [],
    incidents,
  };
}

test("a call without a key whose message may still be on its way to the table must not be repeated", async () => {
  const { simulation, violation } = await runSchedule(
    oneMessage([
      {
        operation: "insert",
        message: 0,
        occurrence: 1,
        times: 1,
        fault: "happensLater",
        // After the reading that found nothing, and before the caller is told.
        span: { ms: 4 },
      },
    ]),
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const [answer] = simulation.ledger.answers;
  expect(answer?.result).toBeInstanceOf(HomingError);
  expect(answer?.result).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
  expect(simulation.ledger.states()).toMatchObject([{ status: "COMPLETED" }]);
});

test("a call that stood still for an hour holds no delivery for an endpoint that has been active since", async () => {
  const { simulation, violation } = await runSchedule(
    {
      ...oneMessage([
        {
          operation: "putEventPayload",
          message: 0,
          occurrence: 1,
          times: 1,
          fault: "stallsBefore",
          span: { ms: HOUR },
        },
      ]),
      messages: [],
      fanOut: {
        endpoints: [{ created: undefined, foreign: false, answers: [] }],
        events: [
          {
            idempotent: false,
            eventType: "order.paid",
            large: false,
            posts: [{ when: { ms: SECOND }, repeats: 0, conflicting: false }],
          },
        ],
        changes: [
          { kind: "PAUSED", when: { ms: 0 }, endpoint: 0 },
          { kind: "ACTIVE", when: { ms: 2 * SECOND }, endpoint: 0 },
        ],
      },
    },
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  expect(simulation.ledger.states()).toMatchObject([{ status: "COMPLETED" }]);
});

test("a call that stood still while its event was brought to an endpoint more names the messages of both", async () => {
  const { simulation, violation } = await runSchedule(
    {
      ...oneMessage([
        {
          operation: "insert",
          message: 0,
          occurrence: 1,
          times: 1,
          fault: "freezesBefore",
          span: { ms: HOUR },
        },
      ]),
      messages: [],
      fanOut: {
        endpoints: [
          { created: { ms: SECOND }, foreign: false, answers: [] },
          { created: undefined, foreign: false, answers: [] },
        ],
        events: [
          {
            idempotent: true,
            eventType: "order.paid",
            large: false,
            posts: [{ when: { ms: 0 }, repeats: 0, conflicting: false }],
          },
        ],
        changes: [{ kind: "replay", when: { ms: 2 * MINUTE }, endpoint: 0 }],
      },
    },
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const [answer] = simulation.ledger.fanOut.answers;
  expect(answer?.result).toMatchObject({ messages: [{ status: "COMPLETED" }, { status: "COMPLETED" }] });
});

test("a turn that is given while the message is put off for days, as it stands in line, is missed within minutes", async () => {
  const base = oneMessage([]);
  const postedAt = (ms: number) => ({ when: { ms }, repeats: 0, conflicting: false });
  const repeated = {
    ...postedAt(0),
    when: { ms: 0, after: { message: 0, reason: "TARGET_REJECTED" as const } },
  };
  const first: TargetAnswer = { kind: "answers", status: 404, afterMs: 1 };
  const { simulation, violation } = await runSchedule(
    {
      ...base,
      setup: { ...base.setup, linePlaces: 1 },
      messages: [
        { idempotent: false, lane: 1, posts: [postedAt(0)], answers: [first] },
        { idempotent: false, lane: 0, posts: [postedAt(0)], answers: [] },
        { idempotent: true, lane: 1, posts: [postedAt(4), repeated], answers: [] },
      ],
    },
    memoryBackend,
  );
  expect(violation).toBeUndefined();
  const putOff = simulation.ledger.writes.find(({ operation }) => operation === "awaitTurn");
  expect(putOff, "the schedule no longer puts it off").toBeDefined();
  expect(simulation.ledger.states()).toMatchObject([
    { status: "FAILED" },
    { status: "COMPLETED" },
    { status: "COMPLETED" },
  ]);
});
