import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import { EVENT_NAMES, type EventAppearance } from "./describe-event.ts";
import styles from "./endpoint-mark.module.css";

const TONES: Record<EventAppearance, "good" | "warn" | "idle" | "bad"> = {
  EXPANDED: "idle",
  UNMATCHED: "warn",
  PENDING: "idle",
  FAILED: "bad",
};

/** Told apart by shape as well as by colour. */
const SHAPES: Record<EventAppearance, ReactNode> = {
  EXPANDED: (
    <>
      <path d="M2.5 8h4M6.5 8c3 0 2.5-4 5.5-4M6.5 8c3 0 2.5 4 5.5 4" />
      <circle cx="12.75" cy="4" r="1.25" fill="currentColor" stroke="none" />
      <circle cx="12.75" cy="12" r="1.25" fill="currentColor" stroke="none" />
    </>
  ),
  UNMATCHED: (
    <>
      <path d="M2.5 8h4" />
      <path d="m9.5 5.5 5 5m0-5-5 5" />
    </>
  ),
  PENDING: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.2 2.12" />,
  FAILED: (
    <>
      <circle cx="8" cy="8" r="6.25" fill="currentColor" stroke="none" />
      <path d="m6 6 4 4m0-4-4 4" className="mark-cut" />
    </>
  ),
};

/** A mark without words: decoration beside a text that says the same. */
export function EventMark({ of }: { readonly of: EventAppearance }) {
  return (
    <svg
      className={classes(styles.mark, styles[TONES[of]])}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[of]}
    </svg>
  );
}

export function EventBadge({ of }: { readonly of: EventAppearance }) {
  return (
    <span className={classes(styles.badge, styles[TONES[of]])}>
      <EventMark of={of} />
      {EVENT_NAMES[of]}
    </span>
  );
}
