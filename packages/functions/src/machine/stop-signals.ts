/** npm passes on what the terminal has sent to everybody already: so soon after the first it is the same signal. */
const SAME_SIGNAL_MS = 1_000;

interface StopSignalsOptions {
  readonly signals: { on(name: "SIGINT" | "SIGTERM", listener: () => void): unknown };
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** The first signal: end cleanly. */
  readonly stop: () => void;
  /** A later one: end at once; what was running is repaired at the next start. */
  readonly abandon: () => void;
}

/** SIGINT and SIGTERM, as a person or a supervisor means them. */
export function onStopSignal({ signals, now, stop, abandon }: StopSignalsOptions): void {
  let first: number | undefined;
  const receive = () => {
    if (first === undefined) {
      first = now();
      stop();
    } else if (now() - first >= SAME_SIGNAL_MS) abandon();
  };
  signals.on("SIGINT", receive);
  signals.on("SIGTERM", receive);
}
