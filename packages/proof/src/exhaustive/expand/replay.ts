import { insertMessages } from "./insert-messages.ts";
import { B } from "./state.ts";
import type { Turn } from "./turn.ts";

const READ = 0;
const APPEND = 1;
const EXPAND = 2;
const ANSWERED = 3;

/** Somebody replays the expanded event to B, which had not matched. */
export function replayTurn(turn: Turn): void {
  const { state, actor } = turn;
  const { table } = state;
  switch (actor.step) {
    case READ:
      if (!table.revision || table.due || table.matched & B) break;
      turn.step("reads the event", (after) => {
        after.revision = table.revision;
        after.step = APPEND;
      });
      break;
    case APPEND:
      turn.write({ kind: "append", of: actor.revision }, (after, next, applied) => {
        if (!applied) {
          after.step = READ;
          return;
        }
        next.history.replayed = 1;
        after.revision = next.table.revision;
        after.matched = next.table.matched;
        after.todo = B;
        after.marked = 0;
        after.step = EXPAND;
      });
      break;
    case EXPAND:
      insertMessages(turn, (after) => {
        after.step = ANSWERED;
      });
      break;
  }
}
