/** What a schedule broke, in one sentence. */
export interface Violation {
  readonly at: number;
  readonly text: string;
}

/** Takes note of a violation. */
export type Report = (text: string) => void;
