import { setImmediate } from "node:timers/promises";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import { enqueue } from "@homing/core/send/enqueue";
import { buildPayload } from "@homing/core/testing/build-message";
import { answered, TestSystem } from "@homing/core/testing/test-system";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { countedAnswer } from "./api.ts";
import { createDeadLetterHandler, createWorkerHandler, type SqsHandler } from "./worker.ts";

let system: TestSystem;
let handler: SqsHandler;
let flushes: number;
beforeEach(() => {
  system = new TestSystem();
  flushes = 0;
  const flush = async () => {
    flushes += 1;
  };
  handler = createWorkerHandler({ ...system.deps, counters: { flush } });
});

const HALF_A_MINUTE = { getRemainingTimeInMillis: () => 30_000 };

/** Ten queued messages, as one batch of SQS. */
async function batchOfTen(): Promise<SQSEvent> {
  for (let i = 0; i < 10; i += 1) {
    const payload = buildPayload({ targetUrl: `https://target-${i}.example/` });
    const message = await system.put({}, payload);
    await enqueue(system.deps, { message, contents: payload, correlationId: "call-1" });
  }
  return { Records: system.memoryQueue.receive(10).map((record, i) => sqsRecord(record, `sqs-${i}`)) };
}

function sqsRecord({ body, messageId, correlationId }: QueueRecord, sqsId: string): SQSRecord {
  const text = (stringValue = "") => ({ stringValue, dataType: "String" });
  const messageAttributes = { messageId: text(messageId), correlationId: text(correlationId) };
  return { messageId: sqsId, body, messageAttributes } as unknown as SQSRecord;
}

const targetsOf = () => system.target.requests.map(({ url }) => new URL(url).hostname);

describe("a batch", () => {
  it("is delivered all at once: a target that does not answer holds no other up", async () => {
    let answer: () => void = () => {};
    system.target.respond = (request) =>
      request.url.includes("target-0.")
        ? new Promise((resolve) => {
            answer = () => resolve(answered(503));
          })
        : answered(200);
    const event = await batchOfTen();
    const response = handler(event, HALF_A_MINUTE);
    for (let turns = 0; turns < 20; turns += 1) await setImmediate();

    expect(new Set(targetsOf()).size).toBe(10);
    expect(system.observer.count("Deliveries SUCCEEDED")).toBe(9);
    answer();
    expect(await response).toEqual({ batchItemFailures: [] });
    expect(system.observer.count("Deliveries RETRY")).toBe(1);
    expect(flushes).toBe(1);
  });

  it("returns the records that failed, and only those", async () => {
    const event = await batchOfTen();
    const [first, second, ...others] = event.Records;
    if (!first || !second) throw new Error("there are ten");
    const unreadable = { ...first, body: "not a copy" };
    const anonymous = { ...second, messageAttributes: {} };
    expect(await handler({ Records: [unreadable, anonymous, ...others] }, HALF_A_MINUTE)).toEqual({
      batchItemFailures: [{ itemIdentifier: "sqs-0" }, { itemIdentifier: "sqs-1" }],
    });
    expect(targetsOf()).toHaveLength(8);
  });

  it("is returned untouched by a process with too little time for a delivery", async () => {
    const event = await batchOfTen();
    const response = await handler(event, { getRemainingTimeInMillis: () => 16_000 });
    expect(response.batchItemFailures).toHaveLength(10);
    expect(targetsOf()).toEqual([]);
    expect(system.observer.count("AttemptsUnknown")).toBe(0);
  });
});

describe("an invocation ends only when its counts are written: Lambda freezes the process with the answer", () => {
  let written = Promise.withResolvers<void>();
  beforeEach(() => {
    written = Promise.withResolvers<void>();
  });
  const counters = { flush: () => written.promise };
  const event: SQSEvent = { Records: [] };

  it.each<[string, () => Promise<unknown>]>([
    ["the worker's", () => createWorkerHandler({ ...system.deps, counters })(event, HALF_A_MINUTE)],
    [
      "the dead-letter consumer's",
      () => createDeadLetterHandler({ ...system.deps, counters })(event, HALF_A_MINUTE),
    ],
    ["the API's", () => countedAnswer(async () => "answered", { counters })()],
  ])("%s", async (_name, invoke) => {
    let ended = false;
    void invoke().then(() => {
      ended = true;
    });
    await setImmediate();
    expect(ended).toBe(false);
    written.resolve();
    await setImmediate();
    expect(ended).toBe(true);
  });

  it("but not for the price of being cut off: with little time they wait for the next one", async () => {
    await handler(event, { getRemainingTimeInMillis: () => 10_000 });
    expect(flushes).toBe(0);
    await handler(event, HALF_A_MINUTE);
    expect(flushes).toBe(1);
  });
});
