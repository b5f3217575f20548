import { HOUR, MINUTE, SECOND } from "../duration.ts";
import type { RequestErrorCode, RequestResult, TruncationReason } from "./http-client.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { jittered, nextDelayMs, type RoundPosition } from "./schedule.ts";

export interface AttemptFacts extends RoundPosition {
  readonly result: RequestResult;
  /**
   * A registered endpoint, whose owner repairs it while its events wait: every answer but 2xx is retried, and only
   * 410 says that nothing is wanted any more.
   */
  readonly toEndpoint: boolean;
  /** Epoch milliseconds; no attempt may start later. */
  readonly deliverBy?: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Yields [0, 1). */
  readonly random: () => number;
}

export type AttemptRule =
  | "STATUS_2XX"
  | "STATUS_3XX"
  | "STATUS_4XX"
  | "STATUS_408"
  | "STATUS_409"
  | "STATUS_410"
  | "STATUS_425"
  | "STATUS_429"
  | "STATUS_5XX"
  | "STATUS_INVALID"
  | RequestErrorCode;

export type AttemptFailureReason =
  | "TARGET_REJECTED"
  | "ATTEMPTS_EXHAUSTED"
  | "TARGET_NOT_ALLOWED"
  | "EXPIRED";

/** What follows from an attempt, and why. */
export type AttemptDecision = {
  /** What was recognised in the answer, or in its absence. */
  readonly rule: AttemptRule;
  /** One English sentence for people, who may send it on to the receiver's. */
  readonly explanation: string;
  /** Present if no usable response came back. */
  readonly errorCode?: RequestErrorCode;
} & (
  | { readonly action: "COMPLETE" }
  | { readonly action: "RETRY"; readonly nextAttemptAt: number }
  | { readonly action: "FAIL"; readonly failureReason: AttemptFailureReason }
);

const RETRIED_4XX = { 408: "STATUS_408", 409: "STATUS_409", 425: "STATUS_425", 429: "STATUS_429" } as const;

const ERROR_TEXTS: Record<RequestErrorCode, string> = {
  TIMEOUT: "No answer came in time",
  DNS_FAILED: "The target's name could not be resolved",
  CONNECTION_REFUSED: "The target refused the connection",
  CONNECTION_RESET: "The target closed the connection before it answered",
  TLS_FAILED: "No trusted TLS connection to the target could be made",
  INVALID_RESPONSE: "The target's answer was not valid HTTP",
  INVALID_REQUEST: "The request could not be made",
  TARGET_NOT_ALLOWED: "The target is not allowed",
  NETWORK_ERROR: "The target could not be reached",
};

/** What became of an answer whose status alone has decided; how much of it is kept is no matter here. */
const CUT_TEXTS: Partial<Record<TruncationReason, string>> = {
  TIMEOUT: ", but the rest of its answer did not come in time",
  ABORTED: ", but the rest of its answer broke off or was not valid HTTP",
};

/** Stored with every attempt: whatever a receiver has a part in has an end. */
const MAX_DETAIL_LENGTH = 400;

/**
 * The delivery policy: 2xx completes; of messages that name their target 3xx (never followed) and 4xx fail for good, except 408, 409, 425 and
 * 429; those, 5xx, timeouts and network errors are retried by the schedule, or by a longer `Retry-After`,
 * while the round has attempts left and `deliverBy` allows; a target that the egress guard refuses fails at
 * once. Once a status has arrived it alone decides, however the body ended: a target that has taken the
 * message must not get it again.
 */
export function decideAttempt(facts: AttemptFacts): AttemptDecision {
  const { result, toEndpoint } = facts;
  const what = describe(result);
  const rule = ruleFor(result, toEndpoint);
  const base = { rule, ...(result.kind === "error" && { errorCode: result.code }) };

  switch (rule) {
    case "STATUS_2XX":
      return delivered(result.kind === "response" ? result.status : 0);
    case "STATUS_410":
      return fail(base, "TARGET_REJECTED", `${what}: it wants no more events, and the endpoint is disabled.`);
    case "STATUS_3XX":
      if (toEndpoint) return retry(facts, base, `${what}, and redirects are never followed`);
      return fail(base, "TARGET_REJECTED", `${what}; redirects are never followed.`);
    case "STATUS_4XX": {
      if (toEndpoint) return retry(facts, base, what);
      // RFC 9110 §15.5.14: a 413 with Retry-After is temporary. Still nothing that the schedule repeats.
      const askedMs = statusOf(result) === 413 ? retryAfterMs(result, facts.now) : undefined;
      if (askedMs !== undefined) {
        const hint = `which is not repeated; it says to try again in ${spell(askedMs)}`;
        return fail(base, "TARGET_REJECTED", `${what}, ${hint}.`);
      }
      return fail(base, "TARGET_REJECTED", `${what}, which a retry would not change.`);
    }
    case "TARGET_NOT_ALLOWED":
      return fail(base, "TARGET_NOT_ALLOWED", result.kind === "error" ? result.detail : `${what}.`);
    default:
      return retry(facts, base, what);
  }
}

/** The decision over every 2xx. */
export function delivered(status: number) {
  return { rule: "STATUS_2XX", action: "COMPLETE", explanation: `The target answered ${status}.` } as const;
}

type Base = Pick<AttemptDecision, "rule" | "errorCode">;

function retry(facts: AttemptFacts, base: Base, what: string): AttemptDecision {
  const { attempt, attemptLimit, deliverBy, now, result } = facts;
  const scheduledMs = nextDelayMs(facts, facts.random);
  if (scheduledMs === undefined) {
    return fail(base, "ATTEMPTS_EXHAUSTED", `${what}; attempt ${attempt} of ${attemptLimit} was the last.`);
  }
  const askedMs = retryAfterMs(result, now);
  const delayMs = Math.max(scheduledMs, jittered(askedMs ?? 0, facts.random));
  const nextAttemptAt = now + delayMs;
  if (deliverBy !== undefined && nextAttemptAt > deliverBy) {
    return fail(
      base,
      "EXPIRED",
      `${what}; the next attempt would come after ${new Date(deliverBy).toISOString()}.`,
    );
  }
  const asked = delayMs > scheduledMs ? ", as the target asked" : "";
  const explanation = `${what}; attempt ${attempt + 1} of ${attemptLimit} follows in ${spell(delayMs)}${asked}.`;
  return { ...base, action: "RETRY", nextAttemptAt, explanation };
}

function fail(base: Base, failureReason: AttemptFailureReason, explanation: string): AttemptDecision {
  return { ...base, action: "FAIL", failureReason, explanation };
}

function statusOf(result: RequestResult): number | undefined {
  return result.kind === "response" ? result.status : undefined;
}

function retryAfterMs(result: RequestResult, now: number): number | undefined {
  return result.kind === "response" ? parseRetryAfter(result.headers["retry-after"], now) : undefined;
}

function ruleFor(result: RequestResult, toEndpoint: boolean): AttemptRule {
  if (result.kind === "error") return result.code;
  const { status } = result;
  if (status >= 200 && status < 300) return "STATUS_2XX";
  if (status >= 300 && status < 400) return "STATUS_3XX";
  if (status === 410 && toEndpoint) return "STATUS_410";
  if (status >= 400 && status < 500) return RETRIED_4XX[status as keyof typeof RETRIED_4XX] ?? "STATUS_4XX";
  return status >= 500 && status < 600 ? "STATUS_5XX" : "STATUS_INVALID";
}

function describe(result: RequestResult): string {
  if (result.kind === "error") {
    return `${ERROR_TEXTS[result.code]}: ${result.detail.slice(0, MAX_DETAIL_LENGTH)}`;
  }
  const cut = result.truncated === undefined ? undefined : CUT_TEXTS[result.truncated];
  return `The target answered ${result.status}${cut ?? ""}`;
}

/** In the largest unit that leaves a number people can read: 5 s, 30 min, 2 h, 2.1 h. */
function spell(ms: number): string {
  if (ms < SECOND) return `${ms} ms`;
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${Math.round((ms / HOUR) * 10) / 10} h`;
}
