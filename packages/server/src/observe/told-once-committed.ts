import type { MetricName, Metrics } from "@homing/core/observe/observe";
import type { Database } from "../sqlite/database.ts";

/** They tell that something is stored; all others tell of what was tried. */
const STORED = new Set<MetricName>(["MessagesAccepted", "EventsAccepted", "EventsUnmatched"]);

/** The metrics, and what was undone is counted in none of them: a counter of Prometheus cannot be taken back. */
export function toldOnceCommitted<M extends Metrics>(
  metrics: M,
  database: Pick<Database, "onceCommitted">,
): M {
  return {
    ...metrics,
    add(...told) {
      if (STORED.has(told[0])) database.onceCommitted(() => metrics.add(...told));
      else metrics.add(...told);
    },
  };
}
