/** One line of the table: what was measured, what it should be, what it is. */
export interface Finding {
  readonly what: string;
  readonly target: string;
  readonly result: string;
  /** Absent where there is no target. */
  readonly met?: boolean;
  /** All that was measured, for bench/results.json. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Row {
  readonly name: string;
  run(): Promise<Finding[]>;
}

export function atMost(value: number, limit: number): { met: boolean } {
  return { met: value <= limit };
}

export function atLeast(value: number, limit: number): { met: boolean } {
  return { met: value >= limit };
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
