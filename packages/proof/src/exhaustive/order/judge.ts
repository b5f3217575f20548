import type { Guards } from "./guards.ts";
import { messageAt, roundAt } from "./place.ts";
import type { Scenario } from "./scenario.ts";
import type { State } from "./state.ts";
import { STATUS } from "./words.ts";

export type Verdict = "passed" | "blocks" | "waits" | "atWork";

/** What a process concludes of a place from a consistent read of its message. */
export function judge(state: State, place: number, guards: Guards, scenario: Scenario): Verdict {
  const index = messageAt(place);
  const { status, round, skipped, waitsForTurn } = state.message(index);
  if (status === STATUS.none) return "passed";
  if (guards.placeNamesRound && round !== roundAt(place)) return "passed";
  if (status === STATUS.completed || status === STATUS.cancelled) return "passed";
  if (status === STATUS.failed)
    return guards.failedBlocks && scenario.blocking.includes(index) && !skipped ? "blocks" : "passed";
  if (!guards.passNeedsFinished) {
    if (status === STATUS.processing || status === STATUS.queued) return "passed";
    return waitsForTurn ? "waits" : "atWork";
  }
  return status === STATUS.pending && waitsForTurn ? "waits" : "atWork";
}

export function isSamePlace(one: number, other: number, { placeNamesRound }: Guards): boolean {
  return placeNamesRound ? one === other : messageAt(one) === messageAt(other);
}
