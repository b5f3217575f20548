/**
 * What waits in a queue, group by group: whoever takes the next gets it from the group that has gone longest
 * without, and of that the oldest. With the few methods of an array that fauxqs uses of its own backlog.
 */
export class FairBacklog<Item> implements Iterable<Item> {
  /** In the order in which it is their turn; none is empty. */
  readonly #groups = new Map<string, Item[]>();
  readonly #groupOf: (item: Item) => string;
  #length = 0;

  constructor(items: Iterable<Item>, groupOf: (item: Item) => string) {
    this.#groupOf = groupOf;
    for (const item of items) this.push(item);
  }

  get length(): number {
    return this.#length;
  }

  push(item: Item): void {
    const group = this.#groupOf(item);
    const waiting = this.#groups.get(group);
    if (waiting === undefined) this.#groups.set(group, [item]);
    else waiting.push(item);
    this.#length += 1;
  }

  shift(): Item | undefined {
    for (const [group, waiting] of this.#groups) {
      const item = waiting.shift();
      this.#length -= 1;
      // A map keeps the order of insertion: this group's turn comes last now.
      this.#groups.delete(group);
      if (waiting.length > 0) this.#groups.set(group, waiting);
      return item;
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const waiting of this.#groups.values()) yield* waiting;
  }
}
