import { A, B, ENDPOINTS, LATE_WRITE, type State } from "./state.ts";

/** What must hold after every step. */
export function violation({ table, history }: State): string | undefined {
  const inserted = table.live | table.delivered;
  for (const endpoint of ENDPOINTS) {
    const name = endpoint === A ? "A" : "B";
    const isListed = table.revision > 0 && (table.matched & endpoint) > 0;
    if (table.insertedTwice & endpoint) return `${name}: made twice, a finished delivery is revived`;
    if (inserted & endpoint && !isListed)
      return `${name}: a message whose event ${table.revision ? "does not list it" : "is not stored"}`;
    if (isListed && !table.due && !(inserted & endpoint))
      return `${name}: the event counts as expanded, and the message is missing`;
  }
  if (history.accepted && !table.revision) return "answered 202, and no event is stored";
  return wrongMatch({ table, history });
}

export function violationAtRest({ table }: State): string | undefined {
  const missing = table.matched & ~(table.live | table.delivered);
  return table.revision && missing ? "at rest with an event that is not expanded" : undefined;
}

/**
 * The list as it was first stored: what was answered before the call began is respected. Of an endpoint that is changed
 * beside the call either is right.
 */
function wrongMatch({ table, history }: Pick<State, "table" | "history">): string | undefined {
  const isAsStored = table.revision > 0 && table.revision <= 2 && !history.replayed;
  if (!isAsStored || !history.storedBy || history.storedBy === LATE_WRITE) return undefined;
  const answered = (history.storedKnowing & B) | (history.storedKnowingDisabled & A);
  const beganBeside = history.changing & ~history.storedKnowingChanging;
  const changedBeside = beganBeside | (history.storedKnowingChanging & ~answered);
  if (history.storedKnowing & ~changedBeside & ~table.matched)
    return "an endpoint was there and answered before the call, and is not matched";
  if (history.storedKnowingDisabled & table.matched)
    return "an endpoint was disabled and answered before the call, and is matched";
  return undefined;
}
