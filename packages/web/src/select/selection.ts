/** Which messages of a list are selected: by their ids, each as it was last seen. Pure. */
import type { Row } from "../messages/feed.ts";

/** Each of them is a call of its own; more at once are chosen by a filter. */
export const MOST_SELECTED = 500;

/** By message id, in the order in which they were selected. */
export type Selected = ReadonlyMap<string, Row>;

export const NOTHING: Selected = new Map();

/** As many of `rows` as there may be are selected besides. */
export function withRows(selected: Selected, rows: readonly Row[]): Selected {
  const next = new Map(selected);
  for (const row of rows) {
    const { messageId } = row.item;
    if (next.size < MOST_SELECTED || next.has(messageId)) next.set(messageId, row);
  }
  return next;
}

export function without(selected: Selected, messageIds: Iterable<string>): Selected {
  const next = new Map(selected);
  for (const messageId of messageIds) next.delete(messageId);
  return next;
}

/** The row of that id changes, and takes all along that stand between it and the one of the id `from`. */
export function toggled(selected: Selected, rows: readonly Row[], id: string, from = id): Selected {
  const at = indexOf(rows, id);
  if (at === -1) return selected;
  const start = indexOf(rows, from);
  const [first, last] = start === -1 ? [at, at] : [Math.min(start, at), Math.max(start, at)];
  const range = rows.slice(first, last + 1);
  return selected.has(id)
    ? without(
        selected,
        range.map(({ item }) => item.messageId),
      )
    : withRows(selected, range);
}

function indexOf(rows: readonly Row[], id: string): number {
  return rows.findIndex(({ item }) => item.messageId === id);
}

/** The same, each as it is now; what is no longer among the rows stays as it was last seen. */
export function withLatest(selected: Selected, rows: readonly Row[]): Selected {
  if (selected.size === 0) return selected;
  const changed = rows.filter((row) => {
    const known = selected.get(row.item.messageId);
    return known !== undefined && known !== row;
  });
  return changed.length === 0 ? selected : withRows(selected, changed);
}

/** How many of them stand in the list no more. */
export function countGone(selected: Selected, rows: readonly Row[]): number {
  if (selected.size === 0) return 0;
  return selected.size - rows.filter(({ item }) => selected.has(item.messageId)).length;
}

/** How much of the list is selected; as many as there may be are all. */
export function shareOf(selected: Selected, rows: readonly Row[]): "none" | "some" | "all" {
  const here = selected.size - countGone(selected, rows);
  if (here === 0) return "none";
  return here === rows.length || selected.size >= MOST_SELECTED ? "all" : "some";
}
