/**
 * Every variable that begins with `HOMING_`, and where it has an effect: a name that is not here is a slip of the
 * pen, and would otherwise be passed over in silence.
 */
const VARIABLES = {
  HOMING_RETRY_SCHEDULE: "everywhere",
  HOMING_DELIVERY_TIMEOUT: "everywhere",
  HOMING_LEASE: "everywhere",
  HOMING_QUEUE_DEADLINE: "everywhere",
  HOMING_SEND_BUDGET: "everywhere",
  HOMING_RETENTION: "everywhere",
  HOMING_ALLOW_PRIVATE_TARGETS: "everywhere",
  HOMING_ENDPOINT_DISABLE_AFTER: "everywhere",
  HOMING_FAILING_GATE: "everywhere",
  HOMING_SHARDS: "everywhere",
  HOMING_PORTAL_ORIGINS: "by the dashboard",
  HOMING_DATA_DIR: "locally",
  HOMING_OPERATOR_KEY: "locally",
  HOMING_RECONCILE_INTERVAL: "locally",
  HOMING_LISTEN: "on one machine",
  HOMING_PUBLIC_URL: "on one machine",
  HOMING_DELIVERIES: "on one machine",
  HOMING_METRICS_PORT: "on one machine",
  HOMING_DOMAIN: "on AWS",
  HOMING_ALARM_EMAIL: "on AWS",
  /** The command line's. */
  HOMING_URL: "in tools",
  HOMING_KEY: "in tools",
  /** The tests'. */
  HOMING_BROWSER: "in tools",
  HOMING_FUZZ_RUNS: "in tools",
  /** Given to the functions by infra/, never by a user. */
  HOMING_VISIBILITY_TIMEOUT: "in functions",
} as const satisfies Record<string, Place>;

type Place =
  | "everywhere"
  /** Whoever serves it. */
  | "by the dashboard"
  | "locally"
  | "on one machine"
  | "on AWS"
  | "in tools"
  | "in functions";
export type HomingVariable = keyof typeof VARIABLES;

/** The variables that have an effect in one of `places`. */
export function variablesOf(...places: readonly Place[]): HomingVariable[] {
  return (Object.keys(VARIABLES) as HomingVariable[]).filter((name) => places.includes(VARIABLES[name]));
}

/** Names in `env` that begin with `HOMING_` and that nobody reads. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env).filter((name) => name.startsWith("HOMING_") && !Object.hasOwn(VARIABLES, name));
}
