import type { Stats } from "../api/types.ts";
import { classes } from "../ui/classes.ts";
import { spellDuration } from "../ui/times.ts";
import styles from "./endpoint.module.css";
import { useEndpointStats } from "./use-endpoint-stats.ts";

/** What its events of the last 24 hours have come to. Nothing until it is known: the rest of the page stands without it. */
export function LastDay({ endpointId }: { readonly endpointId: string }) {
  const data = useEndpointStats(endpointId);
  return (
    <section aria-label="The last 24 hours" className={styles.day}>
      <dl className={styles.numbers}>
        {numbersOf(data).map(({ name, value, isBad }) => (
          <div key={name} className={styles.number}>
            <dt>{name}</dt>
            <dd className={classes(isBad && styles.bad)}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}

const NOT_KNOWN = "–";

function numbersOf(stats: Stats | undefined): readonly Fact[] {
  const count = (number: number | undefined) => {
    if (number === undefined) return NOT_KNOWN;
    return `${number.toLocaleString()}${stats && stats.capped.length > 0 ? "+" : ""}`;
  };
  const { COMPLETED, FAILED, PENDING = 0, QUEUED = 0, PROCESSING = 0 } = stats?.counts ?? {};
  const took = (ms: number | undefined) => (ms === undefined ? NOT_KNOWN : spellDuration(ms));
  return [
    { name: "Delivered, 24 h", value: count(COMPLETED) },
    { name: "Failed", value: count(FAILED), isBad: (FAILED ?? 0) > 0 },
    { name: "Open", value: count(stats && PENDING + QUEUED + PROCESSING) },
    { name: "First attempt, median", value: took(stats?.firstAttempt?.p50Ms) },
    { name: "95 of 100 within", value: took(stats?.firstAttempt?.p95Ms) },
  ];
}
