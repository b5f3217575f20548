import { useMemo, useState } from "react";
import { replay } from "../api/endpoints.ts";
import type { Endpoint, ReplayRequest } from "../api/types.ts";
import { BulkRun, type BulkWords } from "../retry/bulk-run.tsx";
import type { BulkStep } from "../retry/bulk-step.ts";
import { now } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import styles from "./choice.module.css";

const HOUR_MS = 3_600_000;
const SPANS = [
  { name: "the last hour", ms: HOUR_MS },
  { name: "the last 24 hours", ms: 24 * HOUR_MS },
  { name: "the last 7 days", ms: 7 * 24 * HOUR_MS },
  { name: "the last 30 days", ms: 30 * 24 * HOUR_MS },
] as const;
type Span = (typeof SPANS)[number];

type Include = ReplayRequest["include"];
type Scope = Pick<ReplayRequest, "include" | "since" | "until">;

interface ReplayProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

/** Brings an endpoint what it has missed: what failed there or waits to be repeated, or events that never went there. Counts first. */
export function Replay({ endpoint, onClose }: ReplayProps) {
  const { endpointId } = endpoint;
  const [include, setInclude] = useState<Include>("failed");
  const [span, setSpan] = useState<Span>(SPANS[1]);
  // What comes after this moment has not been counted, so it is not replayed either.
  const [until] = useState(now);
  const scope = useMemo(
    (): Scope => ({
      include,
      since: new Date(until - span.ms).toISOString(),
      until: new Date(until).toISOString(),
    }),
    [include, span, until],
  );
  const { countMany, retryMany } = useMemo(() => callsFor(endpointId), [endpointId]);
  return (
    <Dialog title="Replay to this endpoint" onClose={onClose}>
      <BulkRun
        scope={scope}
        countMany={countMany}
        retryMany={retryMany}
        words={WORDS[include]}
        choice={<Choice include={include} span={span} onInclude={setInclude} onSpan={setSpan} />}
        onClose={onClose}
      />
    </Dialog>
  );
}

function callsFor(endpointId: string) {
  return {
    countMany: async (request: Scope & BulkStep, signal: AbortSignal) => {
      const { replayed: matching, ...rest } = await replay(endpointId, { ...request, dryRun: true }, signal);
      return { matching, ...rest };
    },
    retryMany: async (request: Scope & BulkStep, signal: AbortSignal) => {
      const { replayed: retried, ...rest } = await replay(endpointId, request, signal);
      return { retried, ...rest };
    },
  };
}

interface ChoiceProps {
  readonly include: Include;
  readonly span: Span;
  readonly onInclude: (include: Include) => void;
  readonly onSpan: (span: Span) => void;
}

const CHOICES: readonly (readonly [include: Include, name: string, hint: string])[] = [
  ["failed", "What failed here", "Its failed messages, each in a new round of attempts."],
  [
    "undelivered",
    "Everything not delivered",
    "What failed here, and what waits for another attempt: now, without waiting for its time. After an outage, say.",
  ],
  [
    "missing",
    "Events that never went here",
    "Those that match it as it is now: from before it was registered, while it was disabled, or of a type that it did not ask for then.",
  ],
];

function Choice({ include, span, onInclude, onSpan }: ChoiceProps) {
  return (
    <div className={styles.choice}>
      <fieldset className={styles.kinds}>
        <legend className={styles.legend}>What</legend>
        {CHOICES.map(([value, name, hint]) => (
          <label key={value} className={styles.kind}>
            <input
              type="radio"
              name="include"
              checked={value === include}
              onChange={() => onInclude(value)}
            />
            <span>
              {name}
              <span className={styles.hint}>{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className={styles.span}>
        Of events of
        <select
          className={styles.select}
          value={span.name}
          onChange={({ target }) => onSpan(SPANS.find(({ name }) => name === target.value) ?? SPANS[1])}
        >
          {SPANS.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

const COMMON = {
  action: "Replay",
  running: "Replayed",
  done: (count: number) =>
    `${count.toLocaleString()} ${count === 1 ? "message is" : "messages are"} on the way.`,
  skipped: "skipped: they had moved on meanwhile, or their payload has expired.",
  others: "The others are as they were; you can start again.",
} as const;

const FAILED_WORDS: BulkWords = {
  ...COMMON,
  counting: "Counting what failed…",
  none: "Nothing has failed here in that time.",
  question: (number, count) => (
    <p>
      <strong>
        {number} failed {count === 1 ? "message" : "messages"}
      </strong>{" "}
      will start a new round of attempts, oldest first. The receiver may get some again that had arrived
      although they count as failed; the webhook-id of each stays the same.
    </p>
  ),
};

const UNDELIVERED_WORDS: BulkWords = {
  ...COMMON,
  counting: "Counting what is not delivered…",
  none: "Nothing of that time has failed here, or waits for another attempt.",
  question: (number, count) => (
    <p>
      <strong>
        {number} {count === 1 ? "message" : "messages"}
      </strong>{" "}
      will be sent now, oldest first: what failed in a new round of attempts, what waits before its time. The
      receiver may get some again that had arrived although they count as failed; the webhook-id of each stays
      the same.
    </p>
  ),
};

const MISSING_WORDS: BulkWords = {
  ...COMMON,
  counting: "Looking for events that never went here…",
  none: "Every event of that time that matches it went here.",
  question: (number, count) => (
    <p>
      <strong>
        {number} {count === 1 ? "event" : "events"}
      </strong>{" "}
      will be delivered here, oldest first, as they were sent then.
    </p>
  ),
};

const WORDS: Readonly<Record<Include, BulkWords>> = {
  failed: FAILED_WORDS,
  undelivered: UNDELIVERED_WORDS,
  missing: MISSING_WORDS,
};
