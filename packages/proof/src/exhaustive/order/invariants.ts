import type { Scenario } from "./scenario.ts";
import type { State } from "./state.ts";
import { DUE, isFinished, STATUS } from "./words.ts";

/** What must hold after every step; notes on the way which places are past. What must hold of a request is in `worker.ts`. */
export function checkAll(state: State, { blocking, checksOneReleased }: Scenario): string | undefined {
  let released = 0;
  for (const [index, message] of state.messages.entries()) {
    const { status, due, skipped, waitsForTurn } = message;
    if (status === STATUS.none) continue;
    const isOver = isFinished(status);
    if (isOver && (status !== STATUS.failed || !blocking.includes(index) || skipped))
      message.pastRounds |= 1 << message.round;
    if (isOver && due !== DUE.none) return "DUE: finished with a dueAt";
    if (!isOver && due === DUE.none) return "DUE: unfinished without a dueAt";
    if (!isOver && !(status === STATUS.pending && waitsForTurn)) released += 1;
  }
  return checksOneReleased && released > 1
    ? "ONE: two messages of the lane are released and unfinished"
    : undefined;
}
