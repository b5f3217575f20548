import { useState } from "react";
import type { Minute } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import styles from "./last-hour.module.css";
import { LineChart } from "./line-chart.tsx";
import { TRAFFIC, TROUBLE } from "./series.ts";

const MinuteTable = lazyPart("The table", () => import("./minute-table.tsx").then((m) => m.MinuteTable));

/**
 * The last 60 minutes. Two charts, because a handful of failures beside thousands of messages would be
 * invisible on one scale. The table says the same to those who cannot see the charts, or want the numbers.
 */
export function LastHour({ minutes }: { readonly minutes: readonly Minute[] }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby="last-hour" className={styles.section}>
      <div className={styles.head}>
        <h2 id="last-hour">Last 60 minutes</h2>
        <Button small kind="plain" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? "Show charts" : "Show as a table"}
        </Button>
      </div>
      {asTable ? (
        <MinuteTable minutes={minutes} />
      ) : (
        <div className={styles.charts}>
          <LineChart
            title="Traffic"
            meaning="Messages accepted and messages delivered, a minute"
            series={TRAFFIC}
            minutes={minutes}
            emptyText="No message in the last 60 minutes"
          />
          <LineChart
            title="Trouble"
            meaning="Each time it happened, also to messages that came home since"
            series={TROUBLE}
            minutes={minutes}
            emptyText="No trouble in the last 60 minutes"
          />
        </div>
      )}
    </section>
  );
}
