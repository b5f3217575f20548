import type { Model } from "./model.ts";

/** A protocol, the scenarios it is explored in, and its rules, each of which can be taken out. */
export interface Protocol {
  readonly about: string;
  readonly parts: readonly Part[];
  readonly weakenings: readonly Weakening[];
}

export interface Part {
  readonly scenario: string;
  readonly make: () => Model;
  /** How many there are in all; a change of the model shows here. Absent where nobody has seen the end. */
  readonly states?: number;
  readonly fairRunEvery?: number;
}

export interface Weakening {
  readonly name: string;
  readonly removes: string;
  readonly scenario: string;
  readonly make: () => Model;
  /** The whole protocol in the same scenario. */
  readonly makeWhole: () => Model;
  /** Of the shortest story; with fair runs, of the first one found. */
  readonly steps: number;
  readonly fairRunEvery?: number;
}
