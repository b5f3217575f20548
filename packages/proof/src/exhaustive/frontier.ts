/** States of one depth, first in first out, in pieces that are given back as they are used up. */
const STATES_A_PIECE = 4_096;

export class Frontier {
  length = 0;
  #taken = 0;
  readonly #width: number;
  readonly #pieces: Uint8Array[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  push(state: Uint8Array): void {
    const index = this.length % STATES_A_PIECE;
    if (index === 0) this.#pieces.push(new Uint8Array(STATES_A_PIECE * this.#width));
    this.#pieces.at(-1)?.set(state, index * this.#width);
    this.length += 1;
  }

  /** The next one, written into `state`; false when there is none left. */
  take(state: Uint8Array): boolean {
    if (this.#taken === this.length) return false;
    const index = this.#taken % STATES_A_PIECE;
    const piece = Math.floor(this.#taken / STATES_A_PIECE);
    const from = this.#pieces[piece];
    if (from) state.set(from.subarray(index * this.#width, (index + 1) * this.#width));
    if (index === STATES_A_PIECE - 1) this.#pieces[piece] = new Uint8Array(0);
    this.#taken += 1;
    return true;
  }
}
