import { useState } from "react";
import styles from "./raw-json.module.css";
import { TextBlock } from "./text-block.tsx";

/** The API's answer itself, for what the screen does not show. */
export function RawJson({ text }: { readonly text: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>Raw JSON</summary>
      {isOpen && <TextBlock label="Raw JSON" text={text} isJson />}
    </details>
  );
}
