import { START_AT } from "./fixed-times.ts";
import type { World } from "./world.ts";

/** The reconciler reads this far ahead; a run that comes earlier than that finds nothing. */
const LOOK_AHEAD_MS = 60_000;

interface Rhythm {
  readonly intervalMs: number;
  /** One reconciler for each: when it starts its first run. */
  readonly offsetsMs: readonly number[];
}

/**
 * Several reconcilers, each at its own rhythm. Runs that would find nothing due are skipped, so that days
 * of waiting cost nothing to simulate.
 */
export class Reconcilers {
  readonly #world: World;
  readonly #rhythm: Rhythm;
  readonly #armed: Array<number | undefined>;

  constructor(world: World, rhythm: Rhythm) {
    this.#world = world;
    this.#rhythm = rhythm;
    this.#armed = rhythm.offsetsMs.map(() => undefined);
  }

  onWrite({ after: { dueAt } }: { readonly after: { readonly dueAt?: number } }): void {
    if (dueAt === undefined) return;
    for (const index of this.#rhythm.offsetsMs.keys()) this.#arm(index, dueAt);
  }

  #arm(index: number, dueAt: number): void {
    const { scheduler } = this.#world;
    const { intervalMs, offsetsMs } = this.#rhythm;
    const firstRun = START_AT + (offsetsMs[index] ?? 0);
    const earliest = Math.max(scheduler.now + 1, dueAt - LOOK_AHEAD_MS);
    const at = firstRun + Math.max(0, Math.ceil((earliest - firstRun) / intervalMs)) * intervalMs;
    const armed = this.#armed[index];
    if (armed !== undefined && armed <= at) return;
    this.#armed[index] = at;
    scheduler.at(at, () => {
      if (this.#armed[index] !== at) return;
      this.#armed[index] = undefined;
      this.#world.startReconciler(`reconciler-${index + 1}`);
      this.#rearm(index);
    });
  }

  /** Whatever this run leaves unfinished, a later one has to look at again. */
  #rearm(index: number): void {
    const next = this.#world.ledger.nextDueAt(this.#world.scheduler.now);
    if (next < Infinity) this.#arm(index, next);
  }
}
