/** The first to enter goes alone; everybody else waits until it has left. Any failure ends the run for all. */
export class Probe {
  failed = false;
  #entered = false;
  readonly #left = Promise.withResolvers<void>();

  /** Resolves true at once for the first, and false for the others once the first has left. */
  async enter(): Promise<boolean> {
    if (!this.#entered) {
      this.#entered = true;
      return true;
    }
    await this.#left.promise;
    return false;
  }

  leave(): void {
    this.#left.resolve();
  }

  fail(): void {
    this.failed = true;
  }
}
