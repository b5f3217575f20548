import { Link } from "wouter";
import { useAccess } from "../access/access.ts";
import styles from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { SenderField } from "../find/sender-field.tsx";
import { TimeFilter } from "../find/time-filter.tsx";
import { Button } from "../ui/button.tsx";
import { CloseIcon } from "../ui/more-icons.tsx";
import { type Filter, isNarrowed } from "./filter.ts";

interface FiltersProps {
  readonly filter: Filter;
  readonly onChange: (next: Filter) => void;
}

/** Sender, target and time; ordering keys are a sender's own. Fields apply on Enter or when left; the URL holds what applies. */
export function Filters({ filter, onChange }: FiltersProps) {
  const { tab, ...fields } = filter;
  const { senderId } = useAccess();

  const apply = (changes: { readonly [Name in keyof Filter]?: string | undefined }) => {
    const next = Object.entries({ ...fields, ...changes }).filter(([, value]) => value);
    onChange({ tab, ...Object.fromEntries(next) });
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
      {(filter.ordering || filter.sender || senderId !== "*") && (
        <FilterField
          label="Ordering key"
          value={filter.ordering}
          onApply={(ordering) => apply({ ordering })}
        />
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

/** A whole URL is what people have at hand; the API wants its host. */
function hostOf(target: string | undefined): string | undefined {
  if (!target?.includes("/")) return target;
  try {
    return new URL(target.includes("://") ? target : `https://${target}`).host;
  } catch {
    return target;
  }
}
