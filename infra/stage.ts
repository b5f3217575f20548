/**
 * Every choice that depends on the stage, decided in one pure function: nothing here knows SST, so that
 * sst.config.ts, the components and the tests all ask the same question.
 */
import { formatDuration, MINUTE, SECOND } from "../packages/core/src/duration.ts";
import {
  queueDefinition,
  WORKER_TIMEOUT_SECONDS,
  workerSubscription,
} from "../packages/core/src/queue/queue-definition.ts";
import { DEFAULT_SETTINGS, type Settings } from "../packages/core/src/settings.ts";

export interface StageInput {
  readonly name: string;
  /** True under `sst dev`, where functions run on the developer's machine. */
  readonly dev: boolean;
  /** `HOMING_DOMAIN` and `HOMING_ALARM_EMAIL`, from the shell, `.env` or `.env.<stage>`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface StageSettings {
  /** What `sst remove` leaves behind; queues and log groups always go. */
  readonly removal: "retain" | "remove";
  /** Refuses `sst remove` and `sst dev` for the stage. */
  readonly protect: boolean;
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
  /** Of both queues: how long a received copy stays hidden from other receivers. */
  readonly visibilityTimeoutSeconds: number;
  /** The dashboard answers here, the API on `api.` before it; absent: AWS's own names. */
  readonly domain?: string;
  /** Receives the alarms; absent: the topic has no subscriber. */
  readonly alarmEmail?: string;
  /** The `HOMING_*` variables of every function. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Lambda's longest run. Under `sst dev` every function has it, because a breakpoint does not stop the clock. */
const LONGEST_TIMEOUT_SECONDS = 15 * 60;

/** AWS's advice: six times the timeout of the function that the queue feeds. */
const VISIBILITY_FACTOR = queueDefinition.visibilityTimeoutSeconds / WORKER_TIMEOUT_SECONDS;

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

export function stageSettings({ name, dev, env }: StageInput): StageSettings {
  const production = name === "production";
  const visibilityTimeoutSeconds = dev
    ? VISIBILITY_FACTOR * LONGEST_TIMEOUT_SECONDS
    : queueDefinition.visibilityTimeoutSeconds;

  return {
    removal: production ? "retain" : "remove",
    protect: production,
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
          worker: WORKER_TIMEOUT_SECONDS,
          deadLetter: WORKER_TIMEOUT_SECONDS,
          reconciler: DEFAULT_SETTINGS.reconcileIntervalMs / SECOND,
        },
    visibilityTimeoutSeconds,
    ...(!dev && env.HOMING_DOMAIN ? { domain: env.HOMING_DOMAIN } : {}),
    ...(!dev && env.HOMING_ALARM_EMAIL ? { alarmEmail: env.HOMING_ALARM_EMAIL } : {}),
    environment: homingVariables(dev ? DEV_SETTINGS : DEFAULT_SETTINGS, visibilityTimeoutSeconds),
  };
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
    HOMING_SHARDS: String(settings.shards),
    HOMING_VISIBILITY_TIMEOUT: formatDuration(visibilityTimeoutSeconds * SECOND),
  };
}
