import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { describeError } from "../api/api-error.ts";
import { FEED } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./bulk-retry.module.css";
import { type CountMany, countFailed, type FailedCount } from "./count-failed.ts";
import { pause } from "./pause.ts";
import { type Progress, type RetryAllDependencies, retryAll } from "./retry-all.ts";
import { Running } from "./running.tsx";

type Phase =
  | { readonly name: "counting"; readonly count: number }
  | { readonly name: "asking"; readonly failed: FailedCount }
  | {
      readonly name: "running";
      readonly failed: FailedCount;
      readonly progress: Progress;
      readonly stop: () => void;
    }
  | {
      readonly name: "done";
      readonly progress: Progress;
      readonly stopped: boolean;
      readonly error?: unknown;
    }
  | { readonly name: "broken"; readonly error: unknown };

const NOTHING_YET: Progress = { retried: 0, skipped: 0 };

/** What is said at each step. */
export interface BulkWords {
  readonly counting: string;
  readonly none: string;
  /** What will happen; the number as it is to be said. */
  readonly question: (number: string, count: number) => ReactNode;
  /** The verb of the button, before the number. */
  readonly action: string;
  /** Before the numbers of what is done and of all. */
  readonly running: string;
  readonly done: (count: number) => string;
  /** After the number. */
  readonly skipped: string;
  /** Of what an error has left undone. */
  readonly others: string;
  /** It cannot be undone. */
  readonly danger?: true;
}

interface BulkRunProps<Filter extends object> {
  /** What it is about; must stay the same object. */
  readonly scope: Filter;
  readonly countMany: CountMany<Filter>;
  readonly retryMany: RetryAllDependencies<Filter>["retryMany"];
  readonly words: BulkWords;
  /** Above the question, as long as nothing has begun: where the scope is chosen. */
  readonly choice?: ReactNode;
  /** What has come of it, below the sum; is told how many were skipped. */
  readonly outcome?: (skipped: number) => ReactNode;
  readonly onClose: () => void;
}

/** The contents of a dialog that does something to many: counts, asks, shows progress, sums up. */
export function BulkRun<Filter extends object>(props: BulkRunProps<Filter>) {
  const { scope, countMany, retryMany, words, choice, outcome, onClose } = props;
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ name: "counting", count: 0 });
  const running = useRef<AbortController>(undefined);

  useEffect(() => {
    const counting = new AbortController();
    setPhase({ name: "counting", count: 0 });
    countFailed(countMany, scope, counting.signal, (count) => setPhase({ name: "counting", count })).then(
      (failed) => setPhase({ name: "asking", failed }),
      (error) => counting.signal.aborted || setPhase({ name: "broken", error }),
    );
    return () => counting.abort();
  }, [countMany, scope]);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (failed: FailedCount) => {
    const abort = new AbortController();
    running.current = abort;
    let progress = NOTHING_YET;
    const stop = () => abort.abort();
    setPhase({ name: "running", failed, progress, stop });
    try {
      await retryAll({ retryMany, pause }, scope, abort.signal, (latest) => {
        progress = latest;
        setPhase({ name: "running", failed, progress, stop });
      });
      setPhase({ name: "done", progress, stopped: false });
    } catch (error) {
      setPhase({
        name: "done",
        progress,
        stopped: abort.signal.aborted,
        ...(abort.signal.aborted ? {} : { error }),
      });
    }
    // The list keeps its rows, and the next look at its top says which of them have moved on.
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== FEED });
  };

  switch (phase.name) {
    case "counting":
      return (
        <>
          {choice}
          <p className={styles.text} role="status">
            {words.counting} {phase.count > 0 && phase.count.toLocaleString()}
          </p>
        </>
      );
    case "broken":
      return (
        <>
          {choice}
          <Notice tone="bad">{describeError(phase.error)}</Notice>
        </>
      );
    case "asking":
      return (
        <>
          {choice}
          <Question failed={phase.failed} words={words} onRun={run} onClose={onClose} />
        </>
      );
    case "running":
      return (
        <Running
          verb={words.running}
          done={phase.progress.retried}
          of={spellCount(phase.failed)}
          value={phase.progress.retried + phase.progress.skipped}
          max={phase.failed.count}
          onStop={phase.stop}
        />
      );
    case "done":
      return <Summary {...phase} words={words} outcome={outcome} onClose={onClose} />;
  }
}

interface QuestionProps {
  readonly failed: FailedCount;
  readonly words: BulkWords;
  readonly onRun: (failed: FailedCount) => void;
  readonly onClose: () => void;
}

function Question({ failed, words, onRun, onClose }: QuestionProps) {
  if (failed.count === 0) {
    return (
      <>
        <p className={styles.text}>{words.none}</p>
        <div className={styles.actions}>
          <Button onClick={onClose}>Close</Button>
        </div>
      </>
    );
  }
  const number = spellCount(failed);
  return (
    <>
      <div className={styles.text}>{words.question(number, failed.count)}</div>
      <div className={styles.actions}>
        <Button onClick={onClose}>Not now</Button>
        <Button kind={words.danger ? "danger" : "primary"} onClick={() => onRun(failed)}>
          {words.action} {number}
        </Button>
      </div>
    </>
  );
}

type SummaryProps = Extract<Phase, { name: "done" }> & {
  readonly words: BulkWords;
  readonly outcome: ((skipped: number) => ReactNode) | undefined;
  readonly onClose: () => void;
};

function Summary({ progress, stopped, error, words, outcome, onClose }: SummaryProps) {
  const { retried, skipped } = progress;
  return (
    <>
      <div className={styles.text}>
        <p role="status">
          <strong>
            {stopped ? "Stopped. " : ""}
            {words.done(retried)}
          </strong>
        </p>
        {skipped > 0 && (
          <p>
            {skipped.toLocaleString()} {words.skipped}
          </p>
        )}
        {retried > 0 && outcome?.(skipped)}
        {error !== undefined && (
          <Notice tone="bad">
            {describeError(error)} {words.others}
          </Notice>
        )}
      </div>
      <div className={styles.actions}>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  );
}

function spellCount({ count, isCapped }: FailedCount): string {
  return isCapped ? `more than ${(count - 1).toLocaleString()}` : count.toLocaleString();
}
