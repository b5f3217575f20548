import type { Stats } from "../api/types.ts";
import { classes } from "../ui/classes.ts";
import { CheckIcon, WarningIcon } from "../ui/icons.tsx";
import { spellDuration } from "../ui/times.ts";
import styles from "./queue-depth.module.css";

/** The queue that all senders share, and whether anything is late. A key of one sender is told the latter only. */
export function QueueDepth({ stats, seesQueue }: { readonly stats: Stats; readonly seesQueue: boolean }) {
  const { queue, deadLetters, oldestOverdueSeconds } = stats;
  const isOverdue = oldestOverdueSeconds > 0;
  return (
    <section aria-labelledby="queue">
      <h2 id="queue" className={styles.heading}>
        {seesQueue ? "Queue, now" : "Lateness, now"}
      </h2>
      <dl className={styles.row}>
        {seesQueue && (
          <>
            <Figure name="Visible" meaning="Copies ready for a worker" value={queue?.visible} />
            <Figure name="In flight" meaning="Copies with a worker" value={queue?.inFlight} />
            <Figure name="Delayed" meaning="Copies whose time has not come" value={queue?.delayed} />
            <Figure
              name="Dead letters"
              meaning="Copies that crashed a worker"
              value={deadLetters}
              isAlarming
            />
          </>
        )}
        <div className={styles.figure}>
          <dt className={styles.name}>Oldest overdue</dt>
          <dd className={classes(styles.value, isOverdue ? styles.bad : styles.good)}>
            {isOverdue ? <WarningIcon /> : <CheckIcon />}
            {isOverdue ? spellDuration(oldestOverdueSeconds * 1_000) : "0 s"}
          </dd>
          <dd className={styles.meaning}>{isOverdue ? "Past its time" : "Nothing is late"}</dd>
        </div>
      </dl>
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly meaning: string;
  /** Undefined: the queue does not answer. */
  readonly value: number | undefined;
  /** Any but 0 is bad. */
  readonly isAlarming?: boolean;
}

function Figure({ name, meaning, value, isAlarming = false }: FigureProps) {
  const tone = value === undefined ? styles.unknown : isAlarming && value > 0 && styles.bad;
  return (
    <div className={styles.figure}>
      <dt className={styles.name}>{name}</dt>
      <dd className={classes(styles.value, tone)}>{value?.toLocaleString() ?? "?"}</dd>
      <dd className={styles.meaning}>{value === undefined ? "No answer" : meaning}</dd>
    </div>
  );
}
