import type { Actor, State } from "./state.ts";
import type { WeakeningName } from "./weakening.ts";
import type { Write } from "./writes.ts";

/** One actor's turn: it takes each step that it might take next. */
export interface Turn {
  readonly state: State;
  readonly actor: Actor;
  /** Its number among all, from 1. */
  readonly number: number;
  readonly weakening: WeakeningName | undefined;
  step(label: string, change: (actor: Actor, next: State) => void): void;
  /**
   * A write on the table, and what its caller makes of the answer. While there may be faults, it also may take effect at
   * once or at any later time, and its caller is not there any more.
   */
  write(write: Write, answered: (actor: Actor, next: State, applied: boolean) => void): void;
}
