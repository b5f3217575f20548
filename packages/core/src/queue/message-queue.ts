/** What carries a message to a worker. Every implementation passes `message-queue.contract.ts`. */
import type { SendErrorCode } from "../message/message.ts";

/** One copy of a message, or what asks for the expansion of an event, on its way to a worker: all that the queue needs to know. */
export interface OutgoingCopy {
  /** Either this or `eventId`. */
  readonly messageId?: string;
  readonly eventId?: string;
  readonly senderId: string;
  /** The queue is fair between groups: what waits in one keeps no other waiting. Absent: the sender's. */
  readonly groupId?: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** The encoded copy, see `message/copy.ts`. */
  readonly body: string;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/**
 * What a failed send speaks against.
 * - `queue`: whatever is sent now fares the same.
 * - `copy`: this one's contents, and nothing else.
 * - `unknown`: perhaps this copy, perhaps another of its request, perhaps the queue.
 */
export type Blame = "queue" | "copy" | "unknown";

/** A send that failed, classified. `cause` keeps what the queue said, for the logs only. */
export class SendError extends Error {
  override name = "SendError";
  readonly code: SendErrorCode;
  readonly retryable: boolean;
  readonly blames: Blame;
  /** What the queue called it: for the logs, never for a caller. */
  readonly errorName: string;

  constructor(
    code: SendErrorCode,
    retryable: boolean,
    errorName: string,
    cause?: unknown,
    blames: Blame = blameOf(code),
  ) {
    super(`The send failed: ${code}`, { cause });
    this.code = code;
    this.retryable = retryable;
    this.blames = blames;
    this.errorName = errorName;
  }
}

function blameOf(code: SendErrorCode): Blame {
  if (code === "QUEUE_REJECTED_CONTENT") return "copy";
  return code === "UNCLASSIFIED" ? "unknown" : "queue";
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface MessageQueue {
  /**
   * One try to send each copy, at most ten. Answers, in order, undefined for a copy that was sent and the
   * error of one that was not; never rejects. Nothing else in Homing sends. An answer to all of them together
   * says nothing about any one: it never blames a copy.
   */
  send(copies: readonly OutgoingCopy[], timeoutMs: number): Promise<ReadonlyArray<SendError | undefined>>;

  depth(): Promise<QueueDepth>;
  /** Copies in the dead-letter queue. */
  deadLetters(): Promise<number>;
}

/** SQS's limits of one batch. */
export const SEND_BATCH_ENTRIES = 10;
export const SEND_BATCH_BYTES = 1_048_576;
