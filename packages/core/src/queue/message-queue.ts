/** What carries a message to a worker. Every implementation passes `message-queue.contract.ts`. */
import type { SendErrorCode } from "../message/message.ts";

/** One copy of a message on its way to a worker: all that the queue needs to know of it. */
export interface OutgoingCopy {
  readonly messageId: string;
  readonly senderId: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** The encoded copy, see `message/copy.ts`. */
  readonly body: string;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** A send that failed, classified. `cause` keeps what the queue said, for the logs only. */
export class SendError extends Error {
  override name = "SendError";
  readonly code: SendErrorCode;
  readonly retryable: boolean;
  /** What the queue called it: for the logs, never for a caller. */
  readonly errorName: string;

  constructor(code: SendErrorCode, retryable: boolean, errorName: string, cause?: unknown) {
    super(`The send failed: ${code}`, { cause });
    this.code = code;
    this.retryable = retryable;
    this.errorName = errorName;
  }
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface MessageQueue {
  /**
   * One try to send each copy, at most ten. Answers, in order, undefined for a copy that was sent and the
   * error of one that was not; never rejects. Nothing else in Homing sends.
   */
  send(copies: readonly OutgoingCopy[], timeoutMs: number): Promise<ReadonlyArray<SendError | undefined>>;

  depth(): Promise<QueueDepth>;
  /** Copies in the dead-letter queue. */
  deadLetters(): Promise<number>;
}

/** SQS's limits of one batch. */
export const SEND_BATCH_ENTRIES = 10;
export const SEND_BATCH_BYTES = 1_048_576;
