import { useEffect, useId, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import styles from "./keys.module.css";

/** A secret that nobody can show again. */
export interface Secret {
  readonly what: string;
  readonly text: string;
}

export interface Reveal {
  readonly title: string;
  /** What to do with it. */
  readonly note: string;
  readonly secrets: readonly Secret[];
}

/** Stays until the reader says that it is kept: neither Escape nor a click beside it may lose it. */
export function ShownOnce({ reveal, onDone }: { readonly reveal: Reveal; readonly onDone: () => void }) {
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is to be seen, too
  useEffect(() => panel.current?.focus(), [reveal]);
  return (
    <section ref={panel} tabIndex={-1} className={styles.reveal} aria-labelledby={id}>
      <h2 id={id}>{reveal.title}</h2>
      <p className={styles.note}>{reveal.note}</p>
      {reveal.secrets.map(({ what, text }) => (
        <div key={what}>
          <span className={styles.label}>{what}</span>
          <div className={styles.secret}>
            <code>{text}</code>
            <CopyButton text={text} what={what.toLowerCase()} />
          </div>
        </div>
      ))}
      <div>
        <Button onClick={onDone}>I have kept it</Button>
      </div>
    </section>
  );
}
