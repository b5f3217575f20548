/**
 * A first attempt that succeeded, as it stands in its message's item: without what the message tells anyway. An item of
 * at most 1 KiB is written for one unit.
 */
import { isDeepStrictEqual } from "node:util";
import { delivered } from "@homing/core/delivery/decide-attempt";
import type { Attempt } from "@homing/core/message/message";

export function encodeFirstAttempt(attempt: Attempt, claimId: string | undefined): string {
  const told: Partial<Attempt> = toldOf(attempt, claimId);
  const untold = Object.entries(attempt).filter(
    ([name, value]) => !isDeepStrictEqual(value, told[name as keyof Attempt]),
  );
  return JSON.stringify(Object.fromEntries(untold));
}

export function decodeFirstAttempt(text: string, claimId: string | undefined): Attempt {
  const untold = JSON.parse(text) as Partial<Attempt> & Pick<Attempt, "startedAt">;
  return { ...toldOf(untold, claimId), ...untold };
}

/** What a first attempt is that ended as first attempts do, under the claim that the message shows. */
function toldOf({ responseStatus = 0 }: Partial<Attempt>, claimId = "") {
  return {
    number: 1,
    claimId,
    outcome: "SUCCEEDED",
    responseTruncated: false,
    decision: delivered(responseStatus),
  } as const;
}
