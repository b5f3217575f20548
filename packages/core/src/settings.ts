import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { longestRoundMs } from "./delivery/schedule.ts";
import { DAY, HOUR, MINUTE, parseDuration, SECOND } from "./duration.ts";
import { payloadExpiresAt } from "./message/payload-expiry.ts";
import { LONGEST_SEND_OUTAGE_MS } from "./reconcile/due-action.ts";
import { DEFAULT_SHARDS, MAX_SHARDS } from "./store/table-definition.ts";

/** Every number that somebody may want to change, in milliseconds. Read once, from `HOMING_*` variables. */
export interface Settings {
  /** Delay before attempt 2, 3, …; one attempt more than there are delays. */
  readonly retryScheduleMs: readonly number[];
  readonly deliveryTimeoutMs: number;
  readonly leaseMs: number;
  readonly queueDeadlineMs: number;
  readonly sendBudgetMs: number;
  readonly retentionMs: number;
  readonly reconcileIntervalMs: number;
  /** CIDR ranges that the egress guard lets through although they are not public. */
  readonly allowPrivateTargets: readonly string[];
  /** An endpoint of which every attempt has failed for so long is disabled; absent: never. */
  readonly endpointDisableAfterMs?: number;
  /** An endpoint that keeps failing holds its messages, and one at a time is tried: see `endpoint/gate.ts`. */
  readonly failingGate: boolean;
  /** Into how many shards every index is split; may be raised, never lowered. */
  readonly shards: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that cannot be used. The message is one line, names the variable and says what to write. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Standard Webhooks' schedule: 10 attempts over 75 hours. */
const STANDARD_SCHEDULE = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** What holds on AWS; the local stack overrides the three that differ. */
export const DEFAULT_SETTINGS: Settings = {
  retryScheduleMs: STANDARD_SCHEDULE,
  deliveryTimeoutMs: 15 * SECOND,
  leaseMs: 60 * SECOND,
  queueDeadlineMs: 15 * MINUTE,
  sendBudgetMs: 5 * SECOND,
  retentionMs: 30 * DAY,
  reconcileIntervalMs: 60 * SECOND,
  allowPrivateTargets: [],
  endpointDisableAfterMs: 5 * DAY,
  failingGate: false,
  shards: DEFAULT_SHARDS,
};

export const LOCAL_DEFAULTS: Settings = {
  ...DEFAULT_SETTINGS,
  queueDeadlineMs: 60 * SECOND,
  reconcileIntervalMs: 5 * SECOND,
  allowPrivateTargets: ["127.0.0.0/8", "::1/128"],
};

/** A message may be scheduled this far ahead and then be tried for days: its records must outlive both. */
const SHORTEST_RETENTION_MS = 15 * DAY;

/** A claim must outlast its request by this much (rule 7 of the lifecycle). */
export const LEASE_MARGIN_MS = 2 * SECOND;

/** The caller's own limit is API Gateway's 30 s; the budget must end well inside it. */
const LONGEST_SEND_BUDGET_MS = 20 * SECOND;

/**
 * The value of a variable that has one: set to nothing, as compose files and workflows do for what nobody has
 * given, it counts as not set.
 */
export function given(env: Environment, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

/**
 * Settings from the environment, defaults filled in and checked against each other.
 * `visibilityTimeoutMs` is the queue's: a lease must end before SQS hands the copy out again.
 *
 * @throws SettingsError for a variable that cannot be read or times in the wrong order.
 */
export function loadSettings(env: Environment, defaults: Settings, visibilityTimeoutMs: number): Settings {
  const duration = (name: string, fallback: number): number => {
    const text = given(env, name);
    if (text === undefined) return fallback;
    const ms = parseDuration(text);
    if (ms === undefined || ms === 0) {
      throw new SettingsError(
        `${name}: "${text}" is not a duration; write a whole number above 0 and ms, s, m, h or d, for example 15s.`,
      );
    }
    return ms;
  };

  const settings: Settings = {
    // Nothing is a value of the schedule and of the ranges.
    retryScheduleMs: schedule(env.HOMING_RETRY_SCHEDULE, defaults.retryScheduleMs),
    deliveryTimeoutMs: duration("HOMING_DELIVERY_TIMEOUT", defaults.deliveryTimeoutMs),
    leaseMs: duration("HOMING_LEASE", defaults.leaseMs),
    queueDeadlineMs: duration("HOMING_QUEUE_DEADLINE", defaults.queueDeadlineMs),
    sendBudgetMs: duration("HOMING_SEND_BUDGET", defaults.sendBudgetMs),
    retentionMs: duration("HOMING_RETENTION", defaults.retentionMs),
    reconcileIntervalMs: duration("HOMING_RECONCILE_INTERVAL", defaults.reconcileIntervalMs),
    allowPrivateTargets: cidrs(env.HOMING_ALLOW_PRIVATE_TARGETS, defaults.allowPrivateTargets),
    failingGate: onOrOff(env, "HOMING_FAILING_GATE", defaults.failingGate),
    shards: shards(given(env, "HOMING_SHARDS"), defaults.shards),
    // Nothing is a value of this one, too: never.
    ...(env.HOMING_ENDPOINT_DISABLE_AFTER === "" || defaults.endpointDisableAfterMs === undefined
      ? {}
      : {
          endpointDisableAfterMs: duration("HOMING_ENDPOINT_DISABLE_AFTER", defaults.endpointDisableAfterMs),
        }),
  };

  if (settings.deliveryTimeoutMs + LEASE_MARGIN_MS > settings.leaseMs) {
    throw new SettingsError(
      "HOMING_LEASE must be at least HOMING_DELIVERY_TIMEOUT + 2s: no request may outlive its claim.",
    );
  }
  if (settings.leaseMs >= visibilityTimeoutMs) {
    throw new SettingsError(
      `HOMING_LEASE must be shorter than the queue's visibility timeout (${visibilityTimeoutMs / SECOND}s).`,
    );
  }
  if (settings.sendBudgetMs > LONGEST_SEND_BUDGET_MS) {
    throw new SettingsError(
      `HOMING_SEND_BUDGET must be at most ${LONGEST_SEND_BUDGET_MS / SECOND}s: callers are cut off after 30s.`,
    );
  }
  if (settings.retentionMs < SHORTEST_RETENTION_MS) {
    throw new SettingsError("HOMING_RETENTION must be at least 15d.");
  }
  // A payload that is gone before the last attempt would fail its message.
  const roundMs = longestRoundMs(settings.retryScheduleMs);
  const roomMs = payloadExpiresAt(0, undefined, settings.retentionMs) - LONGEST_SEND_OUTAGE_MS;
  if (roundMs > roomMs) {
    throw new SettingsError(
      `HOMING_RETRY_SCHEDULE: with jitter, and a Retry-After of a day each time, its attempts may take ${days(roundMs)} days; payloads are kept for ${days(roomMs)}. Take shorter or fewer delays, or a longer HOMING_RETENTION.`,
    );
  }
  return settings;
}

function schedule(text: string | undefined, fallback: readonly number[]): readonly number[] {
  if (text === undefined) return fallback;
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const ms = parseDuration(part.trim());
    if (ms === undefined) {
      throw new SettingsError(
        `HOMING_RETRY_SCHEDULE: "${part.trim()}" is not a duration; write for example 5s,5m,30m, or nothing for a single attempt.`,
      );
    }
    return ms;
  });
}

function shards(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const count = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (count < DEFAULT_SHARDS || count > MAX_SHARDS) {
    throw new SettingsError(
      `HOMING_SHARDS: "${text}" is not a whole number from ${DEFAULT_SHARDS} to ${MAX_SHARDS}.`,
    );
  }
  return count;
}

function onOrOff(env: Environment, name: string, fallback: boolean): boolean {
  const text = given(env, name);
  if (text === undefined) return fallback;
  if (text !== "on" && text !== "off") throw new SettingsError(`${name}: "${text}" is neither on nor off.`);
  return text === "on";
}

function cidrs(text: string | undefined, fallback: readonly string[]): readonly string[] {
  if (text === undefined) return fallback;
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const range = part.trim();
    // isIP besides: the library takes 10/8 for 0.0.0.10/8 and 010.0.0.0/8 for 8.0.0.0/8.
    if (!ipaddr.isValidCIDR(range) || range.includes("%") || isIP(range.split("/")[0] ?? "") === 0) {
      throw new SettingsError(
        `HOMING_ALLOW_PRIVATE_TARGETS: "${range}" is not a CIDR range; write for example 127.0.0.0/8,::1/128.`,
      );
    }
    return range;
  });
}

function days(ms: number): string {
  return (ms / DAY).toFixed(1);
}
