import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DAY, SECOND } from "@homing/core/duration";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { TestClock } from "@homing/core/testing/test-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import { DynamoDbCounters } from "./dynamodb-counters.ts";

const dynamodb = mockClient(DynamoDBClient);
let clock: TestClock;
let observer: RecordingObserver;
let counters: DynamoDbCounters;

beforeEach(() => {
  dynamodb.reset();
  clock = new TestClock();
  observer = new RecordingObserver();
  counters = new DynamoDbCounters({
    client: new DynamoDBClient({}),
    tableName: "homing",
    clock,
    random: () => 0,
    observer,
    retentionMs: 30 * DAY,
  });
});

/** What was added up so far, in the items of minutes: those of days hold the same. */
function written(): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { args } of dynamodb.commandCalls(UpdateItemCommand)) {
    const { Key, ExpressionAttributeValues = {} } = args[0].input;
    if (!Key?.sk?.S?.startsWith("minute#")) continue;
    for (const [name, value] of Object.entries(ExpressionAttributeValues)) {
      if (name !== ":expiresAt") sum[name.slice(1)] = (sum[name.slice(1)] ?? 0) + Number(value.N);
    }
  }
  return sum;
}

it("writes what was counted once a second at most, and nothing twice", async () => {
  counters.add("accepted", 2);
  await counters.flush();
  expect(written()).toEqual({ accepted: 2 });
  counters.add("accepted");
  counters.add("completed");
  await counters.flush();
  expect(written()).toEqual({ accepted: 2 });
  clock.advance(SECOND);
  await counters.flush();
  await counters.flush(true);
  expect(written()).toEqual({ accepted: 3, completed: 1 });
});

it("writes what was counted before the process was frozen", async () => {
  counters.add("accepted");
  await counters.flush();
  counters.add("completed");
  clock.freeze(SECOND);
  await counters.flush();
  expect(written()).toEqual({ accepted: 1, completed: 1 });
});

it("writes at once when it is told to", async () => {
  counters.add("accepted");
  await counters.flush();
  counters.add("accepted");
  await counters.flush(true);
  expect(written()).toEqual({ accepted: 2 });
});

it("begins a flush while its caller goes on, and has written all when the next flush ends", async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  dynamodb.on(UpdateItemCommand).callsFake(() => answered);
  counters.add("accepted", 100);
  counters.startFlush();
  expect(written()).toEqual({ accepted: 100 });

  counters.add("rolledBack");
  counters.startFlush();
  let ended = false;
  const flush = counters.flush().then(() => {
    ended = true;
  });
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  answer();
  await flush;
  expect(written()).toEqual({ accepted: 100, rolledBack: 1 });
});

it("begins one in a second", async () => {
  counters.add("accepted");
  counters.startFlush();
  await counters.flush();
  counters.add("accepted");
  counters.startFlush();
  await counters.flush();
  expect(written()).toEqual({ accepted: 1 });
});

it("says that counts were lost, and fails nobody", async () => {
  dynamodb.on(UpdateItemCommand).rejects(new Error("out"));
  counters.add("accepted");
  counters.startFlush();
  await counters.flush();
  expect(observer.lines.map(({ event }) => event)).toEqual(["counters_lost"]);
});
