import { PERIOD_WORDS, type Steps } from "./period.ts";
import { stepTime } from "./scales.ts";
import { TRAFFIC, TROUBLE, total } from "./series.ts";
import styles from "./step-table.module.css";

const COLUMNS = [...TRAFFIC, ...TROUBLE];

/** The numbers behind the charts, newest first. */
export function StepTable({ steps }: { readonly steps: Steps }) {
  const { period, points } = steps;
  const { title, step } = PERIOD_WORDS[period];
  const known = points.flatMap((point, index) => (point ? [{ point, index }] : []));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={`${title}, ${step} a row`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            {COLUMNS.map(({ of, name }) => (
              <th key={of} scope="col">
                {name}
              </th>
            ))}
          </tr>
          <tr className={styles.total}>
            <th scope="row">Total</th>
            {COLUMNS.map(({ of }) => (
              <td key={of}>{total(points, of).toLocaleString()}</td>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.toReversed().map(({ point, index }) => (
            <tr key={point.at}>
              <th scope="row">
                <time dateTime={point.at}>{stepTime(steps, index)}</time>
              </th>
              {COLUMNS.map(({ of }) => (
                <td key={of} data-zero={point[of] === 0 || undefined}>
                  {point[of].toLocaleString()}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
