import { LONGEST_CALL_MS } from "./clients.ts";

/** Options make the SDK set up its middleware anew for a call: none are given where its own limits are as short. */
export function endingWithin(ms: number | undefined): { readonly abortSignal: AbortSignal } | undefined {
  if (ms === undefined || ms >= LONGEST_CALL_MS) return undefined;
  return { abortSignal: AbortSignal.timeout(Math.max(0, Math.floor(ms))) };
}
