import { UsageError } from "./usage-error.ts";

/** Text as the API reads it: UTF-8 or nothing, and a byte order mark is no part of it. @throws UsageError */
export function utf8Of(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${source}: is not UTF-8.`);
  }
}
