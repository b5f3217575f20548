import type { ComponentPropsWithRef } from "react";
import styles from "./button.module.css";
import { classes } from "./classes.ts";

type Kind = "normal" | "primary" | "danger" | "plain";

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  readonly kind?: Kind;
  readonly small?: boolean;
  /** Square, for a button that shows nothing but an icon; it then needs an `aria-label`. */
  readonly square?: boolean;
}

export function Button({ kind = "normal", small, square, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        styles.button,
        kind !== "normal" && styles[kind],
        small && styles.small,
        square && styles.icon,
        className,
      )}
    />
  );
}
