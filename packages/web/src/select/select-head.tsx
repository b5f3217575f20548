import { type ReactNode, useEffect, useState } from "react";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import styles from "./select.module.css";
import type { Selection } from "./use-selection.ts";

const SelectedBar = lazyPart("What can be done with these", () =>
  import("./selected-bar.tsx").then((m) => m.SelectedBar),
);
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
  const { selected, shown, share, head, toggleAll } = selection;
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
        {selected.size > 0 && <VisuallyHidden>{selected.size.toLocaleString()} selected</VisuallyHidden>}
      </span>
      {selected.size > 0 ? <SelectedBar selection={selection} onAsk={setAsked} /> : children}
      {asked && <ActOnSelected kind={asked} selection={selection} onClose={() => setAsked(undefined)} />}
    </>
  );
}
