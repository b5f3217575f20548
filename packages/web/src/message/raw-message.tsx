import { useState } from "react";
import { TextBlock } from "../ui/text-block.tsx";
import styles from "./raw-message.module.css";

/** The API's answer itself, for what the screen does not show. */
export function RawMessage({ text }: { readonly text: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>Raw JSON</summary>
      {isOpen && <TextBlock label="Raw JSON" text={text} isJson />}
    </details>
  );
}
