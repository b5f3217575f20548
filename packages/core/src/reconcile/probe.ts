/**
 * Until the queue has answered for one message, messages are sent one at a time, whichever group they are in.
 * Then all groups go on together; or, if anything has failed, none does.
 */
export class Probe {
  passed = false;
  failed = false;
  #doubtedSender: string | undefined;
  #lastTurn: Promise<void> = Promise.resolve();

  pass(): void {
    this.passed = true;
    this.#doubtedSender = undefined;
  }

  fail(): void {
    this.failed = true;
  }

  /**
   * A failure that may be the message's own: it is an outage once another sender's meets one too, with nothing
   * that got through in between. No sender's messages end a run for the others.
   */
  doubt(senderId: string): void {
    if (this.#doubtedSender !== undefined && this.#doubtedSender !== senderId) this.fail();
    this.#doubtedSender = senderId;
  }

  /** Waits for its turn, then runs `push` alone, unless the matter is decided by then. Answers whether it ran. */
  async alone(push: () => Promise<void>): Promise<boolean> {
    const earlier = this.#lastTurn;
    const turn = Promise.withResolvers<void>();
    this.#lastTurn = turn.promise;
    await earlier;
    try {
      if (this.passed || this.failed) return false;
      await push();
      return true;
    } finally {
      turn.resolve();
    }
  }
}
