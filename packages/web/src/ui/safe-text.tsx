import { Fragment } from "react";
import styles from "./safe-text.module.css";
import { visibleParts } from "./visible-text.ts";

/** Somebody else's text within ours: isolated, so that it cannot turn what stands around it. */
export function SafeText({ children }: { readonly children: string }) {
  return (
    <bdi className={styles.text}>
      <VisibleText>{children}</VisibleText>
    </bdi>
  );
}

/** The text with its hidden characters marked, without an element of its own. */
export function VisibleText({ children }: { readonly children: string }) {
  let offset = 0;
  return visibleParts(children).map((part) => {
    const key = offset;
    offset += part.text.length;
    return part.hidden ? (
      <span key={key} className={styles.hidden} title="An invisible character">
        {part.text}
      </span>
    ) : (
      <Fragment key={key}>{part.text}</Fragment>
    );
  });
}
