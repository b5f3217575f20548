/** Logs and metrics by Powertools: one JSON line an event, and CloudWatch's embedded metric format. */
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Log, MetricName, Observer } from "@homing/core/observe/observe";
import { describeError } from "./describe-error.ts";

const UNITS: Partial<Record<MetricName, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  DeliveryDuration: MetricUnit.Milliseconds,
  EndToEndLatency: MetricUnit.Milliseconds,
  OldestOverdueSeconds: MetricUnit.Seconds,
  OldestHeldUpSeconds: MetricUnit.Seconds,
  OldestFailingSeconds: MetricUnit.Seconds,
};

export interface PowertoolsObserver extends Observer {
  /** Writes out the metrics gathered since the last call; each Lambda invocation ends with it. */
  publish(): void;
}

export function createLog(): Log {
  const logger = new Logger({ serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? "homing" });
  return {
    write(level, event, fields, error) {
      logger[level](event, {
        event,
        ...fields,
        ...(error === undefined ? {} : { error: describeError(error) }),
      });
    },
  };
}

export function createPowertoolsObserver(): PowertoolsObserver {
  const metrics = new Metrics({
    namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? "Homing",
    serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? "homing",
  });
  let hasPlain = false;
  /** Each set of dimensions is a line of its own: one an invocation, not one a message. */
  const dimensioned = new Map<string, DimensionedSum>();
  return {
    log: createLog(),
    metrics: {
      add(name, value = 1, dimensions) {
        if (dimensions === undefined) {
          hasPlain = true;
          metrics.addMetric(name, unitOf(name), value);
          return;
        }
        const key = JSON.stringify([name, dimensions]);
        const known = dimensioned.get(key);
        dimensioned.set(key, { name, dimensions, sum: (known?.sum ?? 0) + value });
      },
    },
    publish() {
      for (const { name, dimensions, sum } of dimensioned.values()) {
        const single = metrics.singleMetric();
        for (const [dimension, text] of Object.entries(dimensions)) single.addDimension(dimension, text);
        single.addMetric(name, unitOf(name), sum);
      }
      dimensioned.clear();
      // With nothing to publish Powertools would write a warning.
      if (hasPlain) metrics.publishStoredMetrics();
      hasPlain = false;
    },
  };
}

/** Only counts have dimensions, and counts can be added up. */
interface DimensionedSum {
  readonly name: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly sum: number;
}

function unitOf(name: MetricName) {
  return UNITS[name] ?? MetricUnit.Count;
}

/** The local stack's: the same log lines, and no metrics, because nothing there reads them. */
export function createLocalObserver(): Observer {
  return { log: createLog(), metrics: { add() {} } };
}
