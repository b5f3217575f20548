import { useState } from "react";
import styles from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { Button } from "../ui/button.tsx";
import { now } from "../ui/clock.ts";
import { CloseIcon } from "../ui/icons.tsx";
import { shortTime } from "../ui/times.ts";
import { type Filter, isNarrowed } from "./filter.ts";

const MINUTE_MS = 60_000;
const PRESETS = [
  { name: "Last 15 minutes", ms: 15 * MINUTE_MS },
  { name: "Last hour", ms: 60 * MINUTE_MS },
  { name: "Last 24 hours", ms: 24 * 60 * MINUTE_MS },
  { name: "Last 7 days", ms: 7 * 24 * 60 * MINUTE_MS },
] as const;

interface FiltersProps {
  readonly filter: Filter;
  readonly onChange: (next: Filter) => void;
}

/** Sender, target and time. Fields apply on Enter or when left; the URL holds what applies. */
export function Filters({ filter, onChange }: FiltersProps) {
  const [isCustom, setIsCustom] = useState(filter.until !== undefined);
  const { tab, ...fields } = filter;

  const apply = (changes: { readonly [Name in keyof Filter]?: string | undefined }) => {
    const next = Object.entries({ ...fields, ...changes }).filter(([, value]) => value);
    onChange({ tab, ...Object.fromEntries(next) });
  };
  const chooseTime = (choice: string) => {
    if (choice === "custom") return setIsCustom(true);
    setIsCustom(false);
    const preset = PRESETS.find(({ name }) => name === choice);
    apply({ until: undefined, since: preset && new Date(now() - preset.ms).toISOString() });
  };
  return (
    <search className={styles.filters}>
      <FilterField
        label="Sender"
        suggests="senders"
        value={filter.sender}
        onApply={(sender) => apply({ sender })}
      />
      <FilterField
        label="Target"
        suggests="targets"
        placeholder="example.com"
        value={filter.target}
        onApply={(target) => apply({ target: hostOf(target) })}
      />
      <label className={styles.field}>
        <span className={styles.label}>Time</span>
        <select
          className={styles.input}
          value={isCustom ? "custom" : filter.since ? "since" : "any"}
          onChange={(event) => chooseTime(event.target.value)}
        >
          <option value="any">Any time</option>
          {filter.since && <option value="since">Since {shortTime(Date.parse(filter.since))}</option>}
          {PRESETS.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {isCustom && (
        <>
          <TimeField label="From" value={filter.since} onApply={(since) => apply({ since })} />
          <TimeField label="To" value={filter.until} onApply={(until) => apply({ until })} />
        </>
      )}
      {filter.key && (
        <span className={styles.chip}>
          Idempotency key <bdi>{filter.key}</bdi>
        </span>
      )}
      {isNarrowed(filter) && (
        <Button kind="plain" small onClick={() => onChange({ tab })}>
          <CloseIcon />
          Clear
        </Button>
      )}
    </search>
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

/** A whole URL is what people have at hand; the API wants its host. */
function hostOf(target: string | undefined): string | undefined {
  if (!target?.includes("/")) return target;
  try {
    return new URL(target.includes("://") ? target : `https://${target}`).host;
  } catch {
    return target;
  }
}

/** The field works in local time, to the minute, without a zone. */
function toLocalInput(iso: string): string {
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
