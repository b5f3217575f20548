import { Link } from "wouter";
import type { Stats } from "../api/types.ts";
import { classes } from "../ui/classes.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import styles from "./verdict.module.css";
import { verdictOf } from "./verdict-of.ts";

/** The answer in one look, and the way to what needs attention. */
export function Verdict({ stats }: { readonly stats: Stats }) {
  const { tone, title, text } = verdictOf(stats);
  const needsAttention = stats.counts.FAILED + stats.rolledBack > 0;
  return (
    <section className={classes(styles.verdict, styles[tone])} aria-label="In one look">
      <div>
        <h2 className={styles.title}>{title}</h2>
        <p className={styles.text}>{text}</p>
      </div>
      {needsAttention && (
        <Link href="/messages?tab=attention" className={styles.link ?? ""}>
          Show what needs attention
          <ChevronIcon />
        </Link>
      )}
    </section>
  );
}
