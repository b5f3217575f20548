import { Link } from "wouter";
import { classes } from "../ui/classes.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import styles from "./verdict.module.css";
import { type VerdictInput, type VerdictLine, verdictOf } from "./verdict-of.ts";

/** The answer in one look: what is wrong now, worst first, each with the way to its messages. */
export function Verdict(input: VerdictInput) {
  return (
    <section aria-label="In one look">
      <ul className={styles.lines}>
        {verdictOf(input).map((line) => (
          <Line key={line.title.replace(/[\d,.]+/g, "")} line={line} />
        ))}
      </ul>
    </section>
  );
}

function Line({ line: { tone, title, text, link } }: { readonly line: VerdictLine }) {
  return (
    <li className={classes(styles.line, styles[tone])}>
      <div>
        <h2 className={styles.title}>{title}</h2>
        <p className={styles.text}>{text}</p>
      </div>
      {link && (
        <Link href={link.href} className={styles.link ?? ""}>
          {link.text}
          <ChevronIcon />
        </Link>
      )}
    </li>
  );
}
