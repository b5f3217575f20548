import type { SendErrorCode } from "../message/message.ts";
import { type MessageQueue, type OutgoingCopy, SendError } from "../queue/message-queue.ts";

/** How the queue answers one copy: with nothing, once it is sent, or with an error; `taken` if it has it all the same. */
export interface SendAnswer {
  readonly error: SendError;
  readonly taken?: boolean;
}

const PERMANENT: readonly SendErrorCode[] = ["QUEUE_DENIED", "QUEUE_MISSING", "QUEUE_REJECTED_CONTENT"];

/** An answer with the code, as retryable as `classify.ts` makes it. */
export function refusal(code: SendErrorCode, taken = false): SendAnswer {
  const cause = new Error("arn:aws:sqs:eu-central-1:123456789012:secret said no");
  return { error: new SendError(code, !PERMANENT.includes(code), "TestError", cause), taken };
}

/** Passes copies on to another queue unless it was told to fail them. Remembers every call. */
export class FaultyQueue implements MessageQueue {
  readonly calls: OutgoingCopy[][] = [];
  readonly timeouts: number[] = [];
  /** Decides over each copy of the `call`th call, counted from 1. */
  answer: (copy: OutgoingCopy, call: number) => SendAnswer | undefined = () => undefined;
  /** Decides over each call as a whole; what it refuses, nobody takes. */
  refuse: (copies: readonly OutgoingCopy[]) => SendError | undefined = () => undefined;
  /** Happens inside of each call, before it answers. */
  during: (timeoutMs: number) => Promise<void> = async () => {};
  readonly #inner: MessageQueue;

  constructor(inner: MessageQueue) {
    this.#inner = inner;
  }

  async send(copies: readonly OutgoingCopy[], timeoutMs: number): Promise<Array<SendError | undefined>> {
    this.calls.push([...copies]);
    this.timeouts.push(timeoutMs);
    const refusal = this.refuse(copies);
    if (refusal) return copies.map(() => refusal);
    const answers = copies.map((copy) => this.answer(copy, this.calls.length));
    await this.#inner.send(
      copies.filter((_, index) => answers[index] === undefined || answers[index].taken),
      timeoutMs,
    );
    await this.during(timeoutMs);
    return answers.map((answer) => answer?.error);
  }

  depth() {
    return this.#inner.depth();
  }

  deadLetters() {
    return this.#inner.deadLetters();
  }
}
