/** Simulated time: what is to happen is kept by its time and done one at a time, with no timer anywhere. */

/** Why a simulation ended: nothing was left to happen, or a limit was met. */
export type RunEnd = "rest" | "horizon" | "steps";

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly task: () => void | Promise<void>;
}

export class Scheduler {
  #now: number;
  #order = 0;
  #stopped = false;
  readonly #heap: Happening[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  get now(): number {
    return this.#now;
  }

  /** Does `task` at that time, or as soon as possible if it has passed; things of one time in their order. */
  at(time: number, task: () => void | Promise<void>): void {
    this.#order += 1;
    this.#push({ at: Math.max(time, this.#now), order: this.#order, task });
  }

  after(ms: number, task: () => void | Promise<void>): void {
    this.at(this.#now + ms, task);
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Lets time run until nothing is left to happen, the horizon is passed or that many things have happened.
   * After each one, everything that it set free runs on until it waits again.
   */
  async run(horizon: number, maxSteps: number): Promise<RunEnd> {
    for (let step = 0; !this.#stopped; step += 1) {
      const next = this.#pop();
      if (next === undefined) return "rest";
      if (next.at > horizon) return "horizon";
      if (step >= maxSteps) return "steps";
      this.#now = next.at;
      await next.task();
      await settled();
    }
    return "rest";
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) break;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = isBefore(heap[left], heap[at]) ? left : at;
      if (isBefore(heap[right], heap[least])) least = right;
      if (least === at) return first;
      swap(heap, at, least);
      at = least;
    }
  }
}

/** Every promise chain that can go on without I/O has gone on: Node empties its microtasks before this. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isBefore(a: Happening | undefined, b: Happening | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function swap(heap: Happening[], a: number, b: number): void {
  const [first, second] = [heap[a], heap[b]];
  if (first === undefined || second === undefined) return;
  heap[a] = second;
  heap[b] = first;
}
