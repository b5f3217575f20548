import { Button } from "../ui/button.tsx";
import styles from "./bulk-retry.module.css";

interface RunningProps {
  /** Before the numbers, as in "Retried 3 of 7…". */
  readonly verb: string;
  readonly done: number;
  /** As it is to be said. */
  readonly of: string;
  readonly value: number;
  readonly max: number;
  readonly onStop: () => void;
}

/** How far something has come that is done to many, and the way to stop it. */
export function Running({ verb, done, of, value, max, onStop }: RunningProps) {
  return (
    <>
      <div className={styles.text}>
        <p role="status">
          {verb} {done.toLocaleString()} of {of}…
        </p>
        <progress className={styles.bar} max={max} value={Math.min(value, max)} aria-label={verb} />
      </div>
      <div className={styles.actions}>
        <Button onClick={onStop}>Stop</Button>
      </div>
    </>
  );
}
