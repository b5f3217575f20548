import { HomingError } from "@homing/client/source/homing-client";
import type { Output } from "./output.ts";

/** What will pass by itself is told and waited out: whoever follows wants to see the end of it. Answers `instead`. */
export function passing<T>(signal: AbortSignal, note: Output["note"], instead: T): (error: unknown) => T {
  return (error) => {
    if (signal.aborted || !(error instanceof HomingError) || !error.retryable) throw error;
    note(`${error.message} Still trying.`);
    return instead;
  };
}
