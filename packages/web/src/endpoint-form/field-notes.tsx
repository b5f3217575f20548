import styles from "./endpoint-form.module.css";

/** How a field says that something is wrong with it, and where that is told. */
export function notesOf(id: string, errors: readonly string[] | undefined) {
  return { "aria-invalid": errors !== undefined, "aria-describedby": `${id}-notes` };
}

interface FieldNotesProps {
  readonly id: string;
  readonly hint: string;
  readonly errors: readonly string[] | undefined;
}

/** Below a field: what is wrong with it, and what it is for. */
export function FieldNotes({ id, hint, errors = [] }: FieldNotesProps) {
  return (
    <div id={`${id}-notes`} className={styles.notes}>
      {errors.map((error) => (
        <p key={error} className={styles.error}>
          {error}
        </p>
      ))}
      <p>{hint}</p>
    </div>
  );
}
