/** What the messages that were read tell of one target: a host, or an endpoint. */
import type { Endpoint } from "../endpoint/endpoint.ts";
import { HEALTH_POLICY } from "../endpoint/health-policy.ts";
import { isFinished, type Message } from "../message/message.ts";
import { type AttemptEnd, attemptEndsOf } from "./attempt-ends.ts";
import { type Durations, firstAttemptsOf } from "./first-attempts.ts";
import { isOpenFailure } from "./stats-of-sender.ts";

/** Messages of one target. */
export interface TargetMessages {
  /** Host, with its port if it has one of its own; undefined of an endpoint that is deleted. */
  readonly target?: string;
  /** Where what is sent to it goes to an endpoint. */
  readonly endpointId?: string;
  /** The endpoint itself, as long as it is known. */
  readonly endpoint?: Endpoint;
  /** The newest of all: what is counted of them is a fair share. */
  readonly newest: readonly Message[];
  /** Older ones that were looked for because they have failed, or wait for another attempt. */
  readonly older: readonly Message[];
}

export interface LastAttempt extends AttemptEnd {
  readonly errorCode?: string;
}

export interface TargetHealth extends Pick<TargetMessages, "target" | "endpointId"> {
  readonly endpoint?: Endpoint;
  readonly health: "OK" | "FAILING";
  /** While it is FAILING: every attempt since then that is known of has failed. */
  readonly failingSince?: number;
  /** Attempts that failed since the last that succeeded. */
  readonly failures: number;
  readonly lastAttempt?: LastAttempt;
  /** Of the newest messages: attempts that ended. */
  readonly attempts: { readonly succeeded: number; readonly failed: number };
  readonly firstAttempt?: Durations;
  /** How many of the newest messages go there. */
  readonly messages: number;
  /** Of all that were read: FAILED, and nobody has resolved them. */
  readonly failed: number;
  /** Of all that were read: an attempt has failed, another follows. */
  readonly retrying: number;
}

export function targetHealth({ newest, older, ...which }: TargetMessages, now: number): TargetHealth {
  const all = [...newest, ...older];
  const counted = attemptEndsOf(newest);
  const succeeded = counted.filter(({ outcome }) => outcome === "SUCCEEDED").length;
  const firstAttempt = firstAttemptsOf(newest);
  return {
    ...which,
    ...failing(attemptEndsOf(all), which.endpoint, now),
    attempts: { succeeded, failed: counted.length - succeeded },
    ...(firstAttempt ? { firstAttempt } : {}),
    messages: newest.length,
    failed: all.filter(isOpenFailure).length,
    retrying: all.filter(isRetrying).length,
  };
}

/**
 * Since when nothing gets through. An endpoint says itself whether it fails, and for longer than messages are read: it is
 * called here what it is called everywhere. Of a host it has to last as long before it is said: an attempt that is
 * repeated at once is nothing to talk about.
 */
function failing(
  newestFirst: readonly AttemptEnd[],
  endpoint: Endpoint | undefined,
  now: number,
): Pick<TargetHealth, "health" | "failingSince" | "failures" | "lastAttempt"> {
  const success = newestFirst.findIndex(({ outcome }) => outcome === "SUCCEEDED");
  const inARow = success === -1 ? newestFirst : newestFirst.slice(0, success);
  const lastAttempt = newestFirst[0] ?? lastFailureOf(endpoint);
  const since = endpoint?.failingSince ?? inARow.at(-1)?.at;
  const isLong = since !== undefined && now - since >= HEALTH_POLICY.toldEveryMs;
  const isFailing = endpoint ? endpoint.failingSince !== undefined : isLong;
  return {
    health: isFailing ? "FAILING" : "OK",
    ...(isFailing && since !== undefined ? { failingSince: since } : {}),
    failures: Math.max(inARow.length, endpoint?.failures ?? 0),
    ...(lastAttempt ? { lastAttempt } : {}),
  };
}

function lastFailureOf(endpoint: Endpoint | undefined): LastAttempt | undefined {
  return endpoint?.lastFailure && { ...endpoint.lastFailure, outcome: "FAILED" };
}

function isRetrying({ status, attempt }: Message): boolean {
  return !isFinished(status) && attempt > 0;
}

/** Failing ones first, those with most failures before the others; then by what share of attempts fails. */
export function worstFirst(a: TargetHealth, b: TargetHealth): number {
  return (
    Number(b.health === "FAILING") - Number(a.health === "FAILING") ||
    (a.health === "FAILING" ? b.failures - a.failures : 0) ||
    failedShare(b) - failedShare(a) ||
    b.failed + b.retrying - (a.failed + a.retrying) ||
    b.messages - a.messages ||
    nameOf(a).localeCompare(nameOf(b))
  );
}

function failedShare({ attempts: { succeeded, failed } }: TargetHealth): number {
  return failed === 0 ? 0 : failed / (succeeded + failed);
}

function nameOf({ target = "", endpointId = "" }: TargetHealth): string {
  return `${target} ${endpointId}`;
}
