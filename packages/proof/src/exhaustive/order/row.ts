/** A short list within a state: its length, then its items, a byte each. */
export class Row {
  readonly capacity: number;
  readonly #bytes: Uint8Array;
  readonly #offset: number;

  constructor(bytes: Uint8Array, offset: number, capacity: number) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.capacity = capacity;
  }

  static size(capacity: number): number {
    return capacity + 1;
  }

  get length(): number {
    return this.#bytes[this.#offset] ?? 0;
  }

  at(index: number): number {
    return this.#bytes[this.#offset + 1 + index] ?? 0;
  }

  indexOf(item: number): number {
    for (let index = 0; index < this.length; index += 1) if (this.at(index) === item) return index;
    return -1;
  }

  /** False if it does not fit. */
  push(item: number): boolean {
    const length = this.length;
    if (length === this.capacity) return false;
    this.#bytes[this.#offset + 1 + length] = item;
    this.#bytes[this.#offset] = length + 1;
    return true;
  }

  removeAt(index: number, count = 1): void {
    const start = this.#offset + 1;
    const length = this.length;
    this.#bytes.copyWithin(start + index, start + index + count, start + length);
    this.#bytes.fill(0, start + length - count, start + length);
    this.#bytes[this.#offset] = length - count;
  }

  sort(): void {
    if (this.length > 1) this.#bytes.subarray(this.#offset + 1, this.#offset + 1 + this.length).sort();
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }
}
