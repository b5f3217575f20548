import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, test } from "vitest";
import { type EventSourceOptions, type EventSourceProblem, startEventSource } from "./event-source.ts";

const sqs = mockClient(SQSClient);
let problems: EventSourceProblem[];
let waits: number[];

beforeEach(() => {
  sqs.reset();
  problems = [];
  waits = [];
});

const messages = (...ids: string[]): Message[] =>
  ids.map((id) => ({ MessageId: id, ReceiptHandle: `handle-${id}`, Body: id }));

/** Polls answered in this order; the source is stopped by the poll after the last one. */
function polls(...answers: (Message[] | Error)[]): {
  source?: { stop(): Promise<void> };
  ended: Promise<void>;
} {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const run: { source?: { stop(): Promise<void> }; ended: Promise<void> } = { ended };
  let next = 0;
  sqs.on(ReceiveMessageCommand).callsFake(async () => {
    const answer = answers[next++];
    if (answer instanceof Error) throw answer;
    if (answer === undefined) resolve(run.source?.stop());
    return { Messages: answer ?? [] };
  });
  return run;
}

const whenAborted = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

function options(
  handler: EventSourceOptions["handler"],
  changes: Partial<EventSourceOptions> = {},
): EventSourceOptions {
  return {
    sqs: new SQSClient({ region: "us-east-1" }),
    queueUrl: "http://127.0.0.1/queue",
    queueArn: "arn:aws:sqs:us-east-1:000000000000:queue",
    functionName: "worker",
    handler,
    batchSize: 10,
    concurrency: 2,
    partialResponses: true,
    timeoutMs: 30_000,
    onProblem: (problem) => problems.push(problem),
    // A wait for an invocation, for its time limit or until it is long, ends with it; every other is over at once.
    sleep: (ms, signal) =>
      ms === 30_000 || ms === 1_000 ? whenAborted(signal) : Promise.resolve(waits.push(ms)),
    ...changes,
  };
}

const deletedHandles = () =>
  sqs
    .commandCalls(DeleteMessageBatchCommand)
    .map((call) => call.args[0].input.Entries?.map((entry) => entry.ReceiptHandle));

describe("a queue that cannot be reached", () => {
  test("is tried again after growing waits, up to 5 s, and then served", async () => {
    const down = new Error("ECONNREFUSED");
    const run = polls(...Array.from({ length: 8 }, () => down), messages("a"), down);
    sqs.on(DeleteMessageBatchCommand).resolves({});
    const seen: string[] = [];
    run.source = startEventSource(
      options(async (event: SQSEvent) => {
        seen.push(...event.Records.map((record) => record.body));
      }),
    );
    await run.ended;
    expect(seen).toEqual(["a"]);
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 100]);
    expect(problems[0]).toEqual({ stage: "receive", error: down, messageIds: [] });
  });
});

describe("a batch that is done", () => {
  test("is deleted again where deleting failed, and only there", async () => {
    const run = polls(messages("a", "b", "c"));
    sqs
      .on(DeleteMessageBatchCommand)
      .resolvesOnce({ Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }] })
      .rejectsOnce(new Error("reset"))
      .resolves({});
    run.source = startEventSource(options(async () => undefined));
    await run.ended;
    expect(deletedHandles()).toEqual([["handle-a", "handle-b", "handle-c"], ["handle-b"], ["handle-b"]]);
    expect(problems).toEqual([]);
  });

  test("is reported when it cannot be deleted", async () => {
    const run = polls(messages("a", "b"));
    sqs
      .on(DeleteMessageBatchCommand)
      .resolves({ Failed: [{ Id: "0", Code: "InternalError", SenderFault: false }] });
    run.source = startEventSource(options(async () => undefined));
    await run.ended;
    expect(deletedHandles()).toEqual([["handle-a", "handle-b"], ["handle-a"], ["handle-a"]]);
    expect(problems.map(({ stage, messageIds }) => [stage, messageIds])).toEqual([["delete", ["a"]]]);
  });
});

describe("a batch is given back whole", () => {
  test.each([
    ["when the handler throws", () => Promise.reject(new Error("boom")), "handler"],
    [
      "when the answer names an unknown message",
      async () => ({ batchItemFailures: [{ itemIdentifier: "z" }] }),
      "response",
    ],
  ] as const)("%s", async (_, handler, stage) => {
    const run = polls(messages("a", "b"));
    run.source = startEventSource(options(handler));
    await run.ended;
    expect(deletedHandles()).toEqual([]);
    expect(problems.map((problem) => [problem.stage, problem.messageIds])).toEqual([[stage, ["a", "b"]]]);
  });

  test("when the invocation takes longer than it may, whatever it answers later", async () => {
    const run = polls(messages("a"));
    const late = Promise.withResolvers<void>();
    run.source = startEventSource(
      options(() => late.promise, {
        sleep: (ms, signal) => (ms === 1_000 ? whenAborted(signal) : Promise.resolve()),
      }),
    );
    await run.ended;
    late.resolve();
    await late.promise;
    expect(deletedHandles()).toEqual([]);
    expect(problems.map((problem) => String(problem.error))).toEqual([
      "Error: The invocation took longer than 30000 ms.",
    ]);
  });
});

test("without partial responses the answer is ignored and the batch deleted", async () => {
  const run = polls(messages("a", "b"));
  sqs.on(DeleteMessageBatchCommand).resolves({});
  const handler = async () => ({ batchItemFailures: [{ itemIdentifier: "a" }] });
  run.source = startEventSource(options(handler, { partialResponses: false }));
  await run.ended;
  expect(deletedHandles()).toEqual([["handle-a", "handle-b"]]);
});

test("no more batches run at once than allowed", async () => {
  const run = polls(messages("a"), messages("b"), messages("c"), messages("d"));
  sqs.on(DeleteMessageBatchCommand).resolves({});
  let running = 0;
  let most = 0;
  run.source = startEventSource(
    options(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
    }),
  );
  await run.ended;
  expect(most).toBe(2);
  expect(deletedHandles()).toHaveLength(4);
});

describe("batches that keep waiting, for a target that hangs", () => {
  /** Ends, for all batches that run, the second after which a batch counts as waiting. */
  function hanging(batches: number, isBusy: () => boolean = () => false) {
    const seconds: (() => void)[] = [];
    const sleep = (ms: number, signal: AbortSignal) =>
      Promise.race([
        whenAborted(signal),
        new Promise<void>((resolve) => ms === 1_000 && seconds.push(resolve)),
      ]);
    const acme = Array.from({ length: batches }, (_, i) => messages(`acme-${i}`));
    const run = polls(...acme, messages("globex"));
    sqs.on(DeleteMessageBatchCommand).resolves({});
    const seen: string[] = [];
    const targetsAnswer = Promise.withResolvers<void>();
    run.source = startEventSource(
      options(
        async (event) => {
          const names = event.Records.map((record) => record.body);
          seen.push(...names);
          if (names.some((name) => name.startsWith("acme"))) await targetsAnswer.promise;
        },
        { concurrency: 2, maximumConcurrency: 5, sleep, isBusy },
      ),
    );
    return { run, seen, seconds, targetsAnswer };
  }

  test("make room for other senders' messages while they all still hang", async () => {
    const { run, seen, seconds, targetsAnswer } = hanging(4);
    while (!seen.includes("globex")) {
      for (const end of seconds.splice(0)) end();
      await new Promise(setImmediate);
    }
    expect(seen).toEqual(["acme-0", "acme-1", "acme-2", "acme-3", "globex"]);
    targetsAnswer.resolve();
    await run.ended;
    expect(deletedHandles()).toHaveLength(5);
  });

  test("make none while this process has work enough: more of it would only take longer", async () => {
    let isBusy = true;
    const { run, seen, seconds, targetsAnswer } = hanging(2, () => isBusy);
    const pass = async () => {
      for (const end of seconds.splice(0)) end();
      for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    };
    for (let i = 0; i < 5; i += 1) await pass();
    expect(seen).toEqual(["acme-0", "acme-1"]);
    isBusy = false;
    await pass();
    expect(seen).toEqual(["acme-0", "acme-1", "globex"]);
    targetsAnswer.resolve();
    await run.ended;
  });

  test("make none before they have waited for long, and none beyond the maximum", async () => {
    const { run, seen, seconds, targetsAnswer } = hanging(6);
    const rounds = async () => {
      for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    };
    await rounds();
    expect(seen).toEqual(["acme-0", "acme-1"]);
    for (let i = 0; i < 10; i += 1) {
      for (const end of seconds.splice(0)) end();
      await rounds();
    }
    expect(seen).toEqual(["acme-0", "acme-1", "acme-2", "acme-3", "acme-4"]);
    targetsAnswer.resolve();
    await run.ended;
    expect(seen).toHaveLength(7);
  });
});

test("an invocation knows its function and how long it may take", async () => {
  const run = polls(messages("a"));
  sqs.on(DeleteMessageBatchCommand).resolves({});
  const contexts: unknown[] = [];
  run.source = startEventSource(
    options(async (_, context) => {
      contexts.push([context.functionName, context.awsRequestId, context.getRemainingTimeInMillis()]);
    }),
  );
  await run.ended;
  expect(contexts).toEqual([
    [
      "worker",
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.toSatisfy((ms) => ms > 29_000 && ms <= 30_000),
    ],
  ]);
});
