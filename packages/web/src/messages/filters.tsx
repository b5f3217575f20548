import { Link } from "wouter";
import { useAccess } from "../access/access.ts";
import styles from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { MetadataField } from "../find/metadata-field.tsx";
import { SenderField } from "../find/sender-field.tsx";
import { TimeFilter } from "../find/time-filter.tsx";
import { Button } from "../ui/button.tsx";
import { FAILURE_TEXTS } from "../ui/describe-state.ts";
import { CloseIcon } from "../ui/more-icons.tsx";
import { type Filter, hasReasons, isNarrowed } from "./filter.ts";

interface FiltersProps {
  readonly filter: Filter;
  readonly onChange: (next: Filter) => void;
}

/** Sender, target, time, and why; ordering keys and types are a sender's own. Fields apply on Enter or when left; the URL holds what applies. */
export function Filters({ filter, onChange }: FiltersProps) {
  const { tab, ...fields } = filter;
  const { senderId } = useAccess();
  const own = senderId === "*" ? undefined : senderId;
  const isOwned = (filter.sender ?? own) !== undefined;

  const apply = (changes: { readonly [Name in keyof Filter]?: string | undefined }) => {
    const next: Partial<Filter> = Object.fromEntries(
      Object.entries({ ...fields, ...changes }).filter(([, value]) => value),
    );
    const { ordering, type, ...rest } = next;
    const isOwned = (next.sender ?? own) !== undefined;
    onChange({
      ...rest,
      tab,
      // Without whose they are the API looks for neither.
      ...(ordering && isOwned ? { ordering } : {}),
      ...(type && (isOwned || next.endpoint || next.event) ? { type } : {}),
    });
  };
  return (
    <search className={styles.filters}>
      <SenderField value={filter.sender} onApply={(sender) => apply({ sender })} />
      <FilterField
        label="Target"
        suggests="targets"
        placeholder="example.com"
        value={filter.target}
        onApply={(target) => apply({ target: hostOf(target) })}
      />
      <TimeFilter since={filter.since} until={filter.until} onApply={apply} />
      {filter.endpoint && (
        <span className={styles.chip}>
          To endpoint <Link href={`/endpoints/${filter.endpoint}`}>{filter.endpoint}</Link>
        </span>
      )}
      {filter.event && (
        <span className={styles.chip}>
          Of event <Link href={`/events/${filter.event}`}>{filter.event}</Link>
        </span>
      )}
      {hasReasons(tab) && tab !== "all" && (
        <ReasonField value={filter.reason} onApply={(reason) => apply({ reason })} />
      )}
      {(filter.answer || (tab !== "all" && tab !== "completed" && tab !== "cancelled")) && (
        <FilterField
          label="Answered"
          placeholder="503"
          value={filter.answer}
          onApply={(answer) => apply({ answer })}
        />
      )}
      {(isOwned || filter.endpoint || filter.event) && (
        <FilterField label="Event type" value={filter.type} onApply={(type) => apply({ type })} />
      )}
      {(filter.ordering || isOwned) && (
        <FilterField
          label="Ordering key"
          value={filter.ordering}
          onApply={(ordering) => apply({ ordering })}
        />
      )}
      <MetadataField value={filter.metadata} onApply={(metadata) => apply({ metadata })} />
      {filter.correlation && (
        <span className={styles.chip}>
          Correlation id <bdi>{filter.correlation}</bdi>
        </span>
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

function ReasonField(props: {
  readonly value: string | undefined;
  readonly onApply: (value: string | undefined) => void;
}) {
  return (
    <label className={styles.field}>
      <span className={styles.label}>Reason</span>
      <select
        className={styles.input}
        value={props.value ?? ""}
        onChange={({ target }) => props.onApply(target.value || undefined)}
      >
        <option value="">Any</option>
        {Object.entries(FAILURE_TEXTS).map(([reason, text]) => (
          <option key={reason} value={reason}>
            {text}
          </option>
        ))}
      </select>
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
