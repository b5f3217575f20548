import { useAccess } from "../access/access.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { CheckIcon } from "../ui/icons.tsx";
import { CancelIcon, CloseIcon, RetryIcon } from "../ui/more-icons.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { judge } from "./judge.ts";
import styles from "./select.module.css";
import { labelOf } from "./selected-words.tsx";
import type { Selection } from "./use-selection.ts";

const KINDS = ["retry", "resolve", "cancel"] as const;
const ICONS = { retry: <RetryIcon />, resolve: <CheckIcon />, cancel: <CancelIcon /> };

interface SelectedBarProps {
  readonly selection: Selection;
  readonly onAsk: (kind: BulkKind) => void;
}

/** How many are selected, and what can be done with how many of them. */
export function SelectedBar({ selection, onAsk }: SelectedBarProps) {
  const { selected, gone, head, clear } = selection;
  const access = useAccess();
  const now = useNow();
  const rows = [...selected.values()];
  const offers = KINDS.map((kind) => ({ kind, can: judge(kind, rows, access, now).can })).filter(
    ({ can }) => can.length > 0,
  );
  const mayRetry = offers.some(({ kind }) => kind === "retry");
  useShortcuts({ r: mayRetry ? () => onAsk("retry") : undefined });
  return (
    <section className={styles.bar} aria-label="Selected messages">
      <span className={styles.count}>
        <strong>{selected.size.toLocaleString()} selected</strong>
        {gone > 0 && <span className={styles.aside}>, {gone.toLocaleString()} no longer in this list</span>}
        {offers.length === 0 && <span className={styles.aside}>: nothing can be done here</span>}
      </span>
      {offers.map(({ kind, can }) => (
        <Button
          key={kind}
          small
          onClick={() => onAsk(kind)}
          {...(kind === "retry" ? { "aria-keyshortcuts": "r" } : {})}
        >
          {ICONS[kind]}
          {labelOf(kind, can, now)}…
        </Button>
      ))}
      <Button
        square
        small
        kind="plain"
        className={styles.clear}
        aria-label="Select nothing"
        aria-keyshortcuts="Escape"
        title="Select nothing (Esc)"
        onClick={() => {
          clear();
          head.current?.focus();
        }}
      >
        <CloseIcon />
      </Button>
    </section>
  );
}
