import type { Guards } from "./guards.ts";
import type { Verdict } from "./judge.ts";
import type { Participant, Scenario } from "./scenario.ts";
import type { Process, State } from "./state.ts";

/** One process's turn: it takes each step that it might take next. Processes stop before every call. */
export interface Turn {
  readonly guards: Guards;
  readonly scenario: Scenario;
  readonly participant: Participant;
  readonly state: State;
  readonly me: Process;
  /** The number of the message it has read. */
  readonly message: number;
  readonly mayFail: boolean;
  step(label: string, change: Change): void;
  /** A step that counts as a fault. */
  fault(label: string, change: Change): void;
  /** The answer may be lost, and the process dies or gives up. */
  write(label: string, change: Change): void;
  /** … or makes the very same call again; `repeats` notes what it knows then. */
  writeOrRepeat(label: string, change: Change, repeats?: Change): void;
  judge(state: State, place: number): Verdict;
}

export type Change = (me: Process, next: State) => void;
