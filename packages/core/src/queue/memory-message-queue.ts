/** A queue in memory, with visibility, delays and redrive as SQS has them; the clock decides when. */
import type { Clock } from "../clock.ts";
import type { MessageQueue, OutgoingCopy, QueueDepth, SendError } from "./message-queue.ts";
import type { QueueRecord } from "./queue-record.ts";

export interface ReceivedCopy extends QueueRecord {
  readonly senderId: string;
  readonly receipt: string;
  readonly receiveCount: number;
}

interface StoredCopy {
  readonly copy: OutgoingCopy;
  visibleAt: number;
  delayed: boolean;
  receiveCount: number;
}

export interface MemoryQueueOptions {
  readonly visibilityTimeoutMs: number;
  readonly maxReceiveCount: number;
}

export class MemoryMessageQueue implements MessageQueue {
  readonly #clock: Pick<Clock, "now">;
  readonly #options: MemoryQueueOptions;
  readonly #copies = new Map<string, StoredCopy>();
  readonly #dead = new Map<string, OutgoingCopy>();
  #sequence = 0;

  constructor(clock: Pick<Clock, "now">, options: MemoryQueueOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  async send(
    copies: readonly OutgoingCopy[],
    _timeoutMs: number,
  ): Promise<ReadonlyArray<SendError | undefined>> {
    for (const copy of copies) {
      this.#sequence += 1;
      this.#copies.set(String(this.#sequence), {
        copy,
        visibleAt: this.#clock.now() + copy.delaySeconds * 1_000,
        delayed: copy.delaySeconds > 0,
        receiveCount: 0,
      });
    }
    return copies.map(() => undefined);
  }

  /** Hands out visible copies, at most `limit`, and hides them for the visibility timeout. */
  receive(limit: number): ReceivedCopy[] {
    const now = this.#clock.now();
    const received: ReceivedCopy[] = [];
    for (const [receipt, stored] of this.#copies) {
      if (received.length >= limit) break;
      if (stored.visibleAt > now) continue;
      if (stored.receiveCount >= this.#options.maxReceiveCount) {
        this.#copies.delete(receipt);
        this.#dead.set(receipt, stored.copy);
        continue;
      }
      stored.receiveCount += 1;
      stored.delayed = false;
      stored.visibleAt = now + this.#options.visibilityTimeoutMs;
      received.push(toRecord(receipt, stored.copy, stored.receiveCount));
    }
    return received;
  }

  /** Whoever had received it has ended: it is visible at once. */
  show(receipt: string): void {
    const stored = this.#copies.get(receipt);
    if (stored) stored.visibleAt = this.#clock.now();
  }

  delete(receipt: string): void {
    this.#copies.delete(receipt);
  }

  receiveDead(): ReceivedCopy[] {
    return [...this.#dead].map(([receipt, copy]) => toRecord(receipt, copy, 1));
  }

  deleteDead(receipt: string): void {
    this.#dead.delete(receipt);
  }

  async depth(): Promise<QueueDepth> {
    const now = this.#clock.now();
    const stored = [...this.#copies.values()];
    const hidden = stored.filter(({ visibleAt }) => visibleAt > now);
    const delayed = hidden.filter((one) => one.delayed).length;
    return { visible: stored.length - hidden.length, inFlight: hidden.length - delayed, delayed };
  }

  async deadLetters(): Promise<number> {
    return this.#dead.size;
  }
}

function toRecord(receipt: string, copy: OutgoingCopy, receiveCount: number): ReceivedCopy {
  const { body, messageId, eventId, senderId, correlationId, traceparent } = copy;
  return {
    receipt,
    receiveCount,
    body,
    ...(messageId === undefined ? {} : { messageId }),
    ...(eventId === undefined ? {} : { eventId }),
    senderId,
    correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
