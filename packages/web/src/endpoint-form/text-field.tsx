import { useId, useState } from "react";
import { Suggestions } from "../find/suggestions.tsx";
import { classes } from "../ui/classes.ts";
import styles from "./endpoint-form.module.css";
import { FieldNotes, notesOf } from "./field-notes.tsx";

interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly errors: readonly string[] | undefined;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly isOptional?: true;
  readonly isUrl?: true;
  readonly isCode?: true;
  /** So many to begin with; absent for a single one. */
  readonly lines?: number;
  readonly suggests?: "senders";
}

/** A labelled field with its hint, and below it what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { label, hint, value, errors, onChange, placeholder, lines, suggests } = props;
  const id = useId();
  const [isWanted, setIsWanted] = useState(false);
  const common = {
    id,
    className: classes(styles.input, props.isCode && styles.code),
    value,
    placeholder,
    autoComplete: "off",
    autoCapitalize: "none",
    spellCheck: false,
    ...notesOf(id, errors),
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {props.isOptional && <span className={styles.optional}> optional</span>}
      </label>
      {lines === undefined ? (
        <input
          {...common}
          type="text"
          inputMode={props.isUrl ? "url" : "text"}
          {...(suggests ? { list: `${id}-suggestions` } : {})}
          onFocus={() => setIsWanted(true)}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <textarea {...common} rows={lines} onChange={(event) => onChange(event.target.value)} />
      )}
      {suggests && <Suggestions id={`${id}-suggestions`} isWanted={isWanted} of={[suggests]} />}
      <FieldNotes id={id} hint={hint} errors={errors} />
    </div>
  );
}
