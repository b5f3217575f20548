import type { Minute } from "../api/types.ts";
import styles from "./minute-table.module.css";
import { TRAFFIC, TROUBLE, total } from "./series.ts";

const COLUMNS = [...TRAFFIC, ...TROUBLE];
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** The numbers behind the charts, newest first. */
export function MinuteTable({ minutes }: { readonly minutes: readonly Minute[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Last 60 minutes, minute by minute">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Minute</th>
            {COLUMNS.map(({ of, name }) => (
              <th key={of} scope="col">
                {name}
              </th>
            ))}
          </tr>
          <tr className={styles.total}>
            <th scope="row">Total</th>
            {COLUMNS.map(({ of }) => (
              <td key={of}>{total(minutes, of).toLocaleString()}</td>
            ))}
          </tr>
        </thead>
        <tbody>
          {minutes.toReversed().map((minute) => (
            <tr key={minute.minute}>
              <th scope="row">
                <time dateTime={minute.minute}>{TIME.format(new Date(minute.minute))}</time>
              </th>
              {COLUMNS.map(({ of }) => (
                <td key={of} data-zero={minute[of] === 0 || undefined}>
                  {minute[of].toLocaleString()}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
