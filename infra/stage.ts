/**
 * Every choice that depends on the stage, decided in one pure function: nothing here knows SST, so that
 * sst.config.ts, the components and the tests all ask the same question.
 */
import { formatDuration, MINUTE, SECOND } from "../packages/core/src/duration.ts";
import { portalOriginsOf } from "../packages/core/src/portal-origins.ts";
import {
  VISIBILITY_FACTOR,
  WORKER_TIMEOUT_SECONDS,
  workerSubscription,
  workerTimeoutSeconds,
} from "../packages/core/src/queue/queue-definition.ts";
import {
  DEFAULT_SETTINGS,
  type Environment,
  given,
  loadSettings,
  type Settings,
  SettingsError,
} from "../packages/core/src/settings.ts";
import { unknownVariables } from "../packages/core/src/variables.ts";

export interface StageInput {
  readonly name: string;
  /** True under `sst dev`, where functions run on the developer's machine. */
  readonly dev: boolean;
  /** As SST makes it: `.env.<stage>` over the shell over `.env`. */
  readonly env: Environment;
}

/** What SST asks before it runs the program. No variable can be wrong here: `sst unlock` must always work. */
export interface StageLifetime {
  /** What `sst remove` leaves behind; queues and log groups always go. */
  readonly removal: "retain" | "remove";
  /** Refuses `sst remove` and `sst dev` for the stage. */
  readonly protect: boolean;
}

export interface StageSettings {
  readonly deletionProtection: boolean;
  readonly logRetentionDays: number;
  readonly logLevel: "DEBUG" | "INFO";
  /** API Gateway's limits over all callers; the application limits each sender besides. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** Copies of the worker that run at once, ten messages each. */
  readonly workerConcurrency: number;
  readonly timeoutSeconds: {
    readonly api: number;
    readonly worker: number;
    readonly deadLetter: number;
    readonly reconciler: number;
  };
  /** Lambda's CPU grows with it. */
  readonly memoryMegabytes: {
    readonly api: number;
    readonly worker: number;
    readonly deadLetter: number;
    readonly reconciler: number;
  };
  /** Of both queues: how long a received copy stays hidden from other receivers. */
  readonly visibilityTimeoutSeconds: number;
  /** The dashboard answers here, the API on `api.` before it; absent: AWS's own names. */
  readonly domain?: string;
  /** Receives the alarms; absent: the topic has no subscriber. */
  readonly alarmEmail?: string;
  /** Whose pages may show the portal in a frame. */
  readonly portalOrigins: readonly string[];
  /** The `HOMING_*` variables of every function. */
  readonly environment: Readonly<Record<string, string>>;
}

const PRODUCTION = "production";

/** Lambda's longest run. Under `sst dev` every function has it, because a breakpoint does not stop the clock. */
const LONGEST_TIMEOUT_SECONDS = 15 * 60;

/** Variables of the local stack, and what to do about each instead of being surprised that nothing happens. */
const WITHOUT_EFFECT_ON_AWS: Readonly<Record<string, string>> = {
  HOMING_DATA_DIR: "names the folder of a local stack; on AWS messages are in the table",
  HOMING_OPERATOR_KEY: "is a secret on AWS: npx sst secret set HomingOperatorKey",
  HOMING_RECONCILE_INTERVAL: "is the local stack's; on AWS the reconciler runs once a minute",
  HOMING_VISIBILITY_TIMEOUT: "follows from HOMING_DELIVERY_TIMEOUT",
  AWS_ENDPOINT_URL_DYNAMODB: "is the local stack's, and would lead the deployment itself to another server",
  AWS_ENDPOINT_URL_SQS: "is the local stack's, and would lead the deployment itself to another server",
};

/**
 * Paused code must not lose its claim: the lease covers a breakpoint of ten minutes and ends before
 * Lambda gives up. The short queue deadline brings back soon what was lost while `sst dev` was stopped.
 */
const DEV_SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  deliveryTimeoutMs: 5 * MINUTE,
  leaseMs: 10 * MINUTE,
  queueDeadlineMs: 5 * MINUTE,
  allowPrivateTargets: ["127.0.0.0/8", "::1/128"],
};

export function stageLifetime(name: string): StageLifetime {
  const production = name === PRODUCTION;
  return { removal: production ? "retain" : "remove", protect: production };
}

/** @throws SettingsError in one line for the first variable that cannot be used, or would have no effect. */
export function stageSettings({ name, dev, env }: StageInput): StageSettings {
  const production = name === PRODUCTION;
  refuseWithoutEffect(env);
  const defaults = dev ? DEV_SETTINGS : DEFAULT_SETTINGS;
  const workerTimeout = workerTimeoutOf(env, defaults, dev);
  const visibilityTimeoutSeconds = VISIBILITY_FACTOR * workerTimeout;
  const settings = loadSettings(env, defaults, visibilityTimeoutSeconds * SECOND);
  const domain = checked(
    env,
    "HOMING_DOMAIN",
    HOST_NAME,
    "a host name; write for example homing.example.com",
  );
  const alarmEmail = checked(env, "HOMING_ALARM_EMAIL", EMAIL, "an e-mail address");

  return {
    deletionProtection: production,
    logRetentionDays: production ? 90 : 7,
    logLevel: dev ? "DEBUG" : "INFO",
    throttle: production ? { ratePerSecond: 1_000, burst: 1_000 } : { ratePerSecond: 100, burst: 100 },
    workerConcurrency: production ? workerSubscription.maximumConcurrency : 5,
    timeoutSeconds: dev
      ? {
          api: LONGEST_TIMEOUT_SECONDS,
          worker: LONGEST_TIMEOUT_SECONDS,
          deadLetter: LONGEST_TIMEOUT_SECONDS,
          reconciler: LONGEST_TIMEOUT_SECONDS,
        }
      : {
          // API Gateway answers 503 after 30 s: the function must have stopped by then.
          api: 29,
          worker: workerTimeout,
          deadLetter: WORKER_TIMEOUT_SECONDS,
          reconciler: DEFAULT_SETTINGS.reconcileIntervalMs / SECOND,
        },
    memoryMegabytes: { api: 1024, worker: 512, deadLetter: 256, reconciler: 512 },
    visibilityTimeoutSeconds,
    ...(dev || domain === undefined ? {} : { domain }),
    ...(dev || alarmEmail === undefined ? {} : { alarmEmail }),
    portalOrigins: portalOriginsOf(env),
    environment: homingVariables(settings, visibilityTimeoutSeconds),
  };
}

/** As far as a slip shows: AWS has the last word, but only after minutes, and half of the stage is there by then. */
const HOST_NAME = /^(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}$/i;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

function checked(env: Environment, name: string, pattern: RegExp, what: string): string | undefined {
  const text = given(env, name);
  if (text !== undefined && !pattern.test(text))
    throw new SettingsError(`${name}: "${text}" is not ${what}.`);
  return text;
}

function refuseWithoutEffect(env: Environment): void {
  for (const [name, why] of Object.entries(WITHOUT_EFFECT_ON_AWS)) {
    if (given(env, name) !== undefined) throw new SettingsError(`${name}: ${why}.`);
  }
  const [unknown] = unknownVariables(env);
  if (unknown !== undefined) {
    throw new SettingsError(`${unknown}: there is no such setting; README.md lists them.`);
  }
}

/** The worker must be able to end what it began: a longer delivery makes it run longer, and hides copies longer. */
function workerTimeoutOf(env: Environment, defaults: Settings, dev: boolean): number {
  const { deliveryTimeoutMs } = loadSettings(env, defaults, Number.POSITIVE_INFINITY);
  const seconds = workerTimeoutSeconds(deliveryTimeoutMs);
  if (seconds > LONGEST_TIMEOUT_SECONDS) {
    throw new SettingsError(
      `HOMING_DELIVERY_TIMEOUT: must leave the worker time to write the outcome within ${LONGEST_TIMEOUT_SECONDS}s, Lambda's longest run.`,
    );
  }
  return dev ? LONGEST_TIMEOUT_SECONDS : seconds;
}

function homingVariables(settings: Settings, visibilityTimeoutSeconds: number): Record<string, string> {
  return {
    HOMING_RETRY_SCHEDULE: settings.retryScheduleMs.map(formatDuration).join(","),
    HOMING_DELIVERY_TIMEOUT: formatDuration(settings.deliveryTimeoutMs),
    HOMING_LEASE: formatDuration(settings.leaseMs),
    HOMING_QUEUE_DEADLINE: formatDuration(settings.queueDeadlineMs),
    HOMING_SEND_BUDGET: formatDuration(settings.sendBudgetMs),
    HOMING_RETENTION: formatDuration(settings.retentionMs),
    HOMING_RECONCILE_INTERVAL: formatDuration(settings.reconcileIntervalMs),
    HOMING_ALLOW_PRIVATE_TARGETS: settings.allowPrivateTargets.join(","),
    HOMING_ENDPOINT_DISABLE_AFTER:
      settings.endpointDisableAfterMs === undefined ? "" : formatDuration(settings.endpointDisableAfterMs),
    HOMING_FAILING_GATE: settings.failingGate ? "on" : "off",
    HOMING_SHARDS: String(settings.shards),
    HOMING_VISIBILITY_TIMEOUT: formatDuration(visibilityTimeoutSeconds * SECOND),
  };
}
