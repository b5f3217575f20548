import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { countMany, retryMany } from "../api/api.ts";
import { backoffMs, describeError } from "../api/api-error.ts";
import { FEED } from "../api/queries.ts";
import type { BulkRetryRequest } from "../api/types.ts";
import { type Filter, sourcesOf } from "../messages/filter.ts";
import { Button } from "../ui/button.tsx";
import { now } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./bulk-retry.module.css";
import { countFailed, type FailedCount } from "./count-failed.ts";
import { type Progress, retryAll } from "./retry-all.ts";

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

/** Retries every failed message of the filter: counts, asks, shows progress, sums up. */
export function BulkRetry({ filter, onClose }: { readonly filter: Filter; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ name: "counting", count: 0 });
  // What fails after this moment has not been counted, so it is not retried either.
  const [scope] = useState(() => scopeOf(filter, now()));
  const running = useRef<AbortController>(undefined);

  useEffect(() => {
    const counting = new AbortController();
    countFailed(countMany, scope, counting.signal, (count) => setPhase({ name: "counting", count })).then(
      (failed) => setPhase({ name: "asking", failed }),
      (error) => counting.signal.aborted || setPhase({ name: "broken", error }),
    );
    return () => counting.abort();
  }, [scope]);
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

  return (
    <Dialog title="Retry failed messages" onClose={onClose}>
      <Contents phase={phase} filter={filter} onRun={run} onClose={onClose} />
    </Dialog>
  );
}

interface ContentsProps {
  readonly phase: Phase;
  readonly filter: Filter;
  readonly onRun: (failed: FailedCount) => void;
  readonly onClose: () => void;
}

function Contents({ phase, filter, onRun, onClose }: ContentsProps) {
  switch (phase.name) {
    case "counting":
      return (
        <p className={styles.text} role="status">
          Counting the failed messages… {phase.count > 0 && phase.count.toLocaleString()}
        </p>
      );
    case "broken":
      return <Notice tone="bad">{describeError(phase.error)}</Notice>;
    case "asking":
      return <Question failed={phase.failed} filter={filter} onRun={onRun} onClose={onClose} />;
    case "running":
      return <Running {...phase} />;
    case "done":
      return <Summary {...phase} onClose={onClose} />;
  }
}

function Question(props: { readonly failed: FailedCount } & Omit<ContentsProps, "phase">) {
  const { failed, filter, onRun, onClose } = props;
  if (failed.count === 0) {
    return (
      <>
        <p className={styles.text}>
          No failed message matches. Messages that were rolled back are sent by themselves.
        </p>
        <div className={styles.actions}>
          <Button onClick={onClose}>Close</Button>
        </div>
      </>
    );
  }
  const number = spellCount(failed);
  return (
    <>
      <div className={styles.text}>
        <p>
          <strong>
            {number} failed {failed.count === 1 ? "message" : "messages"}
          </strong>{" "}
          {scopeText(filter)} will start a new round of attempts, at once.
        </p>
        <p>
          Targets may receive messages again that had arrived although they count as failed. The webhook-id of
          each stays the same, so a target that remembers it can tell.
        </p>
      </div>
      <div className={styles.actions}>
        <Button onClick={onClose}>Not now</Button>
        <Button kind="primary" onClick={() => onRun(failed)}>
          Retry {number}
        </Button>
      </div>
    </>
  );
}

function Running(props: Extract<Phase, { name: "running" }>) {
  const { failed, progress, stop } = props;
  const done = progress.retried + progress.skipped;
  return (
    <>
      <div className={styles.text}>
        <p role="status">
          Retried {progress.retried.toLocaleString()} of {spellCount(failed)}…
        </p>
        <progress
          className={styles.bar}
          max={failed.count}
          value={Math.min(done, failed.count)}
          aria-label="Retried"
        />
      </div>
      <div className={styles.actions}>
        <Button onClick={stop}>Stop</Button>
      </div>
    </>
  );
}

function Summary(props: Extract<Phase, { name: "done" }> & { readonly onClose: () => void }) {
  const { retried, skipped } = props.progress;
  return (
    <>
      <div className={styles.text}>
        <p role="status">
          <strong>
            {props.stopped ? "Stopped. " : ""}
            {retried.toLocaleString()} {retried === 1 ? "message was" : "messages were"} retried.
          </strong>
        </p>
        {skipped > 0 && (
          <p>
            {skipped.toLocaleString()} skipped: somebody else retried them, or they had moved on or expired.
          </p>
        )}
        {props.error !== undefined && (
          <Notice tone="bad">
            {describeError(props.error)} The others are still failed; you can start again.
          </Notice>
        )}
      </div>
      <div className={styles.actions}>
        <Button kind="primary" onClick={props.onClose}>
          Done
        </Button>
      </div>
    </>
  );
}

/** The filter of the screen as the bulk call takes it, closed towards the future. */
function scopeOf(
  filter: Filter,
  at: number,
): Pick<BulkRetryRequest, "senderId" | "target" | "endpointId" | "eventId" | "since" | "until"> {
  const { senderId, target, endpointId, eventId, since, until } = sourcesOf(filter)[0] ?? {};
  const nowText = new Date(at).toISOString();
  return {
    ...(senderId ? { senderId } : {}),
    ...(target ? { target } : {}),
    ...(endpointId ? { endpointId } : {}),
    ...(eventId ? { eventId } : {}),
    ...(since ? { since } : {}),
    until: until && until < nowText ? until : nowText,
  };
}

function spellCount({ count, isCapped }: FailedCount): string {
  return isCapped ? `more than ${(count - 1).toLocaleString()}` : count.toLocaleString();
}

function scopeText({ sender, target, endpoint, event, since, until }: Filter): string {
  const parts = [
    endpoint && "to this endpoint",
    event && "of this event",
    sender && `of ${sender}`,
    target && `for ${target}`,
    (since || until) && "of the chosen time",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : "of all senders";
}

function pause(failures: number, error: unknown, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, backoffMs(failures, error));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
