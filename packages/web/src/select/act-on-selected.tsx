import { useState } from "react";
import { useAccess } from "../access/access.ts";
import styles from "../retry/bulk-retry.module.css";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { Running } from "../retry/running.tsx";
import { Button } from "../ui/button.tsx";
import { now } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { judge } from "./judge.ts";
import { SelectedOutcome } from "./selected-outcome.tsx";
import { cannotText, labelOf, WORDS } from "./selected-words.tsx";
import { useActOnSelected } from "./use-act-on-selected.ts";
import type { Selection } from "./use-selection.ts";

interface ActOnSelectedProps {
  readonly kind: BulkKind;
  readonly selection: Selection;
  readonly onClose: () => void;
}

/** Does it to what is selected: says first to how many and why not to the others, then what became of each. */
export function ActOnSelected({ kind, selection, onClose }: ActOnSelectedProps) {
  const access = useAccess();
  // As it was when it was asked for: what arrives or moves on meanwhile changes nothing about the question.
  const [askedAt] = useState(now);
  const [judged] = useState(() => judge(kind, [...selection.selected.values()], access, askedAt));
  const { phase, run } = useActOnSelected(kind, selection.drop);
  const words = WORDS[kind];
  const cannot = cannotText(kind, judged);
  return (
    <Dialog title={words.title} onClose={onClose} finalFocus={selection.head}>
      {phase.name === "asking" && (
        <>
          <div className={styles.text}>
            {words.question(judged.can, askedAt)}
            {cannot && <p>{cannot}</p>}
          </div>
          <div className={styles.actions}>
            <Button onClick={onClose}>Not now</Button>
            <Button kind={words.danger ? "danger" : "primary"} onClick={() => run(judged.can)}>
              {labelOf(kind, judged.can, askedAt)}
            </Button>
          </div>
        </>
      )}
      {phase.name === "running" && (
        <Running
          verb={words.running}
          done={phase.asked}
          of={phase.of.toLocaleString()}
          value={phase.asked}
          max={phase.of}
          onStop={phase.stop}
        />
      )}
      {phase.name === "over" && (
        <SelectedOutcome
          kind={kind}
          outcomes={phase.outcomes}
          wasStopped={phase.wasStopped}
          onAgain={run}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}
