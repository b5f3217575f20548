/** What `search` can explore: a protocol as states and the steps between them. */
export interface Model {
  /** Bytes of a state, a multiple of four. Equal states have equal bytes. */
  readonly width: number;
  first(): Uint8Array;
  /**
   * Takes every step that is possible in this state, in the same order each time. What is handed over is valid during
   * the call only.
   */
  steps(state: Uint8Array, take: Take): void;
  /** What is wrong with a state in which nothing more can happen. */
  violationAtRest?(state: Uint8Array): string | undefined;
  /** What never ends, although from here on nothing fails. It costs a whole run, so only some states are asked. */
  stuck?(state: Uint8Array): Stuck | undefined;
  /** A state in words, for a story. */
  show?(state: Uint8Array): string;
}

export type Take = (step: Step) => void;

export interface Step {
  readonly label: string;
  readonly next: Uint8Array;
  readonly violation: string | undefined;
  /** It leads out of what the model holds (a queue of so many copies): counted, not followed. */
  readonly isCut: boolean;
}

export interface Stuck {
  readonly violation: string;
  /** The run that did not end. */
  readonly run: readonly string[];
}
