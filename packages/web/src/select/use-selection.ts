import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useAccess } from "../access/access.ts";
import type { Row } from "../messages/feed.ts";
import { announce } from "../ui/announcer.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import {
  countGone,
  MOST_SELECTED,
  NOTHING,
  type Selected,
  shareOf,
  toggled,
  withLatest,
  without,
  withRows,
} from "./selection.ts";

export interface Selection {
  readonly selected: Selected;
  /** So many of them stand in the list no more. */
  readonly gone: number;
  readonly share: ReturnType<typeof shareOf>;
  /** How many rows there are to be selected. */
  readonly shown: number;
  /** The box of all: where the focus goes when what had it is gone. */
  readonly head: RefObject<HTMLInputElement | null>;
  /** With `isRange` all from the one that was selected before. */
  readonly toggle: (messageId: string, isRange: boolean) => void;
  readonly toggleAll: () => void;
  readonly clear: () => void;
  readonly drop: (messageIds: readonly string[]) => void;
}

/** What was selected in the list that the reader left, most likely to look at one of its messages. */
let left: { readonly list: string; readonly selected: Selected } | undefined;

/** What is selected in a list of that name, for as long as the reader stays with it or comes back to it. */
export function useSelection(name: string, rows: readonly Row[]): Selection {
  const { keyId } = useAccess();
  // What one key has seen is not for the next one.
  const list = `${keyId} ${name}`;
  const [selected, setSelected] = useState(left?.list === list ? left.selected : NOTHING);
  const head = useRef<HTMLInputElement>(null);
  const anchor = useRef<string>(undefined);

  useEffect(() => setSelected((before) => withLatest(before, rows)), [rows]);
  useEffect(() => {
    left = { list, selected };
  }, [list, selected]);
  const change = (next: Selected) => {
    setSelected(next);
    if (next.size >= MOST_SELECTED)
      announce(`No more than ${MOST_SELECTED.toLocaleString()} messages can be selected at once.`);
  };
  const clear = () => setSelected(NOTHING);
  const share = shareOf(selected, rows);
  useShortcuts({ Escape: selected.size > 0 ? clear : undefined });
  return {
    selected,
    gone: countGone(selected, rows),
    share,
    shown: rows.length,
    head,
    toggle: (messageId, isRange) => {
      change(toggled(selected, rows, messageId, isRange ? anchor.current : undefined));
      anchor.current = messageId;
    },
    toggleAll: () => (share === "all" ? clear() : change(withRows(selected, rows))),
    clear,
    drop: useCallback((messageIds) => setSelected((before) => without(before, messageIds)), []),
  };
}

/** Lets x select the row that has the focus, and Shift with it all rows up to that. */
export function useSelectKeys(list: RefObject<HTMLElement | null>, selection: Selection | undefined): void {
  const toggle = ({ shiftKey }: KeyboardEvent) => {
    const focused = list.current?.contains(document.activeElement) ? document.activeElement : null;
    const id = focused?.closest<HTMLElement>("[data-selects]")?.dataset.selects;
    if (id !== undefined) selection?.toggle(id, shiftKey);
  };
  const handler = selection && toggle;
  useShortcuts({ x: handler, X: handler });
}
