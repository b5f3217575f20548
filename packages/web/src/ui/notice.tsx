import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import { WarningIcon } from "./icons.tsx";
import styles from "./notice.module.css";

/** Something is not as it should be, and the rest of the screen still holds. */
export function Notice(props: {
  readonly tone: "warn" | "bad";
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={classes(styles.notice, styles[props.tone])} role="alert">
      <span className={styles.mark}>
        <WarningIcon />
      </span>
      <span className={styles.text}>{props.children}</span>
      {props.action}
    </div>
  );
}

/** In place of contents: there are none, or they could not be had. */
export function Empty(props: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <h2>{props.title}</h2>
      {props.children && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}
