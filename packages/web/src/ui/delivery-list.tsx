import { type ReactNode, useMemo, useRef } from "react";
import { Link } from "wouter";
import type { MessageItem } from "../api/types.ts";
import type { Row as ListRow } from "../messages/feed.ts";
import { splitTarget } from "../messages/split-target.ts";
import { SelectBox } from "../select/select-box.tsx";
import { SelectHead } from "../select/select-head.tsx";
import { useMaySelect } from "../select/use-may-select.ts";
import { useSelection, useSelectKeys } from "../select/use-selection.ts";
import { classes } from "./classes.ts";
import { now } from "./clock.ts";
import styles from "./delivery-list.module.css";
import { useRowKeys } from "./row-keys.ts";
import { StateLine } from "./state-line.tsx";
import { APPEARANCE_NAMES, appearanceOf } from "./status.ts";
import { StatusMark } from "./status-mark.tsx";
import { VisuallyHidden } from "./visually-hidden.tsx";

interface DeliveryListProps {
  /** Tells the list from others, of which others are selected. */
  readonly name: string;
  readonly items: readonly MessageItem[];
  /** What tells one row from the others where they all stand. */
  readonly nameOf: (item: MessageItem) => ReactNode;
  /** They need as much room as what became of each. */
  readonly hasLongNames?: true;
  /** Beside the link to the message. */
  readonly asideOf: (item: MessageItem) => ReactNode;
  /** In place of the rows if there are none. */
  readonly none: ReactNode;
}

/** Deliveries where they belong: each where it stands, the way to its story, and what can be done with several. */
export function DeliveryList(props: DeliveryListProps) {
  const { name, items, nameOf, asideOf, none } = props;
  const list = useRef<HTMLOListElement>(null);
  const rows = useMemo(() => items.map((item): ListRow => ({ item, hasMovedOn: false })), [items]);
  const selection = useSelection(name, rows);
  const maySelect = useMaySelect();
  useRowKeys(list);
  useSelectKeys(list, maySelect ? selection : undefined);
  return (
    <>
      {maySelect && (items.length > 0 || selection.selected.size > 0) && (
        <div className={styles.head}>
          <SelectHead selection={selection}>
            <span className={styles.all}>Select</span>
          </SelectHead>
        </div>
      )}
      {items.length === 0 && none}
      {items.length > 0 && (
        <ol
          ref={list}
          className={classes(styles.deliveries, props.hasLongNames && styles.longNames)}
          data-selectable={maySelect || undefined}
        >
          {items.map((item) => (
            <li key={item.messageId} className={styles.delivery} data-selects={item.messageId}>
              {maySelect && (
                <SelectBox
                  name={`the delivery ${item.messageId}`}
                  isSelected={selection.selected.has(item.messageId)}
                  onToggle={(isRange) => selection.toggle(item.messageId, isRange)}
                />
              )}
              <Link
                href={`/messages/${item.messageId}`}
                className={styles.message ?? ""}
                data-row={item.messageId}
              >
                <Row item={item} name={nameOf(item)} />
              </Link>
              {asideOf(item)}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Row({ item, name }: { readonly item: MessageItem; readonly name: ReactNode }) {
  const appearance = appearanceOf(item, now());
  return (
    <>
      <span className={styles.mark}>
        <StatusMark of={appearance} />
        <VisuallyHidden>{APPEARANCE_NAMES[appearance]}</VisuallyHidden>
      </span>
      <span className={styles.target}>{name}</span>
      <span className={classes(styles.state, styles[appearance])}>
        <StateLine item={item} />
      </span>
    </>
  );
}

export function TargetName({ url }: { readonly url: string | undefined }) {
  const { host, path } = splitTarget(url);
  return (
    <>
      <bdi className={styles.host}>{host}</bdi>
      <bdi className={styles.path}>{path}</bdi>
    </>
  );
}

export function AsideLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className={styles.aside ?? ""}>
      {children}
    </Link>
  );
}
