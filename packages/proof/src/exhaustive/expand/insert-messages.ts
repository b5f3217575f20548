/** What everybody does who has the stored list in hand: insert the messages it names, then mark the event EXPANDED. */
import { type Actor, ENDPOINTS } from "./state.ts";
import type { Turn } from "./turn.ts";

export function insertMessages(turn: Turn, expanded: (actor: Actor) => void): void {
  const { actor, weakening } = turn;
  const marksFirst = weakening === "expandedBeforeInserts";
  const mark = { kind: "expanded", of: actor.revision } as const;

  if (actor.todo && marksFirst && !actor.marked) {
    turn.write(mark, (after) => {
      after.marked = 1;
    });
  } else if (actor.todo) {
    const first = ENDPOINTS.find((endpoint) => actor.todo & endpoint) ?? 0;
    turn.write({ kind: "insertMessage", of: first }, (after) => {
      after.todo &= ~first;
    });
  } else if (actor.marked) {
    turn.step("has expanded the event", expanded);
  } else {
    turn.write(mark, (after) => {
      after.marked = 1;
      expanded(after);
    });
  }
}
