import { useAccess } from "../access/access.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { CheckIcon } from "../ui/icons.tsx";
import { CancelIcon, RetryIcon } from "../ui/more-icons.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { judge } from "./judge.ts";
import styles from "./select.module.css";
import { labelOf } from "./selected-words.tsx";
import type { Selection } from "./use-selection.ts";

const KINDS = ["retry", "resolve", "cancel"] as const;
const ICONS = { retry: <RetryIcon />, resolve: <CheckIcon />, cancel: <CancelIcon /> };

interface OffersProps {
  readonly selection: Selection;
  readonly onAsk: (kind: BulkKind) => void;
}

/** What can be done with what is selected, and with how many of them. */
export function Offers({ selection, onAsk }: OffersProps) {
  const access = useAccess();
  const now = useNow();
  const rows = [...selection.selected.values()];
  const offers = KINDS.map((kind) => ({ kind, can: judge(kind, rows, access, now).can })).filter(
    ({ can }) => can.length > 0,
  );
  const mayRetry = offers.some(({ kind }) => kind === "retry");
  useShortcuts({ r: mayRetry ? () => onAsk("retry") : undefined });
  return (
    <>
      {offers.length === 0 && <span className={styles.aside}>Nothing can be done with these here.</span>}
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
    </>
  );
}
