import { insertMessages } from "./insert-messages.ts";
import { reset } from "./state.ts";
import type { Turn } from "./turn.ts";

const WAIT = 0;
const EXPAND = 1;

/** Finishes what is due, whoever began it. It has no turn while nothing is. */
export function reconcilerTurn(turn: Turn): void {
  const { state, actor, weakening } = turn;
  const { table } = state;
  if (actor.step === EXPAND) insertMessages(turn, (after) => reset(after, WAIT));
  else if (table.due)
    turn.step("reads the due event", (after, next) => {
      if (weakening === "reconcilerMatchesAgain") next.table.matched = table.active;
      after.revision = table.revision;
      after.matched = after.todo = next.table.matched;
      after.step = EXPAND;
    });
}
