import type { Settings } from "@homing/core/settings";
import type { Ledger } from "../simulate/ledger.ts";

/** A request ends this long before its lease. */
export const REQUEST_MARGIN_MS = 1_000;

/**
 * Whether somebody ended a claim's lease more than the margin before its time, as only a process can whose clock
 * differs so much from its holder's. The holder cannot know, and another attempt begins while it is at work.
 */
export function wasTakenEarly(
  ledger: Ledger,
  { leaseMs }: Pick<Settings, "leaseMs">,
  claimId: string,
): boolean {
  const claim = ledger.claimOf(claimId);
  const takenAt = ledger.takenAt(claimId);
  return (
    claim !== undefined && takenAt !== undefined && takenAt < claim.decidedAt + leaseMs - REQUEST_MARGIN_MS
  );
}
