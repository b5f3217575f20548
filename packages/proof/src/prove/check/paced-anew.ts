/**
 * Whoever activates an endpoint lets all that waits for its pace begin anew: what was put off before is given another slot.
 * Told from when endpoints were activated and messages put off, not from what the core remembers of it.
 */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";
import { isFromAnOldProcess } from "./delivery-rules.ts";

/** A directory may know an endpoint so long, and what it knew is used for 20 seconds more. */
const BELIEVED_FOR_MS = 80_000;

interface Decision {
  /** By the clock of the process that decided it. */
  readonly at: number;
  readonly process: string;
}

/** Whether its endpoint was activated after this message had been put off, or while that was not known yet. */
export function mayBePacedAnew(message: Message, { at, process }: Decision, ledger: Ledger): boolean {
  if (message.pendingReason !== "THROTTLED" || message.endpointId === undefined) return false;
  const { lowestMs = 0 } = ledger.clockOf(process) ?? {};
  const putOff = ledger
    .writesOf(message.messageId)
    .findLast(({ after }) => after.revision === message.revision);
  const knownSince = Math.min(putOff?.at ?? 0, ledger.spawnedAt(putOff?.process ?? ""));
  const from = knownSince - BELIEVED_FOR_MS - ledger.clocksApartMs();
  const until = at - Math.min(0, lowestMs) + ledger.clocksApartMs();
  return activationsOf(message.endpointId, ledger).some(
    (activatedAt) => from <= activatedAt && activatedAt <= until,
  );
}

/** What is left of an earlier round once nobody looks for it any more: nothing, but for what a process of long ago put off. */
export function isLeftOfEarlierRound(
  message: Message,
  { endpointId, stateSince, state }: Endpoint,
  ledger: Ledger,
): boolean {
  if (state !== "ACTIVE" || message.endpointId !== endpointId || message.pendingReason !== "THROTTLED")
    return false;
  const write = ledger.writesOf(message.messageId).at(-1);
  const isBefore = (write?.at ?? Infinity) < stateSince - ledger.clocksApartMs();
  return isBefore && activationsOf(endpointId, ledger).length > 0 && !isFromAnOldProcess(write, ledger);
}

function activationsOf(endpointId: string, { fanOut }: Ledger): number[] {
  const versions = fanOut.versionsOf(endpointId);
  return versions.flatMap(({ state, stateSince }, index) => {
    const before = versions[index - 1];
    return state === "ACTIVE" && before !== undefined && before.state !== "ACTIVE" ? [stateSince] : [];
  });
}
