import type { SeriesPoint } from "../api/types.ts";

type Counted = Exclude<keyof SeriesPoint, "at">;

export interface Series {
  readonly of: Counted;
  readonly name: string;
  /** Custom property that holds the colour. */
  readonly color: string;
  /** Told apart without colour, too. */
  readonly dash?: string;
  readonly filled?: boolean;
}

export const TRAFFIC: readonly Series[] = [
  { of: "accepted", name: "Accepted", color: "--info", filled: true },
  { of: "completed", name: "Completed", color: "--good", dash: "5 3" },
];

export const TROUBLE: readonly Series[] = [
  { of: "failed", name: "Failed", color: "--bad", filled: true },
  { of: "rolledBack", name: "Rolled back", color: "--warn", dash: "5 3" },
  { of: "retried", name: "Attempts to repeat", color: "--busy", dash: "2 2" },
];

/** How many in all the steps that are known. */
export function total(points: readonly (SeriesPoint | undefined)[], of: Counted): number {
  return points.reduce((sum, point) => sum + (point?.[of] ?? 0), 0);
}
