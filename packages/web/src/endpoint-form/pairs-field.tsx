import { useId } from "react";
import { Button } from "../ui/button.tsx";
import { classes } from "../ui/classes.ts";
import { CloseIcon } from "../ui/more-icons.tsx";
import styles from "./endpoint-form.module.css";
import { FieldNotes, notesOf } from "./field-notes.tsx";
import type { Pair } from "./form-values.ts";

interface PairsFieldProps {
  readonly label: string;
  /** What one of them is called. */
  readonly one: string;
  readonly hint: string;
  readonly pairs: readonly Pair[];
  readonly errors: readonly string[] | undefined;
  readonly onChange: (pairs: readonly Pair[]) => void;
}

/** Names and values, as many as there are. */
export function PairsField({ label, one, hint, pairs, errors, onChange }: PairsFieldProps) {
  const id = useId();
  const change = (changed: Pair) => onChange(pairs.map((pair) => (pair.id === changed.id ? changed : pair)));
  const add = () => {
    const last = Math.max(-1, ...pairs.map((pair) => pair.id));
    onChange([...pairs, { id: last + 1, name: "", value: "", isHidden: false }]);
  };
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>
        {label}
        <span className={styles.optional}> optional</span>
      </legend>
      {pairs.map((pair, i) => (
        <div key={pair.id} className={styles.pair}>
          <input
            className={classes(styles.input, styles.code)}
            value={pair.name}
            placeholder="Name"
            aria-label={`Name of ${one} ${i + 1}`}
            readOnly={pair.isHidden}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...notesOf(id, errors)}
            onChange={(event) => change({ ...pair, name: event.target.value })}
          />
          <input
            className={classes(styles.input, styles.code)}
            value={pair.value}
            placeholder={pair.isHidden ? "Not shown; stays as it is" : "Value"}
            aria-label={`Value of ${one} ${i + 1}`}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => change({ ...pair, value: event.target.value })}
          />
          <Button
            square
            kind="plain"
            aria-label={`Remove ${one} ${i + 1}`}
            title={`Remove ${pair.name || one}`}
            onClick={() => onChange(pairs.filter((other) => other.id !== pair.id))}
          >
            <CloseIcon />
          </Button>
        </div>
      ))}
      <div>
        <Button small onClick={add}>
          Add a {one}
        </Button>
      </div>
      <FieldNotes id={id} hint={hint} errors={errors} />
    </fieldset>
  );
}
