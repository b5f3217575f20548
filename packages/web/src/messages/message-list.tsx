import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { SelectBox } from "../select/select-box.tsx";
import { type Selection, useSelectKeys } from "../select/use-selection.ts";
import { Contained } from "../ui/contained.tsx";
import { useMediaQuery } from "../ui/media-query.ts";
import { useExactTimes } from "../ui/preferences.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import type { Row } from "./feed.ts";
import styles from "./message-list.module.css";
import { BrokenRow, MessageRow } from "./message-row.tsx";
import type { Order } from "./order.ts";
import { splitTarget } from "./split-target.ts";

const ROW_PX = 45;
const NARROW_ROW_PX = 65;
/** An exact time has a line of its own there. */
const NARROW_EXACT_ROW_PX = 86;
const NARROW = "(width < 48rem)";
const OVERSCAN = 12;
/** So many rows before the last one, more are asked for. */
const NEAR_END = 15;
/** The header and the list's bar stick to the top: a row that is scrolled to must not end up behind them. */
const STUCK_PX = 96;
/** So does what can be done with the selected messages at the bottom of a narrow screen. */
const SELECTED_BAR_PX = 96;

interface MessageListProps {
  readonly rows: readonly Row[];
  readonly order: Order;
  readonly isComplete: boolean;
  /** Undefined for a key that may do nothing with them. */
  readonly selection: Selection | undefined;
  readonly onFirstVisible: (index: number) => void;
  readonly onNearEnd: () => void;
}

/** The row the reader was at, remembered while they look at a message. */
let lastFocused: string | undefined;

/** Only the rows in view exist. j and k move the focus from row to row; each is a link. */
export function MessageList(props: MessageListProps) {
  const { rows, order, isComplete, selection, onFirstVisible, onNearEnd } = props;
  const list = useRef<HTMLOListElement>(null);
  const isNarrow = useMediaQuery(NARROW);
  const exact = useExactTimes();
  const rowPx = isNarrow ? (exact ? NARROW_EXACT_ROW_PX : NARROW_ROW_PX) : ROW_PX;
  const [focused, setFocused] = useState(lastFocused);
  const [offset, setOffset] = useState(0);
  const focusedIndex = rows.findIndex(({ item }) => item.messageId === focused);

  useLayoutEffect(() => {
    const top = list.current?.getBoundingClientRect().top ?? 0;
    setOffset(top + scrollY);
  }, []);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.item.messageId ?? index,
    overscan: OVERSCAN,
    scrollMargin: offset,
    scrollPaddingStart: STUCK_PX,
    scrollPaddingEnd: isNarrow && selection && selection.selected.size > 0 ? SELECTED_BAR_PX : 0,
    // The focused row stays, wherever the reader scrolls: removing it would lose the focus.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      if (focusedIndex === -1 || shown.includes(focusedIndex)) return shown;
      return [...shown, focusedIndex].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row height makes every measurement void
  useEffect(() => virtualizer.measure(), [rowPx]);

  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  const { isScrolling } = virtualizer;
  useEffect(() => {
    // Rows that rush past need not be up to date.
    if (!isScrolling) onFirstVisible(startIndex);
  }, [onFirstVisible, startIndex, isScrolling]);
  useEffect(() => {
    if (endIndex >= rows.length - NEAR_END) onNearEnd();
  });

  const move = (by: number) => {
    const from = focusedIndex === -1 ? startIndex - by : focusedIndex;
    const to = Math.min(Math.max(from + by, 0), rows.length - 1);
    const id = rows[to]?.item.messageId;
    if (id === undefined) return;
    virtualizer.scrollToIndex(to, { align: "auto" });
    setFocused(id);
    shouldFocus.current = true;
  };
  const shouldFocus = useRef(false);
  useEffect(() => {
    lastFocused = focused;
    if (!shouldFocus.current) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-message="${focused}"]`);
    if (!link) return;
    shouldFocus.current = false;
    link.focus({ preventScroll: true });
  });
  useSelectKeys(list, selection);
  useShortcuts({ j: () => move(1), k: () => move(-1), ArrowDown: arrow(1), ArrowUp: arrow(-1) });
  /** Arrows scroll the page unless a row has the focus. */
  function arrow(by: number): (() => void) | undefined {
    return list.current?.contains(document.activeElement) ? () => move(by) : undefined;
  }

  return (
    <ol
      ref={list}
      className={styles.list}
      data-exact={exact || undefined}
      data-selectable={selection && true}
      aria-label={`Messages, ${order.name}`}
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={(event) => setFocused(event.target.closest<HTMLElement>("[data-selects]")?.dataset.selects)}
    >
      {virtualizer.getVirtualItems().map(({ index, key, size, start }) => {
        const row = rows[index];
        return (
          row && (
            <li
              key={key}
              className={styles.item}
              data-selects={row.item.messageId}
              aria-posinset={index + 1}
              aria-setsize={isComplete ? rows.length : -1}
              style={{ height: size, transform: `translateY(${start - offset}px)` }}
            >
              {selection && (
                <SelectBox
                  name={nameOf(row.item)}
                  isSelected={selection.selected.has(row.item.messageId)}
                  onToggle={(isRange) => selection.toggle(row.item.messageId, isRange)}
                />
              )}
              <Contained
                what="This message"
                renewedBy={row}
                fallback={<BrokenRow messageId={row.item.messageId} />}
              >
                <MessageRow row={row} />
              </Contained>
            </li>
          )
        );
      })}
    </ol>
  );
}

function nameOf({ method, targetUrl }: Row["item"]): string {
  const { host, path } = splitTarget(targetUrl);
  return `${method ?? ""} ${host}${path}`.trim();
}
