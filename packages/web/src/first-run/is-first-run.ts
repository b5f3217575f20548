import type { Stats } from "../api/types.ts";

/** Whether nothing was ever sent here, or all of it is long gone. */
export function isFirstRun({ counts, perMinute }: Pick<Stats, "counts" | "perMinute">): boolean {
  return (
    Object.values(counts).every((count) => count === 0) && perMinute.every(({ accepted }) => accepted === 0)
  );
}
