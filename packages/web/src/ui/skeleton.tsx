import styles from "./skeleton.module.css";

/** Lines of different length: neither a list nor a text looks like a ruler. */
const WIDTHS = [62, 48, 71, 55, 66, 44, 58, 69] as const;

/** In place of contents that are on their way: where their lines will be. */
export function Skeleton({
  label,
  lines = WIDTHS.length,
}: {
  readonly label: string;
  readonly lines?: number;
}) {
  return (
    <div className={styles.skeleton} aria-busy="true" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => WIDTHS[i % WIDTHS.length]).map((width, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <div key={i} className={styles.line} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
