/**
 * Which states were seen. Of each only 64 bits of hash are kept: two of 30 million states share one with a chance of 1 in
 * 40,000, and that would hide one state, never invent a violation.
 */
const FIRST_SLOTS = 2 ** 12;
/** Of the slots; beyond, probing gets slow. */
const FULLEST = 0.6;

export class Visited {
  #count = 0;
  /** Two words a slot; two zeros are an empty one. */
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  // of the state that was hashed last
  #high = 0;
  #low = 0;

  constructor(width: number) {
    this.#words = new Uint32Array(width / 4);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  /** Whether this state is new. */
  add(state: Uint8Array): boolean {
    this.#hash(state);
    if (!put(this.#slots, this.#high, this.#low)) return false;
    this.#count += 1;
    if (this.#count > FULLEST * (this.#slots.length / 2)) this.#grow();
    return true;
  }

  has(state: Uint8Array): boolean {
    this.#hash(state);
    return this.#slots[slotFor(this.#slots, this.#high, this.#low) + 1] !== 0;
  }

  #hash(state: Uint8Array): void {
    this.#bytes.set(state);
    let high = 0x811c9dc5;
    let low = 0x9747b28c;
    for (const word of this.#words) {
      high = Math.imul(high ^ word, 0x01000193);
      high ^= high >>> 11;
      low = Math.imul(low ^ Math.imul(word, 0xcc9e2d51), 0x85ebca6b);
      low ^= low >>> 13;
    }
    this.#high = mixed(high);
    this.#low = mixed(low) || 1;
  }

  #grow(): void {
    const earlier = this.#slots;
    this.#slots = new Uint32Array(2 * earlier.length);
    for (let slot = 0; slot < earlier.length; slot += 2) {
      const low = earlier[slot + 1];
      if (low) put(this.#slots, earlier[slot] ?? 0, low);
    }
  }
}

function put(slots: Uint32Array, high: number, low: number): boolean {
  const slot = slotFor(slots, high, low);
  if (slots[slot + 1] !== 0) return false;
  slots[slot] = high;
  slots[slot + 1] = low;
  return true;
}

/** Where the hash stands, or the empty slot in which it would. */
function slotFor(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length / 2 - 1;
  for (let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask; ; slot = (slot + 1) & mask) {
    const there = slots[2 * slot + 1];
    if (there === 0 || (there === low && slots[2 * slot] === high)) return 2 * slot;
  }
}

/** The last steps of MurmurHash3: every bit of the word reaches every other. */
function mixed(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
