import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Ledger } from "../simulate/ledger.ts";
import { isFromAnOldProcess } from "./delivery-rules.ts";
import { isHeld } from "./gates.ts";
import { isLeftOfEarlierRound } from "./paced-anew.ts";

/** What is wrong with a change of an endpoint; undefined if nothing is. What it may hold makes it due, and nothing else. */
export function wrongEndpoint(before: Endpoint | undefined, after: Endpoint): string | undefined {
  const { state, dueAt, expiresAt, revision, draining, announce, gate } = after;
  if (before && revision !== before.revision + 1 && before.expiresAt === undefined)
    return "a change of an endpoint adds exactly 1 to its revision";
  if (announce?.length === 0) return "an endpoint is to announce nothing";
  const isDue = draining === true || announce !== undefined || gate !== undefined;
  if (isDue !== (dueAt !== undefined))
    return `an endpoint with ${isDue ? "something" : "nothing"} to release, to try or to announce is ${isDue ? "not " : ""}due`;
  if (state === "PAUSED" && draining) return "an endpoint that is PAUSED releases what it holds";
  if (before?.state === "PAUSED" && state !== "PAUSED" && !draining)
    return "an endpoint is no longer PAUSED, and nobody will look for what it has held";
  if (expiresAt !== undefined && (state !== "DELETED" || dueAt !== undefined))
    return "an endpoint that is not gone expires";
  const isLeft = state === "DELETED" && dueAt === undefined && expiresAt === undefined;
  return isLeft ? "an endpoint that is deleted is neither due nor does it expire" : undefined;
}

/** Nobody looks for what an endpoint holds any more: then it holds nothing, but for what a process of long ago may have left. */
export function wrongDrain(
  before: Endpoint | undefined,
  after: Endpoint,
  ledger: Ledger,
): string | undefined {
  if (before?.dueAt === undefined || after.dueAt !== undefined || after.state === "PAUSED") return undefined;
  const forgotten = ledger
    .states()
    .some(
      (message) =>
        message.endpointId === after.endpointId &&
        isHeld(message) &&
        !isFromAnOldProcess(ledger.writesOf(message.messageId).at(-1), ledger),
    );
  if (forgotten) return "nobody looks any more for what an endpoint holds";
  return ledger.states().some((message) => isLeftOfEarlierRound(message, after, ledger))
    ? "an endpoint was activated, and what it had put off before that keeps its slot"
    : undefined;
}
