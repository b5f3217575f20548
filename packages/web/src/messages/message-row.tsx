import { memo } from "react";
import { Link } from "wouter";
import { classes } from "../ui/classes.ts";
import { now } from "../ui/clock.ts";
import { StateLine } from "../ui/state-line.tsx";
import { APPEARANCE_NAMES, appearanceOf } from "../ui/status.ts";
import { StatusMark } from "../ui/status-mark.tsx";
import { Time } from "../ui/time.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import type { Row } from "./feed.ts";
import styles from "./message-row.module.css";
import { splitTarget } from "./split-target.ts";

/** One message in one line (two on a narrow screen): state, target, what happened, sender, age. */
export const MessageRow = memo(function MessageRow({ row: { item, hasMovedOn } }: { readonly row: Row }) {
  const appearance = appearanceOf(item, now());
  const target = splitTarget(item.targetUrl);
  return (
    <Link
      href={`/messages/${item.messageId}`}
      state={{ fromList: true }}
      className={classes(styles.row, hasMovedOn && styles.movedOn)}
      data-message={item.messageId}
    >
      <span className={styles.mark}>
        <StatusMark of={appearance} />
        <VisuallyHidden>{APPEARANCE_NAMES[appearance]}</VisuallyHidden>
      </span>
      <span className={styles.target}>
        <span className={styles.method}>{item.method}</span> <bdi className={styles.host}>{target.host}</bdi>
        <bdi className={styles.path}>{target.path}</bdi>
      </span>
      <span className={classes(styles.state, styles[appearance])}>
        {hasMovedOn ? "Has moved on since" : <StateLine item={item} />}
      </span>
      <bdi className={styles.sender}>{item.senderId}</bdi>
      <span className={styles.time}>
        <Time at={item.createdAt} />
      </span>
    </Link>
  );
});

/** In place of a row that cannot be shown: its page may still tell more. */
export function BrokenRow({ messageId }: { readonly messageId: string }) {
  return (
    <Link
      href={`/messages/${messageId}`}
      state={{ fromList: true }}
      className={classes(styles.row, styles.movedOn)}
      data-message={messageId}
    >
      <span />
      <span className={styles.target}>{messageId}</span>
      <span className={styles.state}>This row cannot be shown</span>
    </Link>
  );
}
