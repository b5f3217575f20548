import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import { APPEARANCE_NAMES, type Appearance } from "./status.ts";
import styles from "./status-mark.module.css";

/** Told apart by shape as well as by colour. */
const SHAPES: Record<Appearance, ReactNode> = {
  PENDING: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.2 2.12" />,
  QUEUED: <circle cx="8" cy="8" r="5.5" />,
  PROCESSING: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 4.75a3.25 3.25 0 0 1 0 6.5Z" fill="currentColor" stroke="none" />
    </>
  ),
  COMPLETED: (
    <>
      <circle cx="8" cy="8" r="6.25" fill="currentColor" stroke="none" />
      <path d="m5.25 8.2 1.9 1.9 3.6-4.1" className="mark-cut" />
    </>
  ),
  FAILED: (
    <>
      <circle cx="8" cy="8" r="6.25" fill="currentColor" stroke="none" />
      <path d="m6 6 4 4m0-4-4 4" className="mark-cut" />
    </>
  ),
  CANCELLED: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.4 4.4 7.2 7.2" />
    </>
  ),
  WAITING: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3l2 1.5" />
    </>
  ),
  HELD: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  ROLLED_BACK: (
    <>
      <path d="M3 8.25a5 5 0 1 0 1.6-3.7L3 6" />
      <path d="M3 2.75V6h3.25" />
    </>
  ),
};

/** A mark without words: decoration beside a text that says the same. */
export function StatusMark({ of }: { readonly of: Appearance }) {
  return (
    <svg
      className={classes(styles.mark, styles[of])}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[of]}
    </svg>
  );
}

export function StatusBadge({ of }: { readonly of: Appearance }) {
  return (
    <span className={classes(styles.badge, styles[of])}>
      <StatusMark of={of} />
      {APPEARANCE_NAMES[of]}
    </span>
  );
}
