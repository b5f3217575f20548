import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { batchOutcome } from "./batch-response.ts";
import { lambdaContext } from "./context.ts";
import { sqsEvent } from "./sqs-event.ts";

export interface EventSourceOptions {
  /** A client of its own: its long polls would take connections from others. */
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> | Promise<void>;
  /** Messages in one batch, 1 to 10: what one receive can return. */
  readonly batchSize: number;
  /** Batches at once, without those that have been waiting for long. */
  readonly concurrency: number;
  /** Batches at once in all. Default: `concurrency`. */
  readonly maximumConcurrency?: number;
  /** Whether this process has work enough: then long batches are no sign of a slow target. Default: never. */
  readonly isBusy?: () => boolean;
  /** Whether the handler's answer says which messages failed; else it is ignored. */
  readonly partialResponses: boolean;
  /** How long an invocation may take. One that takes longer has failed; unlike Lambda, nothing can end it. */
  readonly timeoutMs: number;
  readonly onProblem: (problem: EventSourceProblem) => void;
  /** Waits, and rejects when `signal` aborts. Replaced in tests. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Something that went wrong and was dealt with; `error` may quote a server, so log its name only. */
export interface EventSourceProblem {
  readonly stage: "receive" | "handler" | "response" | "delete";
  readonly error: unknown;
  /** SQS's message ids; empty when nothing was received. */
  readonly messageIds: readonly string[];
}

export interface EventSource {
  /** Receives nothing more; resolves when the last poll and all running batches have ended. */
  stop(): Promise<void>;
}

/** Short, because `stop` waits for it: an aborted poll leaves the next message with a dead connection. */
const POLL_SECONDS = 1;
/** A poll that has not been answered for so long never will be. */
const DEAD_POLL_MS = 30_000;
/** A batch that takes longer waits for a target that takes its time: that is no work for this machine. */
const LONG_WAIT_MS = 1_000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
const DELETE_TRIES = 3;

/**
 * Feeds a handler from a queue as Lambda's event source does. Messages of a batch that succeeded are deleted;
 * what failed is left alone and comes back after its visibility timeout. A handler that throws, takes too long
 * or answers nonsense gives its whole batch back. A queue that cannot be reached is tried until it can.
 *
 * Lambda takes more batches on while those it has keep waiting, so that one sender's slow target does not hold
 * up the others; so does this, up to `maximumConcurrency`.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { sqs, queueUrl, queueArn, concurrency, timeoutMs, onProblem } = options;
  const maximumConcurrency = Math.max(concurrency, options.maximumConcurrency ?? concurrency);
  const sleep = options.sleep ?? ((ms, signal) => setTimeoutPromise(ms, undefined, { signal }));
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** Of the running ones, those that have not been waiting for long. */
  const busy = new Set<Promise<unknown>>();

  async function poll(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (running.size >= maximumConcurrency || busy.size >= concurrency) {
        await Promise.race(busy.size >= concurrency ? busy : running);
        continue;
      }
      try {
        const messages = await receive();
        failures = 0;
        if (messages.length > 0) start(messages);
      } catch (error) {
        onProblem({ stage: "receive", error, messageIds: [] });
        const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS);
        failures += 1;
        await sleep(backoffMs, stopping.signal).catch(() => undefined);
      }
    }
    await Promise.all(running);
  }

  async function receive(): Promise<Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: options.batchSize,
        WaitTimeSeconds: POLL_SECONDS,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: AbortSignal.timeout(DEAD_POLL_MS) },
    );
    return Messages;
  }

  function start(messages: Message[]): void {
    const ended = new AbortController();
    const batch = invoke(messages)
      .then((succeeded) => remove(messages.filter((message) => succeeded.includes(message.MessageId ?? ""))))
      .finally(() => {
        running.delete(batch);
        ended.abort();
      });
    running.add(batch);
    const turn: Promise<unknown> = untilWaiting(ended.signal).then(() => busy.delete(turn));
    busy.add(turn);
  }

  /** Resolves when a batch has taken long although this process had time for it, or has ended. */
  async function untilWaiting(ended: AbortSignal): Promise<void> {
    do {
      await sleep(LONG_WAIT_MS, ended).catch(() => undefined);
    } while (!ended.aborted && options.isBusy?.());
  }

  /** SQS's ids of the messages that are done with. */
  async function invoke(messages: Message[]): Promise<readonly string[]> {
    const messageIds = messages.map((message) => message.MessageId ?? "");
    const finished = new AbortController();
    try {
      const overTime = sleep(timeoutMs, finished.signal).then(() => {
        throw new Error(`The invocation took longer than ${timeoutMs} ms.`);
      });
      const context = lambdaContext(options.functionName, timeoutMs);
      const response = await Promise.race([options.handler(sqsEvent(messages, queueArn), context), overTime]);
      const outcome = batchOutcome(options.partialResponses ? response : undefined, messageIds);
      if ("succeeded" in outcome) return outcome.succeeded;
      onProblem({ stage: "response", error: new Error(outcome.invalid), messageIds });
    } catch (error) {
      onProblem({ stage: "handler", error, messageIds });
    } finally {
      finished.abort();
    }
    return [];
  }

  /** What cannot be deleted comes back, and the handler finds that it is done already. */
  async function remove(messages: Message[]): Promise<void> {
    let left = messages;
    let problem: unknown;
    for (let tries = 0; left.length > 0 && tries < DELETE_TRIES; tries++) {
      if (tries > 0) await sleep(FIRST_BACKOFF_MS, new AbortController().signal);
      const entries = left.map((message, index) => ({
        Id: String(index),
        ReceiptHandle: message.ReceiptHandle,
      }));
      try {
        const { Failed = [] } = await sqs.send(
          new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
        );
        left = left.filter((_, index) => Failed.some((failed) => failed.Id === String(index)));
        problem = new Error(Failed[0]?.Code ?? "not deleted");
      } catch (error) {
        problem = error;
      }
    }
    if (left.length === 0) return;
    onProblem({
      stage: "delete",
      error: problem,
      messageIds: left.map((message) => message.MessageId ?? ""),
    });
  }

  const ended = poll();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
