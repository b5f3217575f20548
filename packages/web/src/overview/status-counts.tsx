import { Link } from "wouter";
import type { Stats } from "../api/types.ts";
import type { Tab } from "../messages/filter.ts";
import { classes } from "../ui/classes.ts";
import { APPEARANCE_NAMES, type Appearance } from "../ui/status.ts";
import { StatusMark } from "../ui/status-mark.tsx";
import type { Waiting } from "./count-waiting.ts";
import styles from "./status-counts.module.css";

interface Tile {
  readonly of: Appearance;
  readonly tab: Tab;
  readonly count: number;
  /** What is counted. */
  readonly meaning: string;
  /** Names in `capped` and `approximate`. */
  readonly names: readonly string[];
}

/** How many messages there are of each kind, and over what time; each number leads to its messages. */
export function StatusCounts(props: { readonly stats: Stats; readonly waiting: Waiting | undefined }) {
  const { stats, waiting } = props;
  return (
    <div className={styles.groups}>
      <Group id="unfinished" title="Not finished, now" tiles={unfinished(stats, waiting)} stats={stats} />
      <Group id="finished" title="Finished, while they are kept" tiles={finished(stats)} stats={stats} />
    </div>
  );
}

function unfinished({ counts, rolledBack }: Stats, waiting: Waiting | undefined): readonly Tile[] {
  // What the queue holds until its time comes is QUEUED to the API, and waits like the rest.
  const held = Math.min(counts.QUEUED, waiting?.inQueue ?? 0);
  return [
    {
      of: "ROLLED_BACK",
      tab: "attention",
      count: rolledBack,
      meaning: "after a failed send",
      names: ["rolledBack"],
    },
    {
      of: "WAITING",
      tab: "waiting",
      count: counts.PENDING + held,
      meaning: waitingMeaning(waiting),
      names: ["PENDING"],
    },
    {
      of: "QUEUED",
      tab: "queued",
      count: counts.QUEUED - held,
      meaning: "ready for a worker",
      names: ["QUEUED"],
    },
    {
      of: "PROCESSING",
      tab: "processing",
      count: counts.PROCESSING,
      meaning: "being delivered",
      names: ["PROCESSING"],
    },
  ];
}

function waitingMeaning(waiting: Waiting | undefined): string {
  if (!waiting || waiting.isCapped) return "for a retry, a time or the queue";
  const parts = [
    waiting.retries > 0 && `${waiting.retries.toLocaleString()} for a retry`,
    waiting.scheduled > 0 && `${waiting.scheduled.toLocaleString()} scheduled`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "for a retry, a time or the queue";
}

function finished({ counts }: Stats): readonly Tile[] {
  return [
    { of: "FAILED", tab: "failed", count: counts.FAILED, meaning: "and not dealt with", names: ["FAILED"] },
    {
      of: "COMPLETED",
      tab: "completed",
      count: counts.COMPLETED,
      meaning: "delivered",
      names: ["COMPLETED"],
    },
    { of: "CANCELLED", tab: "cancelled", count: counts.CANCELLED, meaning: "by hand", names: ["CANCELLED"] },
  ];
}

interface GroupProps {
  readonly id: string;
  readonly title: string;
  readonly tiles: readonly Tile[];
  readonly stats: Stats;
}

function Group({ id, title, tiles, stats }: GroupProps) {
  return (
    <section aria-labelledby={id} className={styles.group}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      <ul className={styles.tiles}>
        {tiles.map((tile) => (
          <li key={tile.of} className={styles.tile}>
            <Link href={`/messages?tab=${tile.tab}`} className={styles.link ?? ""}>
              <span className={styles.name}>
                <StatusMark of={tile.of} />
                {APPEARANCE_NAMES[tile.of]}
              </span>{" "}
              <Count tile={tile} stats={stats} /> <span className={styles.meaning}>{tile.meaning}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Count({ tile: { of, count, names }, stats }: { readonly tile: Tile; readonly stats: Stats }) {
  const isCapped = names.some((name) => stats.capped.includes(name));
  const isApproximate = names.some((name) => stats.approximate.includes(name));
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
