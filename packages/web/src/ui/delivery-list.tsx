import type { ReactNode } from "react";
import { Link } from "wouter";
import type { MessageItem } from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { classes } from "./classes.ts";
import { now } from "./clock.ts";
import styles from "./delivery-list.module.css";
import { StateLine } from "./state-line.tsx";
import { APPEARANCE_NAMES, appearanceOf } from "./status.ts";
import { StatusMark } from "./status-mark.tsx";
import { VisuallyHidden } from "./visually-hidden.tsx";

interface DeliveryListProps {
  readonly items: readonly MessageItem[];
  /** What tells one row from the others where they all stand. */
  readonly nameOf: (item: MessageItem) => ReactNode;
  /** Beside the link to the message. */
  readonly asideOf: (item: MessageItem) => ReactNode;
}

/** Deliveries where they belong: each where it stands, and the way to its story. */
export function DeliveryList({ items, nameOf, asideOf }: DeliveryListProps) {
  return (
    <ol className={styles.deliveries}>
      {items.map((item) => (
        <li key={item.messageId} className={styles.delivery}>
          <Link href={`/messages/${item.messageId}`} className={styles.message ?? ""}>
            <Row item={item} name={nameOf(item)} />
          </Link>
          {asideOf(item)}
        </li>
      ))}
    </ol>
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
