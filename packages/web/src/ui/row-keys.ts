import type { RefObject } from "react";
import { useShortcuts } from "./shortcuts.ts";

/** Lets j and k move the focus from row to row (a link with `data-row`) of what `list` holds. */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  const move = (by: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
    const at = rows.findIndex((row) => row.matches(":focus"));
    const to = at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
    rows[to]?.focus();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
}
