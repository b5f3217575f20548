/**
 * Who is next: the groups in turn, each in its own order. No group takes the last places in progress, so that whoever
 * comes when one group's deliveries are slow finds a place at once.
 */

export interface InLine {
  readonly number: number;
  readonly groupId: string;
}

export interface LinesOptions<Item> {
  /** Items in progress at a time. */
  readonly most: number;
  /** The items of a group behind a number, in order; all that there are, if they are fewer than `limit`. */
  readonly load: (groupId: string, after: number, limit: number) => LoadedItems<Item>;
}

export interface LoadedItems<Item> {
  readonly items: readonly Item[];
  /** The number of the last one that was looked at. */
  readonly after: number;
  readonly more: boolean;
}

interface Line<Item> {
  readonly items: Item[];
  /** The last that is, or was, among the items. */
  after: number;
  /** There may be others behind it that are not in memory. */
  more: boolean;
}

/** Of one group in memory; the rest is loaded when it is its turn. */
const WINDOW = 32;
/** A group may have so many times in progress what is free: the last ninth is for others. */
const OF_WHAT_IS_FREE = 8;

export class FairLines<Item extends InLine> {
  readonly #options: LinesOptions<Item>;
  /** Of the groups that wait, in the order in which it is their turn. */
  readonly #lines = new Map<string, Line<Item>>();
  readonly #inProgress = new Map<string, number>();
  #busy = 0;

  constructor(options: LinesOptions<Item>) {
    this.#options = options;
  }

  push(item: Item): void {
    const line = this.#lineOf(item.groupId, false);
    if (line.more) return;
    if (line.items.length >= WINDOW) {
      line.more = true;
      return;
    }
    line.items.push(item);
    line.after = item.number;
  }

  /** There may be items of this group. */
  open(groupId: string): void {
    this.#lineOf(groupId, true);
  }

  /** Forgets what waits; what is in progress stays so. */
  clear(): void {
    this.#lines.clear();
  }

  /** The next item, which is in progress from now on. */
  take(): Item | undefined {
    const free = this.#options.most - this.#busy;
    if (free <= 0) return undefined;
    for (const [groupId, line] of this.#lines) {
      const own = this.#inProgress.get(groupId) ?? 0;
      if (own >= OF_WHAT_IS_FREE * free) continue;
      // A map keeps the order of insertion: this group's turn comes last now.
      this.#lines.delete(groupId);
      const item = this.#shift(groupId, line);
      if (item === undefined) continue;
      if (line.items.length > 0 || line.more) this.#lines.set(groupId, line);
      this.#inProgress.set(groupId, own + 1);
      this.#busy += 1;
      return item;
    }
    return undefined;
  }

  end({ groupId }: InLine): void {
    const own = (this.#inProgress.get(groupId) ?? 0) - 1;
    if (own > 0) this.#inProgress.set(groupId, own);
    else this.#inProgress.delete(groupId);
    this.#busy -= 1;
  }

  #shift(groupId: string, line: Line<Item>): Item | undefined {
    while (line.items.length === 0 && line.more) {
      const { items, after, more } = this.#options.load(groupId, line.after, WINDOW);
      line.items.push(...items);
      line.after = after;
      line.more = more;
    }
    return line.items.shift();
  }

  #lineOf(groupId: string, more: boolean): Line<Item> {
    const known = this.#lines.get(groupId);
    if (known) return known;
    const line: Line<Item> = { items: [], after: 0, more };
    this.#lines.set(groupId, line);
    return line;
  }
}
