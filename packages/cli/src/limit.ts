import { UsageError } from "./usage-error.ts";

/** As many as a list shows unless it is told. */
export const DEFAULT_LISTED = 50;

export const LIMIT_OPTION = { limit: { type: "string" } } as const;
export const LIMIT_EXPLANATION = `--limit N         at most so many; ${DEFAULT_LISTED} unless given`;

/** @throws UsageError */
export function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LISTED;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--limit: "${text}" is not a whole number above 0.`);
  return Number(text);
}
