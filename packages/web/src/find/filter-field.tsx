import { type FormEvent, useEffect, useId, useState } from "react";
import styles from "./filter-field.module.css";
import { Suggestions } from "./suggestions.tsx";

interface FilterFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly placeholder?: string;
  readonly suggests?: "senders" | "targets";
  readonly onApply: (value: string | undefined) => void;
}

/** A field of a list's filter, whose value is in the URL: it applies on Enter or when it is left. */
export function FilterField({ label, value = "", placeholder, suggests, onApply }: FilterFieldProps) {
  const id = useId();
  const [isWanted, setIsWanted] = useState(false);
  const [text, setText] = useState(value);
  // The URL may change under the field: back, a link, "Clear".
  useEffect(() => setText(value), [value]);
  const apply = () => text.trim() !== value && onApply(text.trim() || undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply();
  };
  return (
    <form className={styles.field} onSubmit={submit}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={styles.input}
        value={text}
        placeholder={placeholder ?? "Any"}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        {...(suggests ? { list: `${id}-suggestions` } : {})}
        onFocus={() => setIsWanted(true)}
        onBlur={apply}
      />
      {suggests && <Suggestions id={`${id}-suggestions`} isWanted={isWanted} of={[suggests]} />}
    </form>
  );
}
