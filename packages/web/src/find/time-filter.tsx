import { useState } from "react";
import { now } from "../ui/clock.ts";
import { shortTime } from "../ui/times.ts";
import styles from "./filter-field.module.css";

const MINUTE_MS = 60_000;
const PRESETS = [
  { name: "Last 15 minutes", ms: 15 * MINUTE_MS },
  { name: "Last hour", ms: 60 * MINUTE_MS },
  { name: "Last 24 hours", ms: 24 * 60 * MINUTE_MS },
  { name: "Last 7 days", ms: 7 * 24 * 60 * MINUTE_MS },
] as const;

export interface Times {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

interface TimeFilterProps extends Times {
  /** Told what changes; undefined takes away. */
  readonly onApply: (changes: Times) => void;
}

/** The time of a list's filter: since some while ago, or from one moment to another. */
export function TimeFilter({ since, until, onApply }: TimeFilterProps) {
  const [isCustom, setIsCustom] = useState(until !== undefined);
  const chooseTime = (choice: string) => {
    if (choice === "custom") return setIsCustom(true);
    setIsCustom(false);
    const preset = PRESETS.find(({ name }) => name === choice);
    onApply({ until: undefined, since: preset && new Date(now() - preset.ms).toISOString() });
  };
  return (
    <>
      <label className={styles.field}>
        <span className={styles.label}>Time</span>
        <select
          className={styles.input}
          value={isCustom ? "custom" : since ? "since" : "any"}
          onChange={(event) => chooseTime(event.target.value)}
        >
          <option value="any">Any time</option>
          {since && <option value="since">Since {shortTime(Date.parse(since))}</option>}
          {PRESETS.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {isCustom && (
        <>
          <TimeField label="From" value={since} onApply={(from) => onApply({ since: from })} />
          <TimeField label="To" value={until} onApply={(to) => onApply({ until: to })} />
        </>
      )}
    </>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onApply: (value: string | undefined) => void;
}

function TimeField({ label, value, onApply }: TimeFieldProps) {
  return (
    <label className={styles.field}>
      <span className={styles.label}>{label}</span>
      <input
        key={value}
        type="datetime-local"
        className={styles.input}
        defaultValue={value && toLocalInput(value)}
        onBlur={({ target }) => {
          const time = target.value ? new Date(target.value).toISOString() : undefined;
          if (target.value !== (value ? toLocalInput(value) : "")) onApply(time);
        }}
      />
    </label>
  );
}

/** The field works in local time, to the minute, without a zone. */
function toLocalInput(iso: string): string {
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
