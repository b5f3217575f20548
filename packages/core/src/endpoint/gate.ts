/**
 * The gate of an endpoint that fails: what is to go there is held, and one message at a time is let through, to see
 * whether the endpoint is well again. Pure, as all that decides.
 *
 * It stands in the endpoint itself, beside `failingSince`: whoever delivers reads that anyway, so that it costs nobody a
 * read, and a healthy endpoint no write. It is set and lifted by writes under the revision that was read.
 */
import { MINUTE } from "../duration.ts";
import { isLeaseOver } from "../message/claims.ts";
import { type HoldReason, isFinished, isHeld, type Message } from "../message/message.ts";
import type { Endpoint, ProbedAttempt } from "./endpoint.ts";
import type { KnownEndpoint } from "./known-endpoint.ts";

export interface GatePolicy {
  /** Set after so many failures in a row … */
  readonly afterFailures: number;
  /** … that have gone on for so long. */
  readonly afterMs: number;
  /** The first probe comes after so long, each later one after twice as long as the one before … */
  readonly firstProbeMs: number;
  /** … up to this. */
  readonly longestProbeMs: number;
}

export const GATE_POLICY: GatePolicy = {
  afterFailures: 20,
  afterMs: MINUTE,
  firstProbeMs: MINUTE,
  longestProbeMs: 15 * MINUTE,
};

/** Whether a gate is to be set, by what is known of its failures. */
export function deservesGate(
  { state, failingSince, failures = 0, gate }: Pick<Endpoint, "state" | "failingSince" | "failures" | "gate">,
  now: number,
  { afterFailures, afterMs }: GatePolicy,
): boolean {
  const isLong = failingSince !== undefined && now - failingSince >= afterMs;
  return state === "ACTIVE" && gate === undefined && isLong && failures >= afterFailures;
}

/** How long after the probe of this number the next one may come; 0: after the gate was set. */
export function probeDelayMs(probes: number, { firstProbeMs, longestProbeMs }: GatePolicy): number {
  return Math.min(firstProbeMs * 2 ** probes, longestProbeMs);
}

/** Why an attempt at this endpoint is held; undefined if it may be made. The gate lets its probe through, and no other. */
export function holdReason(
  { state, gate }: Pick<KnownEndpoint, "state" | "gate">,
  attempt?: ProbedAttempt,
): HoldReason | undefined {
  if (state === "PAUSED") return "ENDPOINT_PAUSED";
  return state === "ACTIVE" && gate !== undefined && !isProbe(gate, attempt) ? "ENDPOINT_FAILING" : undefined;
}

export function isProbe(gate: KnownEndpoint["gate"], attempt: ProbedAttempt | undefined): boolean {
  return (
    gate?.probe !== undefined &&
    gate.probe.messageId === attempt?.messageId &&
    gate.probe.attempt === attempt.attempt
  );
}

/**
 * Whether the latest probe may still be tried, so that no other may. A worker that died with it does not stop the
 * probing: its lease ends.
 */
export function isUnderWay(probe: ProbedAttempt, message: Message | undefined, now: number): boolean {
  if (message === undefined || isFinished(message.status) || isHeld(message)) return false;
  if (message.status === "PROCESSING") return !isLeaseOver(message, now);
  // Its copy is on the way, or will be sent: it could not be.
  return message.attempt < probe.attempt;
}

/**
 * Whether a held message may be the next probe. Its failure is an attempt as every other, and its last fails it as ever;
 * so it is never tried before its own time, and no message fails sooner than it would without the gate.
 */
export function mayBeProbe({ notBefore = 0 }: Pick<Message, "notBefore">, now: number): boolean {
  return notBefore <= now;
}
