/** Logs and metrics by Powertools: one JSON line an event, and CloudWatch's embedded metric format. */
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Log, MetricName, Observer } from "@homing/core/observe/observe";
import { describeError } from "./describe-error.ts";

const UNITS: Partial<Record<MetricName, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  DeliveryDuration: MetricUnit.Milliseconds,
  EndToEndLatency: MetricUnit.Milliseconds,
  OldestOverdueSeconds: MetricUnit.Seconds,
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
  return {
    log: createLog(),
    metrics: {
      add(name, value = 1, dimensions) {
        const unit = UNITS[name] ?? MetricUnit.Count;
        if (dimensions === undefined) {
          metrics.addMetric(name, unit, value);
          return;
        }
        const single = metrics.singleMetric();
        for (const [dimension, text] of Object.entries(dimensions)) single.addDimension(dimension, text);
        single.addMetric(name, unit, value);
      },
    },
    publish: () => metrics.publishStoredMetrics(),
  };
}

/** The local stack's: the same log lines, and no metrics, because nothing there reads them. */
export function createLocalObserver(): Observer {
  return { log: createLog(), metrics: { add() {} } };
}
