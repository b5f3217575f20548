/** What the core tells the outside about what it does: one wide log line per event, and counters. */

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Fields of one log line. Never a payload, a secret, a header value or a query string. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  write(level: LogLevel, event: string, fields: LogFields, error?: unknown): void;
}

/** Every metric Homing emits, with its unit: counts unless the name says otherwise. */
export type MetricName =
  | "MessagesAccepted"
  | "MessagesDuplicate"
  | "EventsAccepted"
  | "EventsDuplicate"
  | "EventsUnmatched"
  | "EventsExpanded"
  | "MessagesHeld"
  | "MessagesThrottled"
  | "EndpointsDisabled"
  | "OldestFailingSeconds"
  | "GatesSet"
  | "GateProbes"
  | "GatesLifted"
  | "SendRetries"
  | "SendFailures"
  | "Rollbacks"
  | "RollbackFailures"
  | "Deliveries"
  | "DeliveriesPostponed"
  | "DeliveryDuration"
  | "EndToEndLatency"
  | "AttemptsUnknown"
  | "Reconciled"
  | "DeadLettered"
  | "LanesAdvanced"
  | "LanesBlocked"
  | "OldestHeldUpSeconds"
  | "MessagesSkipped"
  | "OldestOverdueSeconds";

export interface Metrics {
  /** `dimensions` splits the metric: `errorCode`, `outcome`, `reason` or `by`. */
  add(name: MetricName, value?: number, dimensions?: Readonly<Record<string, string>>): void;
}

export interface Observer {
  readonly log: Log;
  readonly metrics: Metrics;
}
