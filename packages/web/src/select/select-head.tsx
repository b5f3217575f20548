import { type ReactNode, useEffect, useState } from "react";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { CloseIcon } from "../ui/more-icons.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import styles from "./select.module.css";
import type { Selection } from "./use-selection.ts";

const Offers = lazyPart("What can be done with these", () => import("./offers.tsx").then((m) => m.Offers));
const ActOnSelected = lazyPart("The question before it", () =>
  import("./act-on-selected.tsx").then((m) => m.ActOnSelected),
);

interface SelectHeadProps {
  readonly selection: Selection;
  /** While nothing is selected. */
  readonly children: ReactNode;
}

/** Above a list: selects all that is shown, says how many are selected, and offers what can be done with them. */
export function SelectHead({ selection, children }: SelectHeadProps) {
  const { selected, gone, shown, share, head, toggleAll, clear } = selection;

  // Not part of the bar: once all is done nothing is selected any more.
  const [asked, setAsked] = useState<BulkKind>();
  useEffect(() => {
    if (head.current) head.current.indeterminate = share === "some";
  });
  return (
    <>
      {shown > 0 && (
        <label className={styles.box} title={`Select all ${shown.toLocaleString()} shown`}>
          <input
            ref={head}
            type="checkbox"
            aria-label={`Select all ${shown.toLocaleString()} shown`}
            checked={share === "all"}
            onChange={toggleAll}
          />
        </label>
      )}
      <span role="status">
        {selected.size > 0 && <VisuallyHidden>{countText(selection)}</VisuallyHidden>}
      </span>
      {selected.size === 0 && children}
      {selected.size > 0 && (
        <section className={styles.bar} aria-label="Selected messages">
          <span className={styles.count}>
            <strong>{countText(selection)}</strong>
            {gone > 0 && (
              <span className={styles.aside}>, {gone.toLocaleString()} no longer in this list</span>
            )}
          </span>
          <div className={styles.offers}>
            <Offers selection={selection} onAsk={setAsked} />
          </div>
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
      )}
      {asked && <ActOnSelected kind={asked} selection={selection} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function countText({ selected }: Selection): string {
  return `${selected.size.toLocaleString()} selected`;
}
