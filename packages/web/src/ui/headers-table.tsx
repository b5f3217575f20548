import { Clamped } from "./clamped.tsx";
import styles from "./headers-table.module.css";
import { SafeText } from "./safe-text.tsx";

/** Header names and values, as text; secrets come masked from the API. */
export function HeadersTable(props: {
  readonly headers: Readonly<Record<string, string>>;
  readonly label: string;
}) {
  return (
    <dl className={styles.headers} aria-label={props.label}>
      {Object.entries(props.headers).map(([name, value]) => (
        <div key={name} className={styles.header}>
          <dt>
            <SafeText>{name}</SafeText>
          </dt>
          <dd>
            <Clamped>{value}</Clamped>
          </dd>
        </div>
      ))}
    </dl>
  );
}
