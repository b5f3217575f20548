import { Link } from "wouter";
import type { Stats } from "../api/types.ts";
import type { Tab } from "../messages/filter.ts";
import { classes } from "../ui/classes.ts";
import { APPEARANCE_NAMES, type Appearance } from "../ui/status.ts";
import { StatusMark } from "../ui/status-mark.tsx";
import styles from "./status-counts.module.css";

const TILES: readonly { readonly of: Appearance; readonly tab: Tab }[] = [
  { of: "FAILED", tab: "failed" },
  { of: "ROLLED_BACK", tab: "attention" },
  { of: "PENDING", tab: "pending" },
  { of: "QUEUED", tab: "queued" },
  { of: "PROCESSING", tab: "processing" },
  { of: "COMPLETED", tab: "completed" },
  { of: "CANCELLED", tab: "cancelled" },
];

/** How many messages there are of each kind; each number leads to its messages. */
export function StatusCounts({ stats }: { readonly stats: Stats }) {
  return (
    <section aria-labelledby="counts">
      <h2 id="counts" className={styles.heading}>
        Messages
      </h2>
      <ul className={styles.tiles}>
        {TILES.map(({ of, tab }) => {
          const count = of === "ROLLED_BACK" ? stats.rolledBack : stats.counts[of];
          const name = of === "ROLLED_BACK" ? "rolledBack" : of;
          return (
            <li key={of} className={styles.tile}>
              <Link href={`/messages?tab=${tab}`} className={styles.link ?? ""}>
                <span className={styles.name}>
                  <StatusMark of={of} />
                  {APPEARANCE_NAMES[of]}
                </span>
                <Count
                  count={count}
                  isCapped={stats.capped.includes(name)}
                  isApproximate={stats.approximate.includes(name)}
                  of={of}
                />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Count(props: {
  readonly count: number;
  readonly isCapped: boolean;
  readonly isApproximate: boolean;
  readonly of: Appearance;
}) {
  const { count, isCapped, isApproximate, of } = props;
  const title = isCapped
    ? "At least this many"
    : isApproximate
      ? "Counted with a delay of a few seconds"
      : undefined;
  return (
    <span className={classes(styles.count, count > 0 && styles[of])} title={title}>
      {count.toLocaleString()}
      {isCapped && "+"}
    </span>
  );
}
