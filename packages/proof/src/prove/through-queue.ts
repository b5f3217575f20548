import type { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import type { OutgoingCopy, QueueDepth, SendError } from "@homing/core/queue/message-queue";
import type { InnerQueue } from "./simulate/simulated-queue.ts";

export interface Adapter {
  send(copies: readonly OutgoingCopy[]): Promise<ReadonlyArray<SendError | undefined>>;
  /** The next copy, taken out of the adapter's queue for good. */
  take(): Promise<Omit<OutgoingCopy, "delaySeconds">>;
}

/** Sends copies with an adapter, takes them out of it again, and hands them out when their simulated time has come. */
export class ThroughQueue implements InnerQueue {
  readonly #adapter: Adapter;
  readonly #timed: MemoryMessageQueue;

  constructor(adapter: Adapter, timed: MemoryMessageQueue) {
    this.#adapter = adapter;
    this.#timed = timed;
  }

  async send(copies: readonly OutgoingCopy[]): Promise<ReadonlyArray<SendError | undefined>> {
    const answers = await this.#adapter.send(copies.map((copy) => ({ ...copy, delaySeconds: 0 })));
    const sent = copies.filter((_, index) => answers[index] === undefined);
    for (const { delaySeconds } of sent)
      await this.#timed.send([{ ...(await this.#adapter.take()), delaySeconds }], 1);
    return answers;
  }

  receive(limit: number) {
    return this.#timed.receive(limit);
  }

  show(receipt: string): void {
    this.#timed.show(receipt);
  }

  delete(receipt: string): void {
    this.#timed.delete(receipt);
  }

  receiveDead() {
    return this.#timed.receiveDead();
  }

  deleteDead(receipt: string): void {
    this.#timed.deleteDead(receipt);
  }

  depth(): Promise<QueueDepth> {
    return this.#timed.depth();
  }

  deadLetters(): Promise<number> {
    return this.#timed.deadLetters();
  }
}
