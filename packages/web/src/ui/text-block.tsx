import { useMemo, useState } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { jsonTokens } from "./json-tokens.ts";
import { VisibleText } from "./safe-text.tsx";
import styles from "./text-block.module.css";

/** What is laid out at first. Longer texts are shown whole on demand: laying out 200 KiB takes a moment. */
const FIRST_CHARACTERS = 16_384;

export interface TextBlockProps {
  readonly label: string;
  /** What the text is called where "Response body" alone would not tell which one. */
  readonly name?: string;
  readonly text: string;
  /** What the copy button copies, if not `text`. */
  readonly original?: string | undefined;
  readonly isJson?: boolean;
  /** Said beside the label, such as a content type. */
  readonly note?: string | undefined;
  /** Said below the text, such as that it was cut. */
  readonly footer?: string | undefined;
}

/** A payload, as text whatever it contains, wrapped, scrolling within itself. */
export function TextBlock(props: TextBlockProps) {
  const { label, name = label, text, original = text, isJson = false, note, footer } = props;
  const [whole, setWhole] = useState(false);
  const isCut = !whole && text.length > FIRST_CHARACTERS;
  const shown = isCut ? text.slice(0, FIRST_CHARACTERS) : text;
  const bytes = useMemo(() => new TextEncoder().encode(original).length, [original]);
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <span className={styles.label}>{label}</span>
        <span>{spellBytes(bytes)}</span>
        {note && <span>{note}</span>}
        <span className={styles.spring} />
        <CopyButton text={original} what={name[0]?.toLowerCase() + name.slice(1)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.text} tabIndex={0} aria-label={name}>
        {isJson && shown.length <= FIRST_CHARACTERS ? (
          <JsonText>{shown}</JsonText>
        ) : (
          <VisibleText>{shown}</VisibleText>
        )}
      </section>
      {isCut && (
        <div className={styles.more}>
          The first {FIRST_CHARACTERS.toLocaleString()} of {text.length.toLocaleString()} characters.
          <Button small kind="plain" onClick={() => setWhole(true)}>
            Show all
          </Button>
        </div>
      )}
      {footer && <div className={styles.more}>{footer}</div>}
    </div>
  );
}

function JsonText({ children }: { readonly children: string }) {
  let offset = 0;
  return jsonTokens(children).map(({ kind, text }) => {
    const key = offset;
    offset += text.length;
    return (
      <span key={key} className={styles[kind]}>
        <VisibleText>{text}</VisibleText>
      </span>
    );
  });
}

/** 17 B, 1.2 KiB: as the API's limits count. */
export function spellBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1).replace(/\.0$/, "")} KiB`;
}
