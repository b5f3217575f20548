import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import type { EndpointAppearance, EndpointLine } from "./describe-endpoint.ts";
import styles from "./endpoint-mark.module.css";

/** Told apart by shape as well as by colour. */
const SHAPES: Record<EndpointAppearance, ReactNode> = {
  ACTIVE: <circle cx="8" cy="8" r="3.5" fill="currentColor" stroke="none" />,
  FAILING: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.5M8 11v.01" />
    </>
  ),
  PAUSED: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  DISABLED: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.4 4.4 7.2 7.2" />
    </>
  ),
};

type Marked = Pick<EndpointLine, "appearance" | "tone">;

/** A mark without words: decoration beside a text that says the same. */
export function EndpointMark({ of: { appearance, tone } }: { readonly of: Marked }) {
  return (
    <svg
      className={classes(styles.mark, styles[tone])}
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
      {SHAPES[appearance]}
    </svg>
  );
}

export function EndpointBadge({ of }: { readonly of: EndpointLine }) {
  return (
    <span className={classes(styles.badge, styles[of.tone])}>
      <EndpointMark of={of} />
      {of.name}
    </span>
  );
}
