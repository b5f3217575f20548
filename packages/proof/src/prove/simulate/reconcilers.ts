import { START_AT } from "./fixed-times.ts";
import type { World } from "./world.ts";

/** The reconciler reads messages this far ahead; a run that comes earlier than that finds nothing. */
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
    if (dueAt !== undefined) this.#armAll(dueAt - LOOK_AHEAD_MS);
  }

  /** Lanes are not looked at before their time. */
  onLane({ after: { dueAt } }: { readonly after: { readonly dueAt?: number } }): void {
    if (dueAt !== undefined) this.#armAll(dueAt);
  }

  #armAll(from: number): void {
    for (const index of this.#rhythm.offsetsMs.keys()) this.#arm(index, from);
  }

  #arm(index: number, from: number): void {
    const { scheduler } = this.#world;
    const { intervalMs, offsetsMs } = this.#rhythm;
    const firstRun = START_AT + (offsetsMs[index] ?? 0);
    const earliest = Math.max(scheduler.now + 1, from);
    const at = firstRun + Math.max(0, Math.ceil((earliest - firstRun) / intervalMs)) * intervalMs;
    const armed = this.#armed[index];
    if (armed !== undefined && armed <= at) return;
    this.#armed[index] = at;
    scheduler.at(at, () => {
      if (this.#armed[index] !== at) return;
      this.#armed[index] = undefined;
      // Of lanes that stand still for weeks somebody else has often found all that there was.
      if (this.#hasWork()) this.#world.startReconciler(`reconciler-${index + 1}`);
      this.#rearm(index);
    });
  }

  /** Whatever this run leaves unfinished, a later one has to look at again. */
  #rearm(index: number): void {
    const next = this.#nextRunAt();
    if (next < Infinity) this.#arm(index, next);
  }

  #hasWork(): boolean {
    const { scheduler, ledger } = this.#world;
    return !ledger.lanes.hasAny || this.#nextRunAt() <= scheduler.now;
  }

  #nextRunAt(): number {
    const { scheduler, ledger } = this.#world;
    return Math.min(ledger.nextDueAt() - LOOK_AHEAD_MS, ledger.lanes.nextDueAt(scheduler.now));
  }
}
