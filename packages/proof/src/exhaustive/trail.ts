/** By which step of which state each state was reached first, so that a violation can be told from the beginning. */
const FIRST_LENGTH = 2 ** 12;

export class Trail {
  #count = 1;
  #parents = new Uint32Array(FIRST_LENGTH);
  #choices = new Uint16Array(FIRST_LENGTH);

  /** The number of the new state; the first state has number 0. */
  add(parent: number, choice: number): number {
    const id = this.#count;
    if (id === this.#parents.length) {
      this.#parents = new Uint32Array(this.#parents.buffer.transfer(8 * id));
      this.#choices = new Uint16Array(this.#choices.buffer.transfer(4 * id));
    }
    this.#parents[id] = parent;
    this.#choices[id] = choice;
    this.#count += 1;
    return id;
  }

  /** The choices from the first state to this one. */
  to(id: number): number[] {
    const choices: number[] = [];
    for (let at = id; at > 0; at = this.#parents[at] ?? 0) choices.unshift(this.#choices[at] ?? 0);
    return choices;
  }
}
