/**
 * States are rows of bytes: copied, compared and kept at next to no cost. A record is a view of some bytes of such a row,
 * by names.
 */
export type Fields<Name extends string> = Record<Name, number> & {
  /** Sets all to 0. */
  clear(): void;
};

export interface RecordType<Name extends string> {
  /** In bytes; a field takes one. */
  readonly size: number;
  readonly names: readonly Name[];
  at(bytes: Uint8Array, offset: number): Fields<Name>;
}

export function recordOf<const Name extends string>(names: readonly Name[]): RecordType<Name> {
  // The accessors stand on a prototype, so that all views of one type are of one shape and the engine inlines them.
  class View {
    readonly bytes: Uint8Array;
    readonly offset: number;
    constructor(bytes: Uint8Array, offset: number) {
      this.bytes = bytes;
      this.offset = offset;
    }
    clear(): void {
      this.bytes.fill(0, this.offset, this.offset + names.length);
    }
  }
  for (const [index, name] of names.entries()) {
    Object.defineProperty(View.prototype, name, {
      get(this: View) {
        return this.bytes[this.offset + index];
      },
      set(this: View, value: number) {
        this.bytes[this.offset + index] = value;
      },
    });
  }
  return {
    size: names.length,
    names,
    at: (bytes, offset) => new View(bytes, offset) as View & Fields<Name>,
  };
}

/** A row's width: whole words, because they are hashed. */
export function widthFor(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
