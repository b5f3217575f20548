import { VisibleText } from "../ui/safe-text.tsx";
import styles from "./find-page.module.css";

interface MatchedTextProps {
  /** What it is: "Message id". */
  readonly name: string;
  readonly text: string;
  /** What was looked for; in either case, as ids are compared. */
  readonly part: string;
}

/** By what a row was found: all of it, with the part that matched marked. */
export function MatchedText({ name, text, part }: MatchedTextProps) {
  const at = text.toLowerCase().indexOf(part.toLowerCase());
  const [start, end] = at === -1 ? [0, 0] : [at, at + part.length];
  return (
    <p className={styles.matched}>
      {name}{" "}
      <bdi className={styles.id}>
        <VisibleText>{text.slice(0, start)}</VisibleText>
        {end > start && (
          <mark>
            <VisibleText>{text.slice(start, end)}</VisibleText>
          </mark>
        )}
        <VisibleText>{text.slice(end)}</VisibleText>
      </bdi>
    </p>
  );
}
